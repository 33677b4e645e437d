package repo

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"dits/formats/safetensors"
	"dits/repo/diff"
	"dits/repo/lora"
	"dits/repo/object"
	"dits/repo/refs"
)

// f32Matrix is a matrix as a tensor.
func f32Matrix(name string, m mat.Matrix) testTensor {
	rows, cols := m.Dims()
	var b []byte
	for i := range rows {
		for j := range cols {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(m.At(i, j))))
		}
	}
	return testTensor{Name: name, DType: "F32", Shape: []int64{int64(rows), int64(cols)}, Data: b}
}

// randomMatrix has normal numbers.
func randomMatrix(r *rand.Rand, rows, cols int) *mat.Dense {
	m := mat.NewDense(rows, cols, nil)
	for i := range m.RawMatrix().Data {
		m.RawMatrix().Data[i] = r.NormFloat64()
	}
	return m
}

// A tunedModel is a model and the same model changed: each matrix by one of a known rank.
type tunedModel struct{ before, after []testTensor }

// add adds a matrix, changed by a matrix of that rank and of a tenth of its size.
func (m *tunedModel) add(r *rand.Rand, name string, rows, cols, rank int) {
	w := randomMatrix(r, rows, cols)
	for i, v := range w.RawMatrix().Data {
		w.RawMatrix().Data[i] = float64(float32(v)) // as a checkpoint has it: only the change is rounded once more
	}
	m.before = append(m.before, f32Matrix(name, w))
	if rank > 0 {
		var change mat.Dense
		change.Mul(randomMatrix(r, rows, rank), randomMatrix(r, rank, cols))
		change.Scale(0.1/math.Sqrt(float64(rank)), &change)
		w.Add(w, &change)
	}
	m.after = append(m.after, f32Matrix(name, w))
}

// save commits both states, on main, one after the other.
func (m *tunedModel) save(f *fixture) {
	f.put("model.safetensors", tensorsFile("", m.before...))
	f.save("base")
	f.put("model.safetensors", tensorsFile("", m.after...))
	f.save("tuned")
}

func (f *fixture) exportLoRA(dir string, o lora.Options) *lora.Exported {
	f.t.Helper()
	l, err := f.ExportLoRA(context.Background(), refs.Spec{Rev: "main~1"}, refs.Spec{Rev: "main"}, dir, false, o)
	require.NoError(f.t, err)
	return l
}

// readAdapter reads the matrices of an adapter and what its config says.
func readAdapter(t *testing.T, dir string) (map[string]*mat.Dense, map[string]any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "adapter_model.safetensors"))
	require.NoError(t, err)
	l, err := safetensors.Parser{}.Parse(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	tensors := map[string]*mat.Dense{}
	for _, x := range l.Tensors {
		require.Len(t, x.Shape, 2)
		m := mat.NewDense(int(x.Shape[0]), int(x.Shape[1]), nil)
		for i := range m.RawMatrix().Data {
			m.RawMatrix().Data[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[x.Off+4*int64(i):])))
		}
		tensors[x.Name] = m
	}
	b, err = os.ReadFile(filepath.Join(dir, "adapter_config.json"))
	require.NoError(t, err)
	config := map[string]any{}
	require.NoError(t, json.Unmarshal(b, &config))
	return tensors, config
}

// llamaLike has changes of rank 4 and 2, one that is not there, and some that no adapter can hold.
func llamaLike() *tunedModel {
	r := rand.New(rand.NewPCG(1, 2))
	m := &tunedModel{}
	m.add(r, "model.layers.0.self_attn.q_proj.weight", 96, 64, 4)
	m.add(r, "model.layers.0.self_attn.k_proj.weight", 32, 64, 0)
	m.add(r, "model.layers.1.self_attn.q_proj.weight", 96, 64, 2)
	m.add(r, "model.layers.1.self_attn.k_proj.weight", 32, 64, 4)
	m.add(r, "model.embed_tokens.weight", 50, 64, 1)
	m.before = append(m.before, f32Tensor("model.norm.weight", 1, 2), f32Tensor("old.bias", 1))
	m.after = append(m.after, f32Tensor("model.norm.weight", 1, 3), f32Tensor("new.bias", 1))
	return m
}

