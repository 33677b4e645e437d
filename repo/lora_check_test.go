package repo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/repo/diff"
	"dits/repo/lora"
	"dits/repo/refs"
	"dits/repo/repotest"
)

// A toy is a small model with an adapter, in numbers.
type toy struct {
	dtype   formats.DType
	tensors map[string][]float64
	shapes  map[string][]int64
	order   []string
	a, b    map[string][]float64 // factors by module
	config  string
}

const toyRank = 4

// newToy has two layers; the adapter changes q_proj and v_proj of both.
func newToy(d formats.DType) *toy {
	rng := rand.New(rand.NewPCG(1, 2))
	t := &toy{dtype: d, tensors: map[string][]float64{}, shapes: map[string][]int64{}, a: map[string][]float64{}, b: map[string][]float64{},
		config: `{"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":["q_proj","v_proj"]}`}
	random := func(n int64, size float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = repotest.Grid(d).Round(rng.NormFloat64() * size)
		}
		return v
	}
	for layer := range 2 {
		for _, m := range []struct {
			name      string
			rows, col int64
		}{{"self_attn.q_proj", 48, 32}, {"self_attn.v_proj", 16, 32}, {"mlp.up_proj", 24, 32}} {
			module := fmt.Sprintf("model.layers.%d.%s", layer, m.name)
			t.put(module+".weight", []int64{m.rows, m.col}, random(m.rows*m.col, 0.02))
			if m.name != "mlp.up_proj" {
				t.a[module], t.b[module] = random(toyRank*m.col, 0.1), random(m.rows*toyRank, 0.02)
			}
		}
	}
	t.put("model.norm.weight", []int64{32}, random(32, 1))
	return t
}

func (t *toy) put(name string, shape []int64, v []float64) {
	if t.tensors[name] == nil {
		t.order = append(t.order, name)
	}
	t.tensors[name], t.shapes[name] = v, shape
}

// merged is the toy with the change of each module times its scale added; modules that scales has not get 2.
func (t *toy) merged(scales map[string]float64) *toy {
	m := &toy{dtype: t.dtype, tensors: map[string][]float64{}, shapes: map[string][]int64{}}
	for _, name := range t.order {
		m.put(name, t.shapes[name], append([]float64(nil), t.tensors[name]...))
	}
	for module, b := range t.b {
		w, columns := m.tensors[module+".weight"], int(t.shapes[module+".weight"][1])
		scale, ok := scales[module]
		if !ok {
			scale = 2
		}
		for i := range w {
			var sum float64
			for k := range toyRank {
				sum += b[i/columns*toyRank+k] * t.a[module][k*columns+i%columns]
			}
			w[i] = repotest.Grid(t.dtype).Round(w[i] + scale*sum)
		}
	}
	return m
}

func (t *toy) file() string {
	var list []testTensor
	for _, name := range t.order {
		list = append(list, testTensor{Name: name, DType: string(t.dtype), Shape: t.shapes[name], Data: repotest.Floats(t.dtype, t.tensors[name])})
	}
	return tensorsFile("", list...)
}

// writeAdapter writes the adapter to a folder.
func (t *toy) writeAdapter(tb testing.TB, dir string) {
	var list []testTensor
	for module, b := range t.b {
		rows, columns := int64(len(b)/toyRank), int64(len(t.a[module])/toyRank)
		list = append(list,
			testTensor{Name: "base_model.model." + module + ".lora_A.weight", DType: string(t.dtype), Shape: []int64{toyRank, columns}, Data: repotest.Floats(t.dtype, t.a[module])},
			testTensor{Name: "base_model.model." + module + ".lora_B.weight", DType: string(t.dtype), Shape: []int64{rows, toyRank}, Data: repotest.Floats(t.dtype, b)})
	}
	require.NoError(tb, os.MkdirAll(dir, 0o755))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, lora.AdapterWeights), []byte(tensorsFile("", list...)), 0o644))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, lora.AdapterConfig), []byte(t.config), 0o644))
}

// expect checks toy after against toy before.
func (f *fixture) expect(before, after *toy) *lora.Check {
	f.t.Helper()
	dir := filepath.Join(f.t.TempDir(), "adapter")
	before.writeAdapter(f.t, dir)
	f.put("m.safetensors", before.file())
	f.save("before")
	f.put("m.safetensors", after.file())
	c, err := f.ExpectLoRA(context.Background(), AtRevision("HEAD"), AtWork(), refs.Spec{Path: dir}, diff.Options{})
	require.NoError(f.t, err)
	return c
}

const (
	q0, q1, v1 = "model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"
	up         = "model.layers.0.mlp.up_proj.weight"
)

