package repo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/safetensors"
	"dits/repo/object"
	"dits/repo/relatives"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// A part is a tensor with its bytes.
type part struct {
	formats.Tensor
	bytes []byte
}

// partsOf reads the tensors of a safetensors.
func partsOf(t *testing.T, content string) []part {
	t.Helper()
	src := strings.NewReader(content)
	l, err := formats.Parse(src, src.Size(), "x.safetensors", object.Parsers...)
	require.NoError(t, err)
	var out []part
	for _, x := range l.Tensors {
		out = append(out, part{x, []byte(content[x.Off : x.Off+x.Len])})
	}
	return out
}

// safetensorsOf writes a safetensors of some tensors.
func safetensorsOf(t *testing.T, parts []part) string {
	t.Helper()
	var list []formats.Tensor
	data := map[string][]byte{}
	for _, p := range parts {
		list = append(list, p.Tensor)
		data[p.Name] = p.bytes
	}
	header, sorted, err := safetensors.MakeHeader(list, nil)
	require.NoError(t, err)
	out := bytes.NewBuffer(header)
	for _, x := range sorted {
		out.Write(data[x.Name])
	}
	return out.String()
}

// renamed gives the tensors of a file names that say nothing, in another order.
func renamed(t *testing.T, content string) string {
	parts := partsOf(t, content)
	for i := range parts {
		parts[i].Name = fmt.Sprintf("t%d", (i*7+3)%len(parts))
	}
	return safetensorsOf(t, parts)
}

// shards cuts a file after each n tensors.
func shards(t *testing.T, content string, n int) []string {
	var out []string
	for list := range slices.Chunk(partsOf(t, content), n) {
		out = append(out, safetensorsOf(t, list))
	}
	return out
}

// cost adds files to a new repository, and returns what the last ones, last of them, took.
func cost(t *testing.T, last int, files ...string) int64 {
	t.Helper()
	if underRace {
		t.Skip("sizes are the same with the race detector, and take minutes")
	}
	f := newFixture(t)
	var sum int64
	for i, content := range files {
		path := fmt.Sprintf("%02d/model-%05d.safetensors", i, i)
		f.put(path, content)
		a := f.addOne(path)
		if i >= len(files)-last {
			sum += a.Stored
		}
		f.commit(path)
	}
	for i, content := range files {
		f.readsBack(fmt.Sprintf("%02d/model-%05d.safetensors", i, i), content)
	}
	return sum
}

func requireWithin(t *testing.T, share float64, got, want int64) {
	t.Helper()
	require.InDelta(t, want, got, share*float64(want))
}

func TestNamesThatSayNothing(t *testing.T) {
	base, tuned := trained(t, "base.safetensors"), trained(t, "ft-customer.safetensors")
	named := cost(t, 1, base, tuned)
	requireWithin(t, 0.02, cost(t, 1, base, renamed(t, tuned)), named)
	requireWithin(t, 0.02, cost(t, 1, renamed(t, base), tuned), named)
}

// TestLayersThatMoved: a model that was put together of another's layers in another order.
func TestLayersThatMoved(t *testing.T) {
	base, tuned := trained(t, "base.safetensors"), trained(t, "ft-customer.safetensors")
	parts := partsOf(t, tuned)
	for i := range parts {
		parts[i].Name = strings.NewReplacer("layers.0.", "layers.1.", "layers.1.", "layers.0.").Replace(parts[i].Name)
	}
	requireWithin(t, 0.02, cost(t, 1, base, safetensorsOf(t, parts)), cost(t, 1, base, tuned))
}

// TestStrangersOfTheSameShape: the same names, and nothing in common.
func TestStrangersOfTheSameShape(t *testing.T) {
	parts := partsOf(t, trained(t, "ft-customer.safetensors"))
	for i := range parts { // the same weights backwards
		b := parts[i].bytes
		for j := 0; j < len(b)/2; j += 2 {
			k := len(b) - 2 - j
			b[j], b[j+1], b[k], b[k+1] = b[k], b[k+1], b[j], b[j+1]
		}
	}
	stranger := safetensorsOf(t, parts)
	alone := cost(t, 1, stranger)
	requireWithin(t, 0.01, cost(t, 1, trained(t, "base.safetensors"), stranger), alone)
	requireWithin(t, 0.01, cost(t, 1, renamed(t, trained(t, "base.safetensors")), stranger), alone)
}

