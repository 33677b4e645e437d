package repo

import (
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
	"dits/repo/repotest"
)

// other is the toy's model with an adapter of its own: other factors for the same modules.
func (t *toy) other(seed uint64) *toy {
	rng := rand.New(rand.NewPCG(seed, seed))
	o := &toy{dtype: t.dtype, tensors: t.tensors, shapes: t.shapes, order: t.order, config: t.config, a: map[string][]float64{}, b: map[string][]float64{}}
	random := func(n int, size float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = repotest.Grid(t.dtype).Round(rng.NormFloat64() * size)
		}
		return v
	}
	for _, name := range t.order {
		if module := strings.TrimSuffix(name, ".weight"); t.b[module] != nil {
			o.a[module], o.b[module] = random(len(t.a[module]), 0.1), random(len(t.b[module]), 0.02)
		}
	}
	return o
}

// on is the toy's adapter for another model.
func (t *toy) on(model *toy) *toy {
	c := *t
	c.tensors = model.tensors
	return &c
}

// as is the model saved in another dtype.
func (t *toy) as(d formats.DType) *toy {
	c := *t
	c.dtype = d
	return &c
}

// changed is the model with every n-th weight of some tensors moved by a share of itself.
func (t *toy) changed(n int, share float64, names ...string) *toy {
	m := t.on(t)
	m.tensors = map[string][]float64{}
	for name, v := range t.tensors {
		m.tensors[name] = append([]float64(nil), v...)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for _, name := range names {
		for i := 0; i < len(m.tensors[name]); i += n {
			m.tensors[name][i] = repotest.Grid(t.dtype).Round(m.tensors[name][i] * (1 + share*rng.NormFloat64()))
		}
	}
	return m
}

// verifyMerge checks toy after against toy before with the adapters of toys, all on disk.
func verifyMerge(t *testing.T, before, after *toy, adapters ...*toy) *lora.Check {
	t.Helper()
	dir := t.TempDir()
	side := func(name string, m *toy) diff.Snapshot {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(m.file()), 0o666))
		s, err := diff.ReadDisk(path)
		require.NoError(t, err)
		return s
	}
	var open []*lora.Adapter
	for i, a := range adapters {
		path := filepath.Join(dir, fmt.Sprintf("adapter%d", i+1))
		a.writeAdapter(t, path)
		l, err := lora.ReadAdapter(t.Context(), path)
		require.NoError(t, err)
		defer l.Close()
		open = append(open, l)
	}
	c, err := lora.CheckMerge(t.Context(), open, side("a.safetensors", before), side("b.safetensors", after), diff.Options{})
	require.NoError(t, err)
	return c
}

func allScales(t *toy, scale float64) map[string]float64 {
	scales := map[string]float64{}
	for module := range t.b {
		scales[module] = scale
	}
	return scales
}

