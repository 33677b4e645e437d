package repo

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/ggml"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// quantLayers are matrices of the trained base and a random importance for the columns of each.
type quantLayers struct {
	source     string      // safetensors
	matrices   []part      // of it, named as in GGUF
	importance [][]float32 // of each
}

func newQuantLayers(t *testing.T) quantLayers {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	q := quantLayers{source: trained(t, "base.safetensors")}
	for _, p := range partsOf(t, q.source) {
		name, ok := map[string]string{"up_proj": "ffn_up", "gate_proj": "ffn_gate", "down_proj": "ffn_down"}[lastModule(p.Name)]
		if !ok || !strings.Contains(p.Name, "layers.0.") {
			continue
		}
		p.Name = "blk.0." + name + ".weight"
		weights := make([]float32, p.Shape[1])
		for i := range weights {
			weights[i] = float32(math.Exp(2 * rng.NormFloat64()))
		}
		q.matrices, q.importance = append(q.matrices, p), append(q.importance, weights)
	}
	return q
}

func lastModule(name string) string {
	parts := strings.Split(name, ".")
	return parts[max(len(parts)-2, 0)]
}

// gguf is the matrices quantised, with their importance or without.
func (q quantLayers) gguf(t *testing.T, typ ggml.Type, importance bool) string {
	t.Helper()
	var parts []part
	for i, p := range q.matrices {
		values := floatsOf(p)
		maker := ggml.Quantiser{Type: typ, Columns: int(p.Shape[1])}
		if importance {
			maker.Weights = q.importance[i]
		}
		out := part{p.Tensor, make([]byte, int64(len(values))/typ.BlockElems()*typ.BlockBytes())}
		out.DType = formats.DType(typ.String())
		require.NoError(t, maker.Rows(out.bytes, values))
		parts = append(parts, out)
	}
	return ggufOf(t, []keyValue{{"general.architecture", "llama"}}, parts)
}

// imatrix is the importance as llama.cpp's tool wrote it, of each matrix times a factor of its own.
func (q quantLayers) imatrix(other bool) string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(q.matrices)))
	for i, p := range q.matrices {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Name)))
		b = append(b, p.Name...)
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(q.importance[i])))
		for j, x := range q.importance[i] {
			if other {
				x = q.importance[i][len(q.importance[i])-1-j]
			}
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	return string(b)
}

// TestImportanceCostsSizeAlone: with the right matrix a quant is a function of its source; with a wrong one, or none, it
// takes more and comes out the same.
func TestImportanceCostsSizeAlone(t *testing.T) {
	if underRace {
		t.Skip("sizes are the same with the race detector, and take minutes")
	}
	q := newQuantLayers(t)
	quant := q.gguf(t, ggml.Q4_K, true)
	stored := map[string]Added{}
	for name, matrix := range map[string]string{"right": q.imatrix(false), "wrong": q.imatrix(true), "none": ""} {
		f := newFixture(t)
		f.put("base.safetensors", q.source)
		if matrix != "" {
			f.put("base.imatrix", matrix)
		}
		f.save("sources")
		f.put("q.gguf", quant)
		require.NoError(t, f.Add(t.Context(), []string{"q.gguf"}, AddOptions{Level: choose.MaxLevel, Report: func(a Added) { stored[name] = a }}))
		f.readsBack("q.gguf", quant)
		f.commit("quant")
		f.requireRight()
	}
	t.Logf("right %d, wrong %d, none %d bytes", stored["right"].DerivedResidual, stored["wrong"].DerivedResidual, stored["none"].DerivedResidual)
	require.Equal(t, &lineage.Recipe{Way: "replayed", Source: "base.safetensors", With: []string{"base.imatrix"}}, stored["right"].Recipe)
	require.NotContains(t, stored["wrong"].Recipe.With, "base.imatrix")
	require.Empty(t, stored["none"].Recipe.With)
	require.Less(t, stored["right"].DerivedResidual, stored["none"].DerivedResidual/20)
	require.LessOrEqual(t, stored["none"].DerivedResidual, stored["wrong"].DerivedResidual)
	for _, a := range stored {
		require.Equal(t, 3, a.Derived)
	}
}

