package order

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/repo/repotest"
)

const rows, cols, rank = 48, 64, 4

// matrices are two matrices of a model, by name.
type matrices map[string][]float64

func random(seed uint64, n int, scale float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float64, n)
	for i := range out {
		out[i] = scale * r.NormFloat64()
	}
	return out
}

var named = []string{"model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.v_proj"}

func model(seed uint64) matrices {
	m := matrices{}
	for i, name := range named {
		m[name] = random(100*seed+uint64(i), rows*cols, 0.02)
	}
	return m
}

// tuned is a model that has moved a little.
func (m matrices) tuned(seed uint64) matrices {
	out := matrices{}
	for name, w := range m {
		moved := random(7000+seed, len(w), 0.002)
		for i := range w {
			moved[i] += w[i]
		}
		out[name] = moved
	}
	return out
}

// A lora is B·A of both matrices.
type lora map[string][2][]float64

func adapter(seed uint64) lora {
	l := lora{}
	for i, name := range named {
		l[name] = [2][]float64{random(9000+10*seed+uint64(i), rank*cols, 0.02), random(9500+10*seed+uint64(i), rows*rank, 0.02)}
	}
	return l
}

// merged is a model with an adapter.
func (m matrices) merged(l lora) matrices {
	out := matrices{}
	for name, w := range m {
		w = slices.Clone(w)
		for i := range rows {
			for j := range cols {
				for k := range rank {
					w[i*cols+j] += 2 * l[name][1][i*rank+k] * l[name][0][k*cols+j]
				}
			}
		}
		out[name] = w
	}
	return out
}

func (m matrices) file(d formats.DType) string {
	var all []repotest.Tensor
	for _, name := range named {
		all = append(all, repotest.Tensor{Name: name + ".weight", DType: string(d), Shape: []int64{rows, cols}, Data: repotest.Floats(d, m[name])})
	}
	return repotest.TensorsFile("", all...)
}

func (l lora) file() string {
	var all []repotest.Tensor
	for _, name := range named {
		a, b := repotest.Floats("F32", l[name][0]), repotest.Floats("F32", l[name][1])
		all = append(all,
			repotest.Tensor{Name: "base_model.model." + name + ".lora_A.weight", DType: "F32", Shape: []int64{rank, cols}, Data: a},
			repotest.Tensor{Name: "base_model.model." + name + ".lora_B.weight", DType: "F32", Shape: []int64{rows, rank}, Data: b})
	}
	return repotest.TensorsFile("", all...)
}

func bytesFile(d string, n int) string {
	return repotest.TensorsFile("", repotest.Tensor{Name: named[0] + ".weight", DType: d, Shape: []int64{int64(n)}, Data: make([]byte, n)})
}

// What others are made of comes first, whatever it is called.
func TestOf(t *testing.T) {
	base, l, l2 := model(1), adapter(1), adapter(2)
	merged := base.merged(l)
	legacy := "\x01\x00\x00\x00" + "\x01\x00\x00\x00" + "w" + "\x02\x00\x00\x00" + "\x01\x00\x00\x00" + "abcd"
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a merge and its base", map[string]string{
			"a-merge.safetensors": merged.file("BF16"), "b-base.safetensors": base.file("BF16"), "c.safetensors": l.file()},
			[]string{"c.safetensors", "b-base.safetensors", "a-merge.safetensors"}},
		{"a merge of more bits than its base", map[string]string{
			"a.safetensors": merged.file("F32"), "b.safetensors": base.file("BF16"), "c.safetensors": l.file()},
			[]string{"c.safetensors", "b.safetensors", "a.safetensors"}},
		{"a merge of a merge", map[string]string{
			"a.safetensors": merged.merged(l2).file("F32"), "b.safetensors": merged.file("F32"), "c.safetensors": base.file("F32"),
			"l1.safetensors": l.file(), "l2.safetensors": l2.file()},
			[]string{"l1.safetensors", "l2.safetensors", "c.safetensors", "b.safetensors", "a.safetensors"}},
		{"a model called an adapter", map[string]string{
			"a-lora-adapter.safetensors": merged.file("BF16"), "b.safetensors": base.file("BF16"), "c.safetensors": l.file()},
			[]string{"c.safetensors", "b.safetensors", "a-lora-adapter.safetensors"}},
		{"fine-tunes and their base", map[string]string{
			"a.safetensors": base.tuned(1).file("BF16"), "b.safetensors": base.tuned(2).file("BF16"),
			"c.safetensors": base.file("BF16"), "d.safetensors": base.tuned(3).file("BF16")},
			[]string{"c.safetensors", "a.safetensors", "b.safetensors", "d.safetensors"}},
		{"two that are alike go by name", map[string]string{
			"b.safetensors": base.file("BF16"), "a.safetensors": base.tuned(1).file("BF16")},
			[]string{"a.safetensors", "b.safetensors"}},
		{"casts", map[string]string{
			"a.safetensors": base.file("BF16"), "b.safetensors": base.file("F32")},
			[]string{"b.safetensors", "a.safetensors"}},
		{"quants, the largest first", map[string]string{
			"a-imatrix.safetensors": bytesFile("I8", 100), "b.safetensors": bytesFile("I8", 200), "c.safetensors": base.file("BF16")},
			[]string{"c.safetensors", "b.safetensors", "a-imatrix.safetensors"}},
		{"an importance matrix of any name, and no model", map[string]string{
			"z": legacy, "a.json": "{}", "b.safetensors": base.file("BF16"), "c.gguf": "GGUF", "d.safetensors": ""},
			[]string{"z", "a.json", "c.gguf", "d.safetensors", "b.safetensors"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			var paths []string
			for name, content := range test.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
				paths = append(paths, name)
			}
			open := func(p string) (*os.File, error) { return os.Open(filepath.Join(dir, p)) }
			for range 3 {
				rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
				got, err := Of(context.Background(), paths, open)
				require.NoError(t, err)
				require.Equal(t, test.want, got)
			}
		})
	}
}

// A file that cannot be opened, or not any more, is in nobody's way.
func TestOfWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b"), []byte(model(1).file("BF16")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c"), []byte(adapter(1).file()), 0o600))
	opened := 0
	got, err := Of(context.Background(), []string{"a", "b", "c", "d"}, func(p string) (*os.File, error) {
		if opened++; opened > 4 {
			return nil, os.ErrPermission
		}
		return os.Open(filepath.Join(dir, p))
	})
	require.NoError(t, err)
	require.Equal(t, []string{"c", "a", "d", "b"}, got)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Of(ctx, got, func(p string) (*os.File, error) { return os.Open(filepath.Join(dir, p)) })
	require.ErrorIs(t, err, context.Canceled)
}
