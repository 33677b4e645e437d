package repo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/diff"
	"dits/repo/object"
)

// Files whose digests are not known are told apart as those whose digests are.
func TestDiffWithoutDigests(t *testing.T) {
	w := func(name string, v ...float32) testTensor { return f32Tensor(name, v...) }
	base := tensorsFile("", w("a", 1, 2), w("b", 3), w("model.layers.0.self_attn.q_proj.weight", 5, 6), w("ones", 1, 1), w("none"))
	for name, other := range map[string]string{
		"same":           base,
		"header":         tensorsFile("other", w("a", 1, 2), w("b", 3), w("model.layers.0.self_attn.q_proj.weight", 5, 6), w("ones", 1, 1), w("none")),
		"changed":        tensorsFile("", w("a", 1, 2), w("b", 4), w("model.layers.0.self_attn.q_proj.weight", 5, 6), w("ones", 1, 1), w("none")),
		"renamed":        tensorsFile("", w("a", 1, 2), w("b", 3), w("model.layers.0.self_attn.q_proj.weight", 5, 6), w("units", 1, 1), w("none")),
		"by role":        tensorsFile("", w("a", 1, 2), w("b", 3), w("blk.0.attn_q.weight", 5, 6), w("ones", 1, 1), w("none")),
		"by role, other": tensorsFile("", w("a", 1, 2), w("b", 3), w("blk.0.attn_q.weight", 5, 7), w("ones", 1, 1), w("none")),
		"gone and more":  tensorsFile("", w("a", 1, 2, 3), w("c", 9), w("d", 1, 2), w("nil")),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.put("m.safetensors", base)
			f.save("base")
			f.put("m.safetensors", other)
			want := f.diff(AtRevision("HEAD"), AtWork(), diff.Options{})
			dir := t.TempDir()
			var sides []diff.Snapshot
			for _, side := range []string{base, other} {
				path := filepath.Join(dir, "m.safetensors")
				require.NoError(t, os.WriteFile(path, []byte(side), 0o666))
				s, err := diff.ReadDisk(dir)
				require.NoError(t, err)
				sides = append(sides, s)
				dir = t.TempDir()
			}
			got, err := diff.Of(t.Context(), sides[0], sides[1], diff.Options{})
			require.NoError(t, err)
			w, err := json.Marshal(want.Files)
			require.NoError(t, err)
			g, err := json.Marshal(got.Files)
			require.NoError(t, err)
			require.JSONEq(t, string(w), string(g))
			require.Equal(t, want.Summary, got.Summary)
			require.Equal(t, name != "same", len(got.Files) > 0)
		})
	}
}

// counting is progress that is added up.
type counting struct {
	object.Quiet
	total, done atomic.Int64
}

func (c *counting) Start(_ string, total int64) { c.total.Add(total) }
func (c *counting) Add(n int64)                 { c.done.Add(n) }

// Progress counts each byte of both sides once, whatever becomes of its tensor.
func TestDiffProgress(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.safetensors"), filepath.Join(dir, "b.safetensors")
	sizes := int64(0)
	for path, file := range map[string]string{
		a: tensorsFile("", f32Tensor("same", 1, 2), f32Tensor("other", 3, 4), f32Tensor("gone", 3)),
		b: tensorsFile("", f32Tensor("same", 1, 2), f32Tensor("other", 3, 5), f32Tensor("came", 4, 4, 4)),
	} {
		require.NoError(t, os.WriteFile(path, []byte(file), 0o666))
		sizes += int64(len(file))
	}
	sa, err := diff.ReadDisk(a)
	require.NoError(t, err)
	sb, err := diff.ReadDisk(b)
	require.NoError(t, err)
	for _, o := range []diff.Options{{}, {DigestsOnly: true}, {Rank: true}} {
		p := &counting{}
		o.Progress = p
		_, err := diff.Of(t.Context(), sa, sb, o)
		require.NoError(t, err)
		require.Equal(t, sizes, p.total.Load())
		require.EqualValues(t, 4*(2+2+1+2+2+3), p.done.Load())
	}
}