// TestRepackFindsImportance: the matrix arrives last.
func TestRepackFindsImportance(t *testing.T) {
	q := newQuantLayers(t)
	f := newFixture(t)
	quant := q.gguf(t, ggml.Q4_K, true)
	f.put("q.gguf", quant)
	f.save("quant")
	f.put("base.safetensors", q.source)
	f.save("base")
	f.put("importance", q.imatrix(false)) // by its content, not its name
	f.save("importance")
	f.repack(RepackOptions{Level: choose.MaxLevel})
	l, err := f.Derivations(context.Background(), "HEAD", "q.gguf")
	require.NoError(t, err)
	require.Len(t, l.Files[0].Recipes, 1)
	require.Equal(t, lineage.Recipe{Way: "replayed", Source: "base.safetensors", With: []string{"importance"}}, l.Files[0].Recipes[0].Recipe)
	f.requireRight()
	f.readsBack("q.gguf", quant)

	// One that was named, and is in no commit, goes by its digest, and repack keeps to it.
	named := newFixture(t)
	named.put("base.safetensors", q.source)
	named.save("base")
	file := filepath.Join(t.TempDir(), "any")
	require.NoError(t, os.WriteFile(file, []byte(q.imatrix(false)), 0o644))
	named.put("q.gguf", quant)
	require.NoError(t, named.Add(t.Context(), []string{"q.gguf"}, AddOptions{Importance: file, Level: choose.MaxLevel}))
	named.commit("quant")
	require.Zero(t, named.repack(RepackOptions{}).Recoded)
	l, err = named.Derivations(t.Context(), "HEAD", "")
	require.NoError(t, err)
	require.Equal(t, []string{digest.Sum([]byte(q.imatrix(false))).Short()}, l.Files[0].Recipes[0].With)
}

// TestLineageNamesImportance: a committed matrix is a source, though it has no tensors, also of a commit that is past.
func TestLineageNamesImportance(t *testing.T) {
	q := newQuantLayers(t)
	f := newFixture(t)
	f.put("base.safetensors", q.source)
	f.put("base.imatrix", q.imatrix(false))
	f.save("sources")
	f.put("q.gguf", q.gguf(t, ggml.Q4_K, true))
	require.NoError(t, f.Add(t.Context(), []string{"q.gguf"}, AddOptions{Level: choose.MaxLevel}))
	f.commit("quant")
	require.Equal(t, "base.safetensors new:20\n  q.gguf <- base.imatrix replayed:3 <- base.safetensors replayed:3\n",
		treeOf(f.lineage(lineage.Options{})))
	f.remove("base.imatrix")
	f.save("removed")
	require.Equal(t, "base.safetensors new:20\n  q.gguf <- base.imatrix@main~2 replayed:3 <- base.safetensors replayed:3\n",
		treeOf(f.lineage(lineage.Options{Rev: "HEAD"})))
}

// TestImportanceThatTheStoreKnows: one that is in the store and not in the index is taken up like a new one.
func TestImportanceThatTheStoreKnows(t *testing.T) {
	q := newQuantLayers(t)
	f := newFixture(t)
	f.put("base.safetensors", q.source)
	f.put("base.imatrix", q.imatrix(false))
	f.save("sources")
	f.remove("base.imatrix")
	f.save("removed")
	f.put("base.imatrix", q.imatrix(false))
	f.put("q.gguf", q.gguf(t, ggml.Q4_K, true))
	var with []string
	require.NoError(t, f.Add(t.Context(), nil, AddOptions{All: true, Level: choose.MaxLevel, Report: func(a Added) {
		if a.Recipe != nil {
			with = a.Recipe.With
		}
	}}))
	require.Equal(t, []string{"base.imatrix"}, with)
}

// TestTamperedQuants: one block in a hundred is another, and only those cost.
func TestTamperedQuants(t *testing.T) {
	if underRace {
		t.Skip("sizes are the same with the race detector, and take minutes")
	}
	for _, name := range []string{"base-Q8_0.gguf", "base-Q4_K_M.gguf"} {
		f := newFixture(t)
		f.put("base.safetensors", trained(t, "base.safetensors"))
		f.save("base")
		clean := trained(t, name)
		f.put("clean.gguf", clean)
		before := f.addOne("clean.gguf")
		tampered := []byte(clean)
		rng := rand.New(rand.NewPCG(5, 6))
		changed := int64(0)
		for _, p := range ggufParts(t, clean) {
			elems, size, _ := p.DType.Block()
			for at := p.Off; elems > 1 && at < p.Off+p.Len; at += size {
				if rng.IntN(100) == 0 {
					changed += size
					for i := range size {
						tampered[at+i] = byte(rng.Uint32())
					}
				}
			}
		}
		require.Positive(t, changed)
		other := newFixture(t)
		other.put("base.safetensors", trained(t, "base.safetensors"))
		other.save("base")
		other.put("q.gguf", string(tampered))
		a := other.addOne("q.gguf")
		t.Logf("%s: residual %d, of the tampered %d with %d bytes changed", name, before.DerivedResidual, a.DerivedResidual, changed)
		require.Equal(t, before.Derived, a.Derived)
		require.Less(t, a.DerivedResidual, before.DerivedResidual+3*changed)
		other.readsBack("q.gguf", string(tampered))
		other.commit("tampered")
		other.requireRight()
	}
}