func TestShardsAndSingleFiles(t *testing.T) {
	base, tuned := trained(t, "base.safetensors"), trained(t, "ft-customer.safetensors")
	single := cost(t, 1, base, tuned)
	of3, of7 := shards(t, base, 7), shards(t, tuned, 3)
	requireWithin(t, 0.02, cost(t, 1, append(slices.Clone(of3), tuned)...), single)
	requireWithin(t, 0.02, cost(t, len(of7), append([]string{base}, of7...)...), single)
	requireWithin(t, 0.02, cost(t, len(of7), slices.Concat(of3, of7)...), single)
}

// TestManyShards: more files than are weighed for one tensor, of which half have nothing in common with it.
func TestManyShards(t *testing.T) {
	base, tuned := trained(t, "base.safetensors"), trained(t, "ft-customer.safetensors")
	f := newFixture(t)
	for i, p := range partsOf(t, base) {
		f.put(fmt.Sprintf("base/%d.safetensors", i), safetensorsOf(t, []part{p}))
		p.bytes = bytes.Repeat([]byte{1, byte(i)}, len(p.bytes)/2)
		f.put(fmt.Sprintf("a/%d.safetensors", i), safetensorsOf(t, []part{p}))
	}
	f.save("shards")
	require.Greater(t, len(partsOf(t, base))*2, 24, "more files than are weighed for a tensor")
	f.put("tuned.safetensors", tuned)
	a := f.addOne("tuned.safetensors")
	require.Equal(t, a.Tensors, a.Delta)
}

// look scans a file and finds its family, without adding it.
func (f *fixture) look(path, content string) (relatives.Family, formats.Layout) {
	f.t.Helper()
	rs := relatives.New(f.Folder)
	src := strings.NewReader(content)
	file, err := object.Scan(context.Background(), src, src.Size(), path, func(int64) {})
	require.NoError(f.t, err)
	fam, err := rs.Family(context.Background(), path, file, src)
	require.NoError(f.t, err)
	return fam, file.Layout
}

// TestAcrossFormats: the tensors of a quantised GGUF know those that it was made of, in another
// naming, and Q and K though their rows were permuted.
func TestAcrossFormats(t *testing.T) {
	for _, spelled := range []func(*testing.T, string) string{func(_ *testing.T, s string) string { return s }, renamed} {
		f := newFixture(t)
		base := trained(t, "base.safetensors")
		f.put("base.safetensors", spelled(t, base))
		f.save("base")
		fam, layout := f.look("base-Q4_K_M.gguf", trained(t, "base-Q4_K_M.gguf"))
		source := map[string]digest.ID{}
		for _, p := range partsOf(t, base) {
			source[names.Role(p.Name)] = digest.Sum(p.bytes)
		}
		for i, segment := range layout.Segments {
			if segment.Kind != formats.Data {
				continue
			}
			x := layout.Tensors[segment.Tensor]
			if len(x.Shape) < 2 {
				continue
			}
			list := fam.Relatives[i]
			require.NotEmpty(t, list, x.Name)
			require.Equal(t, source[names.Role(x.Name)], list[0].Blob, x.Name)
			require.Equal(t, x.Shape, list[0].Tensor.Shape)
			require.Equal(t, "safetensors", list[0].Format)
			require.Equal(t, formats.DType("BF16"), list[0].Tensor.DType)
			require.Contains(t, fam.Of(i, x), choose.Relative{Blob: list[0].Blob, DType: "BF16"})
			switch {
			case strings.Contains(x.Name, "attn_q") || strings.Contains(x.Name, "attn_k"):
				require.Less(t, list[0].Distance, 0.9, x.Name)
			default:
				require.Less(t, list[0].Distance, 0.02, x.Name)
			}
		}
	}
}