func TestExportLoRA(t *testing.T) {
	f, dir := newFixture(t), filepath.Join(t.TempDir(), "adapter")
	m := llamaLike()
	m.save(f)
	l := f.exportLoRA(dir, lora.Options{})
	require.Equal(t, 4, l.Rank)
	require.Equal(t, []lora.Left{{Name: "model.embed_tokens.weight", Reason: "is an embedding"}, {Name: "model.norm.weight", Reason: "is no matrix: shape [2]"},
		{Name: "new.bias", Reason: "added"}, {Name: "old.bias", Reason: "removed"}}, l.Left)
	ranks := map[string]int{}
	for _, x := range l.Tensors {
		require.Less(t, float64(x.Error), 1e-5, x.Name)
		require.False(t, x.Least)
		ranks[x.Name] = x.Rank
	}
	require.Equal(t, map[string]int{"model.layers.0.self_attn.q_proj.weight": 4, "model.layers.1.self_attn.q_proj.weight": 2,
		"model.layers.1.self_attn.k_proj.weight": 4}, ranks)

	tensors, config := readAdapter(t, dir)
	require.Len(t, tensors, 6)
	require.Equal(t, []any{"q_proj", "model.layers.1.self_attn.k_proj"}, config["target_modules"], "not all k_proj changed")
	require.Equal(t, 4.0, config["r"])
	require.Equal(t, 4.0, config["lora_alpha"])
	require.Equal(t, map[string]any{"model.layers.1.self_attn.q_proj": 2.0}, config["rank_pattern"])
	require.Equal(t, map[string]any{"model.layers.1.self_attn.q_proj": 2.0}, config["alpha_pattern"])
	require.Equal(t, false, config["fan_in_fan_out"])
	for i, x := range m.after {
		if ranks[x.Name] > 0 {
			require.Less(t, distanceOf(t, tensors, m.before[i], x, false), 1e-5, x.Name)
		}
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no temporary files")
}

// distanceOf is ‖ΔW − B·A‖/‖ΔW‖ of a matrix and its adapter, the scale being 1.
func distanceOf(t *testing.T, adapter map[string]*mat.Dense, before, after testTensor, transposed bool) float64 {
	t.Helper()
	module := "base_model.model." + after.Name[:len(after.Name)-len(".weight")]
	a, b := adapter[module+".lora_A.weight"], adapter[module+".lora_B.weight"]
	require.NotNil(t, a, module)
	require.NotNil(t, b, module)
	var product mat.Dense
	product.Mul(b, a)
	var made mat.Matrix = &product
	if transposed {
		made = product.T()
	}
	var change, off float64
	cols := int(after.Shape[1])
	for k := range len(after.Data) / 4 {
		d := float64(math.Float32frombits(binary.LittleEndian.Uint32(after.Data[4*k:]))) - float64(math.Float32frombits(binary.LittleEndian.Uint32(before.Data[4*k:])))
		e := d - made.At(k/cols, k%cols)
		change += d * d
		off += e * e
	}
	return math.Sqrt(off / change)
}

// With a rank the approximation is the best of that rank, and its error is told.
func TestExportLoRAOfRank(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	r := rand.New(rand.NewPCG(3, 4))
	m := &tunedModel{}
	m.add(r, "h.up_proj.weight", 60, 80, 60)
	m.add(r, "h.tiny_proj.weight", 3, 80, 2)
	m.save(f)
	l := f.exportLoRA(dir, lora.Options{Rank: 10})
	require.Equal(t, 10, l.Rank)
	require.Equal(t, 3, l.Tensors[1].Rank, "no more than rows")
	tensors, _ := readAdapter(t, dir)
	got := distanceOf(t, tensors, m.before[0], m.after[0], false)
	require.InDelta(t, got, float64(l.Tensors[0].Error), 1e-6)
	require.InDelta(t, bestError(t, m.before[0], m.after[0], 10), got, 0.005)
}

// An exported adapter is found in the change that it was made of, whatever it leaves out; where that is more than half of
// it, the verdict says so.
func TestExportLoRAIsFound(t *testing.T) {
	for rank, want := range map[int]string{2: lora.MergedAndMore, 55: lora.Merged} {
		f, dir := newFixture(t), t.TempDir()
		m := &tunedModel{}
		m.add(rand.New(rand.NewPCG(3, 4)), "h.up_proj.weight", 60, 80, 60)
		m.save(f)
		f.exportLoRA(dir, lora.Options{Rank: rank})
		c, err := f.ExpectLoRA(context.Background(), AtRevision("HEAD~1"), AtRevision("HEAD"), refs.Spec{Path: dir}, diff.Options{})
		require.NoError(t, err)
		require.Equal(t, want, c.Verdict, c.Reason)
		if want != lora.Merged {
			require.Contains(t, c.Reason, "by its own account")
		}
	}
}

// bestError is what the best approximation of that rank is off: the rest of the singular values.
func bestError(t *testing.T, before, after testTensor, rank int) float64 {
	t.Helper()
	change := mat.NewDense(int(after.Shape[0]), int(after.Shape[1]), nil)
	for k := range change.RawMatrix().Data {
		change.RawMatrix().Data[k] = float64(math.Float32frombits(binary.LittleEndian.Uint32(after.Data[4*k:]))) - float64(math.Float32frombits(binary.LittleEndian.Uint32(before.Data[4*k:])))
	}
	var svd mat.SVD
	require.True(t, svd.Factorize(change, mat.SVDNone))
	var all, rest float64
	for k, s := range svd.Values(nil) {
		if all += s * s; k >= rank {
			rest += s * s
		}
	}
	return math.Sqrt(rest / all)
}

// gptLike keeps its matrices transposed, but for the head.
func gptLike() *tunedModel {
	r := rand.New(rand.NewPCG(5, 6))
	m := &tunedModel{}
	m.add(r, "transformer.h.0.attn.c_attn.weight", 32, 96, 3)
	m.add(r, "transformer.h.0.attn.c_proj.weight", 32, 32, 3)
	m.add(r, "lm_head.weight", 40, 32, 3)
	return m
}

func TestExportLoRAOfConv1D(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	m := gptLike()
	m.save(f)
	f.exportLoRA(dir, lora.Options{})
	tensors, config := readAdapter(t, dir)
	require.Equal(t, true, config["fan_in_fan_out"])
	for i, x := range m.after {
		require.Less(t, distanceOf(t, tensors, m.before[i], x, i < 2), 1e-5, x.Name)
	}
}

func TestExportLoRARefuses(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	f.put("a.safetensors", tensorsFile("", f32Tensor("norm.weight", 1)))
	f.save("one")
	f.put("a.safetensors", tensorsFile("", f32Tensor("norm.weight", 2)))
	f.save("two")
	export := func(a, b refs.Spec) error {
		_, err := f.ExportLoRA(context.Background(), a, b, dir, false, lora.Options{})
		return err
	}
	require.ErrorIs(t, export(refs.Spec{Rev: "main~1"}, refs.Spec{Rev: "main"}), lora.ErrNoAdapter)
	require.ErrorIs(t, export(refs.Spec{Rev: "main"}, refs.Spec{Rev: "main"}), lora.ErrNoAdapter)
	require.ErrorIs(t, export(refs.Spec{Rev: "main", Path: "b"}, refs.Spec{Rev: "main"}), object.ErrNoPath)
	f.put("b.safetensors", tensorsFile("", f32Tensor("norm.weight", 3)))
	f.put("c", "no tensors")
	f.save("three")
	require.ErrorContains(t, export(refs.Spec{Rev: "main"}, refs.Spec{Rev: "main"}), `tensor "norm.weight" is in a.safetensors and in b.safetensors`)
	require.ErrorIs(t, export(refs.Spec{Rev: "main", Path: "c"}, refs.Spec{Rev: "main"}), object.ErrNoPath)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestExportLoRAInPeft merges the adapters with the real peft: the model is then the other one, as far as the
// errors tell.
func TestExportLoRAInPeft(t *testing.T) {
	python := os.Getenv(peftEnv)
	if python == "" {
		t.Skipf("%s is unset: no Python with torch and scripts/oracle/peft-requirements.txt to load adapters with", peftEnv)
	}
	for name, m := range map[string]*tunedModel{"llama": llamaLike(), "gpt": gptLike()} {
		t.Run(name, func(t *testing.T) {
			f, dir := newFixture(t), t.TempDir()
			m.save(f)
			l := f.exportLoRA(filepath.Join(dir, "adapter"), lora.Options{})
			for file, tensors := range map[string][]testTensor{"before": m.before, "after": m.after} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file+".safetensors"), []byte(tensorsFile("", tensors...)), 0o644))
			}
			var stderr bytes.Buffer
			cmd := exec.Command(python, filepath.Join("..", "scripts", "oracle", "peft_load.py"), dir)
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			require.NoError(t, err, stderr.String())
			var off map[string]float64
			require.NoError(t, json.Unmarshal(out, &off))
			require.NotEmpty(t, l.Tensors)
			for _, x := range l.Tensors {
				require.Contains(t, off, x.Name)
				require.InDelta(t, float64(x.Error), off[x.Name], 1e-4, x.Name)
			}
		})
	}
}