// TestExpectLoRA merges an adapter rightly, and wrongly in one way each: the verdict names just what is off.
func TestExpectLoRA(t *testing.T) {
	all := func(scale float64) map[string]float64 {
		scales := map[string]float64{}
		for module := range newToy("F32").b {
			scales[module] = scale
		}
		return scales
	}
	tests := []struct {
		name string
		make func(t *toy) *toy
		off  []string // names; nil: nothing is off
		says string   // of the first that is
	}{
		{"right", func(t *toy) *toy { return t.merged(nil) }, nil, ""},
		{"not merged", func(t *toy) *toy { return t.merged(all(0)) }, []string{q0, "model.layers.0.self_attn.v_proj", q1, v1}, "not merged"},
		{"merged twice", func(t *toy) *toy { return t.merged(all(4)) }, []string{q0, "model.layers.0.self_attn.v_proj", q1, v1}, "merged twice"},
		{"scale 5% off", func(t *toy) *toy { return t.merged(all(2.1)) }, []string{q0, "model.layers.0.self_attn.v_proj", q1, v1}, "scale 1.0"},
		{"a layer skipped", func(t *toy) *toy { return t.merged(map[string]float64{q1: 0, v1: 0}) }, []string{q1, v1}, "not merged"},
		{"another tensor touched", func(t *toy) *toy {
			m := t.merged(nil)
			m.tensors[up][5] *= 1.02
			return m
		}, []string{up}, "1 of 768 weights differ"},
		{"a weight of a target touched", func(t *toy) *toy {
			m := t.merged(nil)
			w := m.tensors[q1+".weight"]
			w[77] += max(4*repotest.Grid(t.dtype).Step(w[77]), 1e-6)
			return m
		}, []string{q1}, "1 of 1536 weights are off"},
		{"a weight that is no number", func(t *toy) *toy {
			m := t.merged(nil)
			m.tensors[q0+".weight"][0] = math.Inf(1)
			return m
		}, []string{q0}, "1 of 1536 weights are off"},
		{"a tensor gone", func(t *toy) *toy {
			m := t.merged(nil)
			m.order = m.order[:len(m.order)-1]
			return m
		}, []string{"model.norm.weight"}, "removed"},
		{"a tensor more", func(t *toy) *toy {
			m := t.merged(nil)
			m.put("lm_head.weight", []int64{1}, []float64{1})
			return m
		}, []string{"lm_head.weight"}, "added"},
		{"a target reshaped", func(t *toy) *toy {
			m := t.merged(nil)
			m.shapes[q0+".weight"] = []int64{32, 48}
			return m
		}, []string{q0}, "reshaped"},
	}
	for _, d := range []formats.DType{"BF16", "F16", "F32"} {
		for _, tt := range tests {
			t.Run(string(d)+"/"+tt.name, func(t *testing.T) {
				base := newToy(d)
				got := newFixture(t).expect(base, tt.make(base))
				var off []string
				for _, x := range got.Tensors {
					if !x.OK {
						off = append(off, strings.TrimSuffix(x.Name, map[bool]string{true: ".weight"}[base.b[strings.TrimSuffix(x.Name, ".weight")] != nil]))
						if len(off) == 1 {
							require.Contains(t, x.Problem, tt.says)
						}
					}
				}
				require.Equal(t, tt.off, off)
				require.Equal(t, tt.off == nil, got.OK)
				if got.OK {
					require.Equal(t, []int{4, 3}, []int{got.Merged, got.Unchanged})
				}
			})
		}
	}
}

// The merge of the corpus' family is one, in both directions of time only one way.
func TestExpectLoRAOfTrainedWeights(t *testing.T) {
	f := newFixture(t)
	f.put("adapter/adapter_model.safetensors", trained(t, "adapter_model.safetensors"))
	f.put("adapter/adapter_config.json", trained(t, "adapter_config.json"))
	for _, name := range []string{"base", "merged-lora"} {
		f.put("model.safetensors", trained(t, name+".safetensors"))
		f.save(name)
	}
	check := func(a, b Side, adapter refs.Spec) *lora.Check {
		c, err := f.ExpectLoRA(context.Background(), a, b, adapter, diff.Options{})
		require.NoError(t, err)
		return c
	}
	for _, adapter := range []refs.Spec{
		{Path: f.path("adapter")}, {Path: f.path("adapter/adapter_model.safetensors")},
		{Rev: "HEAD", Path: "adapter"}, {Rev: "HEAD~1", Path: "adapter/adapter_model.safetensors"},
	} {
		c := check(AtRevision("HEAD~1"), AtRevision("HEAD"), adapter)
		require.True(t, c.OK, "%s", asJSON(t, c, nil))
		require.Equal(t, []int{4, 16}, []int{c.Merged, c.Unchanged})
	}
	committed := refs.Spec{Rev: "HEAD", Path: "adapter"}
	require.False(t, check(AtRevision("HEAD"), AtRevision("HEAD~1"), committed).OK, "unmerged")
	f.put("model.safetensors", trained(t, "ft-customer.safetensors"))
	require.False(t, check(AtRevision("HEAD~1"), AtWork(), committed).OK, "a fine-tune")
	c := check(AtRevision("HEAD~1"), AtRevision("HEAD~1"), committed)
	require.False(t, c.OK, "nothing changed")
	require.Len(t, c.Tensors, 4)
	c = check(AtRevision("HEAD~1").At("model.safetensors"), AtRevision("HEAD").At("model.safetensors"), committed)
	require.True(t, c.OK)

	// An adapter that changed beside the model is no part of it.
	f.put("model.safetensors", trained(t, "merged-lora.safetensors"))
	f.put("adapter/adapter_model.safetensors", tensorsFile("", f32Tensor("base_model.model.x.lora_A.weight", 1)))
	c = check(AtRevision("HEAD~1"), AtWork(), committed)
	require.True(t, c.OK, "%s", asJSON(t, c, nil))
}