// TestSplitGGUF: a model in two files costs what it costs in one, whichever way its source is cut.
func TestSplitGGUF(t *testing.T) {
	if underRace {
		t.Skip("sizes are the same with the race detector, and take minutes")
	}
	base := trained(t, "base.safetensors")
	whole := trained(t, "base-Q4_K_M.gguf")
	f := newFixture(t)
	for i, s := range shards(t, base, 12) {
		f.put([]string{"m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors"}[i], s)
	}
	f.save("base")
	split := splitGGUF(t, "q", whole)
	var derived, known int
	var residual, logical int64
	for _, name := range []string{"q-00001-of-00002.gguf", "q-00002-of-00002.gguf"} {
		f.put(name, split[name])
		a := f.addOne(name)
		derived, known, residual, logical = derived+a.Derived, known+a.Known, residual+a.DerivedResidual, logical+a.DerivedLogical
		f.readsBack(name, split[name])
	}
	require.Equal(t, 20, derived+known)
	require.Less(t, residual, logical/15)
	f.commit("split")

	// The whole file has the same tensors.
	f.put("q.gguf", whole)
	require.Equal(t, 20, f.addOne("q.gguf").Known)

	// Other quants of it are found in the two.
	again := newFixture(t)
	for name, content := range splitGGUF(t, "q", trained(t, "base-Q8_0.gguf")) {
		again.put(name, content)
	}
	again.save("split")
	again.put("q4.gguf", whole)
	require.Equal(t, 15, again.addOne("q4.gguf").Derived)
}

// matrixFile is a safetensors of one BF16 matrix of normal numbers, and the same as a Q8_0 GGUF.
func matrixFiles(t *testing.T, rows, columns int) (source, quant string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 8))
	raw, values := make([]byte, 2*rows*columns), make([]float32, rows*columns)
	for i := range values {
		u := math.Float32bits(float32(rng.NormFloat64())) &^ 0xffff
		values[i] = math.Float32frombits(u)
		binary.LittleEndian.PutUint16(raw[2*i:], uint16(u>>16))
	}
	shape := []int64{int64(rows), int64(columns)}
	source = safetensorsOf(t, []part{{formats.Tensor{Name: "model.layers.0.mlp.up_proj.weight", DType: "BF16", Shape: shape, Len: int64(len(raw))}, raw}})
	maker := ggml.Quantiser{Type: ggml.Q8_0, Columns: columns}
	out := make([]byte, len(values)/32*34)
	require.NoError(t, maker.Rows(out, values))
	return source, ggufOf(t, []keyValue{{"general.architecture", "llama"}}, []part{{formats.Tensor{Name: "blk.0.ffn_up.weight", DType: "Q8_0", Shape: shape}, out}})
}

// damageLast flips a byte in the stored form of the last chunk of the largest tensor of a file.
func (f *fixture) damageLast(path string) {
	f.t.Helper()
	x, err := f.Index()
	require.NoError(f.t, err)
	file, err := f.ReadFile(x.Find(path).ID)
	require.NoError(f.t, err)
	b, err := f.Catalog.Blob(largest(file.Blobs, file.Layout.Segments))
	require.NoError(f.t, err)
	require.Greater(f.t, len(b.Chunks), 1)
	found, err := f.Catalog.RecordsOf(pack.Chunk, []digest.ID{b.Chunks[len(b.Chunks)-1].ID})
	require.NoError(f.t, err)
	r := found[b.Chunks[len(b.Chunks)-1].ID][0]
	name := pack.Path(filepath.Join(f.StoreDir, "packs"), r.Pack)
	content, err := os.ReadFile(name)
	require.NoError(f.t, err)
	content[r.Off+r.Len/2] ^= 1
	require.NoError(f.t, os.Chmod(name, 0o644))
	require.NoError(f.t, os.WriteFile(name, content, 0o644))
}

func largest(blobs []digest.ID, segments []formats.Segment) digest.ID {
	best := 0
	for i, s := range segments {
		if s.Len > segments[best].Len {
			best = i
		}
	}
	return blobs[best]
}

