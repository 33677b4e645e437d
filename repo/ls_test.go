package repo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

func TestLs(t *testing.T) {
	f := newFixture(t)
	f.put("a.txt", "12345")
	f.put("dir/b.txt", "123")
	f.put("dir/sub/c.txt", "1")
	require.NoError(t, os.Symlink("a.txt", f.path("link")))
	f.save("a")
	list := func(path string, recursive bool) string {
		t.Helper()
		l, err := f.Ls("HEAD", path, recursive)
		require.NoError(t, err)
		var out []string
		for _, e := range l {
			out = append(out, fmt.Sprintf("%s %s %s %d", e.Mode, e.Type, e.Path, e.Size))
		}
		return strings.Join(out, "\n")
	}
	require.Equal(t, "100644 file a.txt 5\n040000 dir dir 4\n120000 link link 5", list("", false))
	require.Equal(t, "100644 file dir/b.txt 3\n100644 file dir/sub/c.txt 1", list("dir", true))
	require.Equal(t, "100644 file dir/sub/c.txt 1", list("dir/sub", false))
	require.Equal(t, "100644 file a.txt 5", list("a.txt", false))
	_, err := f.Ls("HEAD", "dir/nothing", false)
	require.ErrorIs(t, err, object.ErrNoPath)
	_, err = f.Ls("nothing", "", false)
	require.ErrorIs(t, err, refs.ErrUnknownRevision)
}

// normal are n weights like those of a model, as BF16.
func normal(rng *rand.Rand, n int) []byte {
	p := make([]byte, 0, 2*n)
	for range n {
		b := math.Float32bits(float32(rng.NormFloat64() * 0.02))
		p = append(p, byte(b>>16), byte(b>>24))
	}
	return p
}

// family saves a base, and a fine-tune of it in which one tensor moved a little.
func (f *fixture) family() (base, tuned []testTensor) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 256
	q := normal(rng, n*n)
	base = []testTensor{
		{Name: "model.layers.0.self_attn.q_proj.weight", DType: "BF16", Shape: []int64{n, n}, Data: q},
		{Name: "model.layers.0.mlp.up_proj.weight", DType: "BF16", Shape: []int64{n, n}, Data: normal(rng, n*n)},
		{Name: "scalar", DType: "F32", Shape: nil, Data: f32s(1)},
		{Name: "empty", DType: "F32", Shape: []int64{0, 3}, Data: nil},
	}
	tuned = append([]testTensor{}, base...)
	tuned[0].Data = bytes.Clone(q)
	for i := 0; i < len(q); i += 8 {
		tuned[0].Data[i] ^= 1
	}
	f.put("model.safetensors", tensorsFile("", base...))
	f.save("base")
	f.put("model.safetensors", tensorsFile("", tuned...))
	f.save("tuned")
	return base, tuned
}

func TestFileTensors(t *testing.T) {
	f := newFixture(t)
	base, tuned := f.family()
	got, err := f.FileTensors("HEAD", "model.safetensors")
	require.NoError(t, err)
	require.Equal(t, "safetensors", got.Format)
	data := f.read("model.safetensors")
	require.EqualValues(t, len(data), got.Size)
	require.Len(t, *got.SHA256, 64)
	require.Len(t, got.Tensors, 4)
	byName := map[string]TensorInfo{}
	for _, x := range got.Tensors {
		byName[x.Name] = x
	}
	for _, want := range tuned {
		x := byName[want.Name]
		require.Equal(t, digest.Sum(want.Data), x.Digest, want.Name)
		require.Equal(t, string(want.Data), data[x.Offset:x.Offset+x.Size], want.Name)
	}
	q, up := byName[tuned[0].Name], byName[tuned[1].Name]
	require.Equal(t, "delta", q.Encoding, "the one tensor that moved")
	require.Equal(t, digest.Sum(base[0].Data), q.Source)
	require.Equal(t, []string{"model.safetensors", q.Name, "main~1", "relative"}, []string{q.SourcePath, q.SourceTensor, q.SourceRev, q.Prediction})
	require.Equal(t, "fields", up.Encoding)
	require.True(t, up.Source.IsZero())
	require.Equal(t, "raw", byName["empty"].Encoding)

	b, err := json.Marshal(byName["scalar"])
	require.NoError(t, err)
	want := fmt.Sprintf(`{"name":"scalar","dtype":"F32","shape":[],"offset":%d,"size":4,"digest":"%s","encoding":"%s","source":"",`+
		`"stored_bytes":4,"source_path":"","source_tensor":"","source_rev":"","prediction":""}`,
		byName["scalar"].Offset, digest.Sum(f32s(1)), byName["scalar"].Encoding)
	require.Equal(t, want, string(b), "the JSON of ls is a contract")

	staged, err := f.FileTensors("", "model.safetensors")
	require.NoError(t, err)
	require.Equal(t, got, staged)
	_, err = f.FileTensors("HEAD", "nothing")
	require.ErrorIs(t, err, object.ErrNoPath)
	_, err = f.FileTensors("", "nothing")
	require.ErrorIs(t, err, object.ErrNoPath)
}