// What would change the meaning of an adapter and is not checked, or does not agree, is an error with its name.
func TestExpectLoRARefuses(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		{`{"peft_type":"IA3","r":4}`, "peft_type IA3"},
		{`{"r":4,"lora_alpha":8,"lora_bias":true}`, "lora_bias"},
		{`{"r":4,"lora_alpha":8,"layer_replication":[[0,1]]}`, "layer_replication"},
		{`{"r":4,"lora_alpha":8,"trainable_token_indices":[1]}`, "trainable_token_indices"},
		{`{"r":4,"lora_alpha":8,"target_parameters":["x"]}`, "target_parameters"},
		{`{"r":4,"lora_alpha":8,"use_qalora":true}`, "use_qalora"},
		{`{"r":4,"lora_alpha":8,"use_dora":true,"fan_in_fan_out":true}`, "use_dora with fan_in_fan_out"},
		{`{"r":4,"lora_alpha":8,"use_dora":true}`, "lora_magnitude_vector"},
		{`{"r":0}`, "rank 0"},
		{`{"r":8,"lora_alpha":8}`, "rank 4, and adapter_config.json says 8"},
		{`{"r":4,"lora_alpha":8,"target_modules":["k_proj"]}`, "does not target it"},
		{`{"r":4,"lora_alpha":8,"target_modules":"q_proj|v_proj"}`, "does not target it"},
		{`{"r":4,"lora_alpha":8,"target_modules":["q_proj","v_proj"],"layers_to_transform":0}`, "does not target it"},
		{`{"r":4,"lora_alpha":8,"target_modules":["q_proj","v_proj"],"exclude_modules":["v_proj"]}`, "does not target it"},
		{`{"r":4,"lora_alpha":8,"target_modules":".*(?!k)_proj"}`, "target_modules"},
		{`{"r":"4"}`, "adapter_config.json"},
		{`{`, "adapter_config.json"},
	} {
		toy := newToy("F32")
		toy.config = tt.config
		f := newFixture(t)
		f.put("m.safetensors", toy.file())
		f.save("m")
		dir := filepath.Join(t.TempDir(), "adapter")
		toy.writeAdapter(t, dir)
		_, err := f.ExpectLoRA(context.Background(), AtRevision("HEAD"), AtWork(), refs.Spec{Path: dir}, diff.Options{})
		require.ErrorContains(t, err, tt.want)
	}
	f := newFixture(t)
	f.put("x.txt", "x")
	f.save("m")
	dir := t.TempDir()
	expect := func() error {
		_, err := f.ExpectLoRA(context.Background(), AtRevision("HEAD"), AtWork(), refs.Spec{Path: dir}, diff.Options{})
		return err
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "adapter_model.bin"), nil, 0o644))
	require.ErrorContains(t, expect(), "pickle")
	newToy("F32").writeAdapter(t, dir)
	require.ErrorContains(t, expect(), "no tensor of the base is one that an adapter changes")
	require.NoError(t, os.Remove(filepath.Join(dir, lora.AdapterConfig)))
	require.ErrorIs(t, expect(), os.ErrNotExist)
}

// A list of targets that has a matrix of which the adapter has nothing is an adapter that lost a part.
func TestExpectLoRAMissesFactors(t *testing.T) {
	base := newToy("F32")
	merged := base.merged(map[string]float64{v1: 0})
	delete(base.a, v1)
	delete(base.b, v1)
	c := newFixture(t).expect(base, merged)
	require.False(t, c.OK)
	require.Equal(t, []string{v1 + ".weight"}, offNames(c))

	base = newToy("F32")
	merged = base.merged(nil)
	base.config = strings.Replace(base.config, "{", `{"modules_to_save":["lm_head"],`, 1)
	c = newFixture(t).expect(base, merged)
	require.Equal(t, []string{"lm_head (modules_to_save, and not in the adapter)"}, offNames(c))
}

// A base that was rounded to another dtype with its merge is still that base.
func TestExpectLoRAIntoAnotherDType(t *testing.T) {
	base := newToy("F32")
	merged := base.merged(nil)
	merged.dtype = "BF16"
	require.True(t, newFixture(t).expect(base, merged).OK)
	merged.tensors[up][3] += 2 * repotest.Grid("BF16").Step(merged.tensors[up][3])
	c := newFixture(t).expect(base, merged)
	require.Equal(t, []string{up}, offNames(c))
}