// TestOrderOfRelatives: a quant is tried against its own type and against the closest float before
// anything else, a float against quants last.
func TestOrderOfRelatives(t *testing.T) {
	var fam relatives.Family
	dtypes := []formats.DType{"Q8_0", "Q6_K", "I8", "Q4_K", "F16", "Q4_K", "BF16", "F4"}
	fam.Relatives = map[int][]relatives.Relative{0: nil}
	for i, d := range dtypes {
		fam.Relatives[0] = append(fam.Relatives[0], relatives.Relative{Blob: digest.ID{byte(i)}, Tensor: formats.Tensor{DType: d}})
	}
	order := func(d formats.DType) (places []int) {
		for _, r := range fam.Of(0, formats.Tensor{DType: d}) {
			places = append(places, int(r.Blob[0]))
		}
		return places
	}
	require.Equal(t, []int{3, 4, 0, 1, 5, 6}, order("Q4_K"))
	require.Equal(t, []int{4, 6, 0, 1, 3, 5}, order("BF16"))
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6}, order("I8"))
	require.Equal(t, []int{7}, order("F4"))
	require.Empty(t, order("U8"))
}

// TestSketchesAreMadeAgain: with a catalog made anew a file has the relatives that it had, whatever
// the names.
func TestSketchesAreMadeAgain(t *testing.T) {
	f := newFixture(t)
	f.put("base.safetensors", trained(t, "base.safetensors"))
	f.put("merged.safetensors", trained(t, "merged-lora.safetensors"))
	f.save("base")
	tuned := trained(t, "ft-customer.safetensors")
	for _, content := range []string{tuned, renamed(t, tuned)} {
		before, _ := f.look("tuned.safetensors", content)
		require.NotEmpty(t, before.Relatives)
		f.rebuild()
		lacking, err := f.Catalog.Unsketched(10)
		require.NoError(t, err)
		require.Len(t, lacking, 2)
		after, _ := f.look("tuned.safetensors", content)
		require.True(t, fmt.Sprint(before.Relatives) == fmt.Sprint(after.Relatives), "other sources, or in another order")
		require.NotEmpty(t, after.Relatives[1])
	}
	lacking, err := f.Catalog.Unsketched(10)
	require.NoError(t, err)
	require.Empty(t, lacking)
}

// rebuild makes the catalog again.
func (f *fixture) rebuild() {
	f.t.Helper()
	require.NoError(f.t, f.Close())
	require.NoError(f.t, Rebuild(f.Root))
	r, err := Open(f.Root, nil)
	require.NoError(f.t, err)
	*f.Repo = *r
}

// A tensor of the store that is damaged is no relative, and no hindrance.
func TestDamagedTensorsAreNoRelatives(t *testing.T) {
	f := newFixture(t)
	f.put("base.safetensors", trained(t, "base.safetensors"))
	f.save("base")
	f.rebuild() // no sketches
	for _, p := range partsOf(t, trained(t, "base.safetensors")) {
		f.flipChunk(digest.Sum(p.bytes))
	}
	f.put("tuned.safetensors", renamed(t, trained(t, "ft-customer.safetensors")))
	a := f.addOne("tuned.safetensors")
	require.Equal(t, a.Tensors, a.New)
}

// TestRepackKnowsLooks: families of tensors are by looks where names say nothing.
func TestRepackKnowsLooks(t *testing.T) {
	f := newFixture(t)
	tuned := trained(t, "ft-customer.safetensors")
	f.put("base.safetensors", trained(t, "base.safetensors"))
	f.put("tuned.safetensors", renamed(t, tuned))
	f.save("both")
	f.rebuild() // it has to make the sketches itself
	families, _, err := relatives.Families(context.Background(), f.Folder)
	require.NoError(t, err)
	of := map[digest.ID]int{}
	for i, list := range families {
		for _, x := range list {
			of[x.Blob] = i
		}
	}
	partners := map[string]digest.ID{}
	for _, p := range partsOf(t, trained(t, "base.safetensors")) {
		partners[p.Name] = digest.Sum(p.bytes)
	}
	for _, p := range partsOf(t, tuned) {
		if len(p.Shape) == 2 {
			require.Equal(t, of[partners[p.Name]], of[digest.Sum(p.bytes)], p.Name)
		}
	}
	again, _, err := relatives.Families(context.Background(), f.Folder)
	require.NoError(t, err)
	require.Equal(t, families, again)
}