// Each thing that may become of a merge has its verdict.
func TestVerifyMerge(t *testing.T) {
	for _, tt := range []struct {
		name    string
		make    func(base *toy) *toy
		verdict string
		scale   float64 // NaN: of no account
		says    string
	}{
		{"merged", func(b *toy) *toy { return b.merged(nil) }, lora.Merged, 1, "nothing else changed"},
		{"nothing", func(b *toy) *toy { return b }, lora.NotMerged, 0, "nothing changed"},
		{"others only", func(b *toy) *toy { return b.changed(1, 0.1, up) }, lora.NotMerged, 0, "1 other tensor did"},
		{"another change", func(b *toy) *toy { return b.other(5).merged(nil) }, lora.NotMerged, math.NaN(), "in another way"},
		{"some layers", func(b *toy) *toy { return b.merged(map[string]float64{q1: 0, v1: 0}) }, lora.NotMerged, math.NaN(), "in 2 of 4 tensors only"},
		{"twice", func(b *toy) *toy { return b.merged(allScales(b, 4)) }, lora.OtherScale, 2, "merged twice; nothing else changed"},
		{"half", func(b *toy) *toy { return b.merged(allScales(b, 1)) }, lora.OtherScale, 0.5, "without lora_alpha and rank"},
		{"at 0.7", func(b *toy) *toy { return b.merged(allScales(b, 1.4)) }, lora.OtherScale, 0.7, "at 0.7 of its strength"},
		{"twice, and more", func(b *toy) *toy { return b.merged(allScales(b, 4)).changed(1, 0.1, up) }, lora.OtherScale, 2, "1 other tensor changed"},
		{"and another tensor", func(b *toy) *toy { return b.merged(nil).changed(9, 0.1, up) }, lora.MergedAndMore, 1, "1 other tensor changed"},
		{"and some weights", func(b *toy) *toy { return b.merged(nil).changed(9, 0.1, q0+".weight") }, lora.MergedAndMore, 1, "weights of 1 merged tensor changed further"},
		{"other base", func(b *toy) *toy {
			return b.changed(1, 0.3, b.order...).merged(nil)
		}, lora.OtherBase, math.NaN(), "not the base's"},
	} {
		for _, d := range []formats.DType{"F32", "BF16"} {
			t.Run(tt.name+" "+string(d), func(t *testing.T) {
				base := newToy(d)
				c := verifyMerge(t, base, tt.make(base), base)
				require.Equal(t, tt.verdict, c.Verdict, c.Reason)
				require.Equal(t, tt.verdict == lora.Merged, c.OK)
				require.Contains(t, c.Reason, tt.says)
				if !math.IsNaN(tt.scale) {
					require.InDelta(t, tt.scale, float64(c.Scale), 0.01)
				}
			})
		}
	}
}

// A merge may have been cast afterwards; one that was computed in the wider type was not.
func TestVerifyMergeCast(t *testing.T) {
	for _, tt := range []struct {
		base, computed, saved formats.DType
		verdict               string
	}{
		{"BF16", "BF16", "F32", lora.MergedThenCast},
		{"BF16", "BF16", "F16", lora.MergedThenCast},
		{"F16", "F16", "F32", lora.MergedThenCast},
		{"F32", "F32", "BF16", lora.MergedThenCast},
		{"F32", "F32", "F16", lora.MergedThenCast},
		{"BF16", "F32", "F32", lora.Merged},
		{"BF16", "BF16", "BF16", lora.Merged},
	} {
		t.Run(fmt.Sprintf("%s in %s as %s", tt.base, tt.computed, tt.saved), func(t *testing.T) {
			base := newToy(tt.base)
			c := verifyMerge(t, base, base.as(tt.computed).merged(nil).as(tt.saved), base)
			require.Equal(t, tt.verdict, c.Verdict, c.Reason)
			require.True(t, c.OK)
			more := base.as(tt.computed).merged(nil)
			more.tensors[q0+".weight"][5] *= 1.3
			c = verifyMerge(t, base, more.as(tt.saved), base)
			require.Equal(t, lora.MergedAndMore, c.Verdict, c.Reason)
		})
	}
}

// Adapters one after the other, rounded in between or not; one that is missing is named.
func TestVerifyMergeSequence(t *testing.T) {
	for _, d := range []formats.DType{"F32", "BF16", "F16"} {
		t.Run(string(d), func(t *testing.T) {
			first := newToy(d)
			second := first.other(3)
			one := first.merged(nil)
			both := second.on(one).merged(nil)
			require.Equal(t, lora.Merged, verifyMerge(t, first, both, first, second).Verdict)
			at32 := second.as("F32").on(first.as("F32").merged(nil)).merged(nil).as(d)
			require.Equal(t, lora.Merged, verifyMerge(t, first, at32, first, second).Verdict, "rounded once")
			c := verifyMerge(t, first, one, first, second)
			require.Equal(t, lora.NotMerged, c.Verdict)
			require.Contains(t, c.Reason, "adapter2 is not in it, all else is")
			both.tensors[q1+".weight"][3] *= 1.3
			require.Equal(t, lora.MergedAndMore, verifyMerge(t, first, both, first, second).Verdict)
			require.Equal(t, "adapter1", filepath.Base(strings.Split(c.Adapter, ", ")[0]))
		})
	}
}