// TestCatOfARangeReadsWhatItNeeds: the end of the source is damaged, and the beginning of what is computed from
// it reads as before.
func TestCatOfARangeReadsWhatItNeeds(t *testing.T) {
	f := newFixture(t)
	source, quant := matrixFiles(t, 1024, 1024)
	f.put("m.safetensors", source)
	require.NoError(t, f.Add(t.Context(), []string{"m.safetensors"}, AddOptions{Level: choose.FastLevel}))
	f.put("q.gguf", quant)
	a := f.addOne("q.gguf")
	require.Equal(t, 1, a.Derived)
	require.Less(t, a.DerivedResidual, a.DerivedLogical/100)
	f.commit("both")
	f.damageLast("m.safetensors")
	r, err := Open(f.Root, nil)
	require.NoError(t, err)
	defer r.Close()

	var got bytes.Buffer
	require.NoError(t, r.Cat(t.Context(), "HEAD", "q.gguf", CatOptions{Tensor: "blk.0.ffn_up.weight", From: 1000, To: 3000}, &got))
	parts := ggufParts(t, quant)
	require.Equal(t, parts[0].bytes[1000:3000], got.Bytes())
	require.ErrorIs(t, r.Cat(t.Context(), "HEAD", "q.gguf", CatOptions{}, &got), object.ErrCorrupt)

	check, err := r.VerifyDerived(t.Context(), "HEAD", "", nil)
	require.NoError(t, err)
	require.Equal(t, 1, check.Tensors)
	require.Len(t, check.Problems, 1)
	require.Equal(t, "q.gguf", check.Problems[0].Path)
	require.Equal(t, "blk.0.ffn_up.weight", check.Problems[0].Tensor)
}

func TestDeriveFromOneSource(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"base.safetensors", "ft-customer.safetensors", "adapter_model.safetensors"} {
		f.put(name, trained(t, name))
	}
	f.save("sources")
	f.put("q.gguf", trained(t, "base-Q8_0.gguf"))
	f.put("merged.safetensors", trained(t, "merged-lora.safetensors"))

	_, err := f.Derive(t.Context(), "q.gguf", DeriveOptions{From: refs.Spec{Path: "adapter_model.safetensors"}})
	var unexplained *UnexplainedError
	require.ErrorAs(t, err, &unexplained)
	require.Equal(t, 20, unexplained.Tensors)
	require.Zero(t, unexplained.Explained)
	require.NotContains(t, f.status().Staged, "q.gguf")

	// Nothing of the attempt is in the way of the right source, and an adapter is used when it is named.
	a, err := f.Derive(t.Context(), "q.gguf", DeriveOptions{From: refs.Spec{Rev: "HEAD", Path: "base.safetensors"}})
	require.NoError(t, err)
	require.Equal(t, 20, a.Derived)
	require.Equal(t, &lineage.Recipe{Way: "replayed", Source: "HEAD:base.safetensors", With: []string{}}, a.Recipe)
	m, err := f.Derive(t.Context(), "merged.safetensors", DeriveOptions{From: refs.Spec{Path: "base.safetensors"}, Adapter: &refs.Spec{Path: "adapter_model.safetensors"}})
	require.NoError(t, err)
	require.Equal(t, &lineage.Recipe{Way: "merged", Source: "base.safetensors", With: []string{"adapter_model.safetensors"}}, m.Recipe)
	_, err = f.Derive(t.Context(), "merged.safetensors", DeriveOptions{From: refs.Spec{Path: "base.safetensors"}, Adapter: &refs.Spec{Path: "ft-customer.safetensors"}})
	require.ErrorContains(t, err, "no adapter")
	f.commit("derived")
	f.readsBack("q.gguf", trained(t, "base-Q8_0.gguf"))
	f.readsBack("merged.safetensors", trained(t, "merged-lora.safetensors"))

	// What is stored already is staged if it was made of the source, and not if of another.
	_, err = f.Derive(t.Context(), "q.gguf", DeriveOptions{From: refs.Spec{Path: "base.safetensors"}})
	require.NoError(t, err)
	_, err = f.Derive(t.Context(), "q.gguf", DeriveOptions{From: refs.Spec{Path: "ft-customer.safetensors"}})
	require.ErrorIs(t, err, ErrUnexplained)
}

// TestDeriveWithoutAdapter stores a merge as what its base alone makes of it: only the named adapter is tried.
func TestDeriveWithoutAdapter(t *testing.T) {
	f := newFixture(t)
	f.put("base.safetensors", trained(t, "base.safetensors"))
	f.put("adapter_model.safetensors", trained(t, "adapter_model.safetensors"))
	f.save("sources")
	f.put("merged.safetensors", trained(t, "merged-lora.safetensors"))
	a, err := f.Derive(t.Context(), "merged.safetensors", DeriveOptions{From: refs.Spec{Path: "base.safetensors"}})
	require.NoError(t, err)
	require.Nil(t, a.Recipe)
	require.Equal(t, 4, a.Delta)
}
