package explore

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/lineage"
	"dits/tensorstore/digest"
)

// row is the row of a path on a branch.
func (s Sharing) row(t *testing.T, path, ref string) Row {
	t.Helper()
	i := slices.IndexFunc(s.Rows, func(r Row) bool { return r.Path == path && slices.Contains(r.Refs, ref) })
	require.GreaterOrEqual(t, i, 0, "%s on %s", path, ref)
	return s.Rows[i]
}

// blobOf is the number of a tensor's blob.
func (s Sharing) blobOf(t *testing.T, r Row, tensor string) int {
	t.Helper()
	i := slices.Index(s.Layouts[r.Layout].Names, tensor)
	require.GreaterOrEqual(t, i, 0, tensor)
	return r.Blobs[i]
}

const (
	query = "model.layers.0.self_attn.q_proj.weight"
	norm  = "model.norm.weight"
)

// A row is a content at a path: what two branches have alike is one. Segments tile the file.
func TestSharingRows(t *testing.T) {
	f := familyFixture(t)
	s := ask[Sharing](t, explorerOf(f), "sharing", nil)
	require.Equal(t, 4, s.Total)
	require.Len(t, s.Rows, 4)
	require.Empty(t, s.Next)
	require.Equal(t, []string{"main", "ft"}, s.row(t, "config.json", "ft").Refs)
	base := s.row(t, "model.safetensors", "main")
	require.Equal(t, []string{"main"}, base.Refs)
	require.Equal(t, "safetensors", base.Format)
	require.Less(t, base.Age, s.row(t, "model.safetensors", "ft").Age, "the base came first")
	for _, r := range s.Rows {
		l := s.Layouts[r.Layout]
		var sum int64
		for i, n := range l.Lens {
			sum += n
			require.Equal(t, n, s.Blobs.Len[r.Blobs[i]], "%s: segment %d", r.Path, i)
		}
		require.Equal(t, r.Size, sum, r.Path)
		require.Len(t, r.Blobs, len(l.Lens))
	}
}

// What is told of a tensor is what the catalog has: how it is kept, what it is made of, and what that takes.
func TestSharingSaysHow(t *testing.T) {
	f := familyFixture(t)
	s := ask[Sharing](t, explorerOf(f), "sharing", nil)
	base, tuned, quant := s.row(t, "model.safetensors", "main"), s.row(t, "model.safetensors", "ft"), s.row(t, "quants/model-Q8_0.gguf", "main")
	whole := s.blobOf(t, base, query)
	require.Equal(t, int(lineage.ForItself), s.Blobs.How[whole])
	require.Equal(t, -1, s.Blobs.Source[whole])
	delta := s.blobOf(t, tuned, query)
	require.Equal(t, int(lineage.Difference), s.Blobs.How[delta])
	require.Equal(t, whole, s.Blobs.Source[delta])
	q8 := s.blobOf(t, quant, "blk.0.attn_v.weight")
	require.Equal(t, int(lineage.Recomputed), s.Blobs.How[q8])
	require.Equal(t, s.blobOf(t, base, "model.layers.0.self_attn.v_proj.weight"), s.Blobs.Source[q8])
	require.Contains(t, s.Kinds[s.Blobs.Kind[q8]], "quantised")

	for _, r := range s.Rows {
		file, err := f.repo.ReadFile(r.File)
		require.NoError(t, err)
		stored, err := f.repo.Catalog.Storage(r.File)
		require.NoError(t, err)
		for i, segment := range file.Layout.Segments {
			if segment.Tensor >= 0 {
				require.Equal(t, stored[segment.Tensor].Stored, s.Blobs.Stored[r.Blobs[i]])
			}
		}
	}
}

// Pages put together are the whole, whatever their size, and whoever asked before.
func TestSharingPages(t *testing.T) {
	f := familyFixture(t)
	e := explorerOf(f)
	whole := ask[Sharing](t, explorerOf(f), "sharing", nil)
	for _, limit := range []string{"1", "3", "1"} {
		var got Sharing
		about := url.Values{"limit": {limit}}
		for {
			p := ask[Sharing](t, e, "sharing", about)
			require.Equal(t, len(got.Rows), p.FirstRow)
			require.Equal(t, len(got.Layouts), p.FirstLayout)
			require.Equal(t, len(got.Blobs.Len), p.FirstBlob)
			got.Rows = append(got.Rows, p.Rows...)
			got.Layouts = append(got.Layouts, p.Layouts...)
			got.Blobs.Len = append(got.Blobs.Len, p.Blobs.Len...)
			got.Blobs.How = append(got.Blobs.How, p.Blobs.How...)
			got.Blobs.Source = append(got.Blobs.Source, p.Blobs.Source...)
			got.Kin = append(got.Kin, p.Kin...)
			if p.Next == "" {
				break
			}
			about.Set("cursor", p.Next)
		}
		require.Equal(t, whole.Rows, got.Rows)
		require.Equal(t, whole.Layouts, got.Layouts)
		require.Equal(t, whole.Blobs.Len, got.Blobs.Len)
		require.Equal(t, whole.Blobs.How, got.Blobs.How)
		require.Equal(t, whole.Blobs.Source, got.Blobs.Source)
		require.ElementsMatch(t, whole.Kin, got.Kin)
	}
}

// Contents that have a part in common have its chunks in common, and are kin.
func TestSharingKin(t *testing.T) {
	f := newFixture(t)
	common := noise(1, 6<<20)
	f.write("a.bin", append(noise(2, 2<<20), common...))
	f.write("b.bin", append(noise(3, 2<<20), common...))
	f.write("c.bin", noise(4, 1<<20))
	f.commit("files")
	e := explorerOf(f)
	s := ask[Sharing](t, e, "sharing", nil)
	a, b := s.row(t, "a.bin", "main").Blobs[0], s.row(t, "b.bin", "main").Blobs[0]
	require.Len(t, s.Kin, 1)
	require.Equal(t, [2]int{a, b}, [2]int(s.Kin[0][:2]))
	require.Greater(t, s.Kin[0][2], 4<<20)

	about := url.Values{"file": {s.Rows[0].File.String()}, "segment": {"0"}}
	list := ask[ChunkList](t, e, "chunks", about)
	require.Equal(t, s.Blobs.Chunks[a], len(list.Chunks))
	var sum, shared int64
	for _, c := range list.Chunks {
		if sum += c.Len; c.Blobs > 1 {
			shared += c.Len
		}
	}
	require.Equal(t, s.Rows[0].Size, sum)
	require.EqualValues(t, s.Kin[0][2], shared)

	about.Set("chunk", "0")
	require.Empty(t, ask[Sharers](t, e, "sharers", about).Places, "nobody else has the first chunk")
	last := len(list.Chunks) - 2
	about.Set("chunk", itoa(last))
	places := ask[Sharers](t, e, "sharers", about).Places
	require.Len(t, places, 1)
	require.Equal(t, "b.bin", places[0].Path)
	require.Equal(t, list.Chunks[last].Len, places[0].Common)
	about.Del("chunk")
	places = ask[Sharers](t, e, "sharers", about).Places
	require.Len(t, places, 1)
	require.Equal(t, "part", places[0].As)
}

// All places are told that have the bytes of a tensor, are made of them, or that they are made of; in other stores too.
func TestSharers(t *testing.T) {
	f, other := familyFixture(t), newFixture(t)
	other.put("base.safetensors", "copy/model.safetensors")
	other.commit("the same")
	e := explorerOf(f, other)
	s := ask[Sharing](t, e, "sharing", nil)
	base, tuned := s.row(t, "model.safetensors", "main"), s.row(t, "model.safetensors", "ft")
	ask1 := func(r Row, tensor string) []SharedPlace {
		segment := slices.Index(s.Layouts[r.Layout].Names, tensor)
		return ask[Sharers](t, e, "sharers", url.Values{"model": {r.Model}, "file": {r.File.String()}, "segment": {itoa(segment)}}).Places
	}
	type place struct{ model, path, ref, tensor, as string }
	told := func(all []SharedPlace) (out []place) {
		for _, p := range all {
			out = append(out, place{p.Model, p.Path, p.Refs[0], p.Tensor, p.As})
		}
		return out
	}
	const value = "model.layers.0.self_attn.v_proj.weight"
	require.Equal(t, []place{
		{"a/m1", "copy/model.safetensors", "main", value, "same"},
		{"a/m0", "model.safetensors", "ft", value, "made"},
		{"a/m0", "quants/model-Q8_0.gguf", "main", "blk.0.attn_v.weight", "made"},
	}, told(ask1(base, value)))
	require.Equal(t, place{"a/m0", "model.safetensors", "main", value, "source"}, told(ask1(tuned, value))[0])
}

// What no branch or tag leads to is not shown, though the store has it; what cannot be found is said.
func TestSharingRefuses(t *testing.T) {
	f := familyFixture(t)
	f.checkout("ft")
	f.write("secret.bin", noise(9, 100))
	f.commit("secret")
	secret, err := f.repo.Resolve("HEAD")
	require.NoError(t, err)
	f.checkout("main")
	_, err = f.repo.CreateBranch("ft", "v1", true)
	require.NoError(t, err)
	e := explorerOf(f)
	for about, status := range map[string]int{
		"of=a/m0@" + secret.String():               404,
		"of=a/m0@" + secret.String()[:12]:          404,
		"of=a/m0@nothing":                          404,
		"of=b/m0":                                  404,
		"limit=0":                                  400,
		"limit=100000000":                          400,
		"cursor=-1":                                400,
		"cursor=4000":                              400,
		"cursor=400000000-00":                      400,
		"cursor=4000-0000000000":                   409,
		"of=a/m0@v1":                               200,
		"of=a/m0@main&of=a/m0@ft":                  200,
		"of=a/m0@../../../etc/passwd":              404,
		"of=" + url.QueryEscape("<img onerror=x>"): 404,
	} {
		w := httptest.NewRecorder()
		e.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/explore/sharing?"+about, nil))
		require.Equal(t, status, w.Code, "%s: %s", about, w.Body)
		require.NotContains(t, w.Body.String(), "secret", about)
	}
}

// What fails leaves nothing behind: who asks again gets what a new explorer answers.
func TestSharingAfterAFailure(t *testing.T) {
	f, other := familyFixture(t), newFixture(t)
	e := explorerOf(f)
	s, err := e.sharingOf(t.Context(), nil)
	require.NoError(t, err)
	var model selected
	for _, r := range s.chosen.rows {
		if strings.HasSuffix(r.path, ".safetensors") {
			model = r
		}
	}
	file, err := f.repo.ReadFile(model.file)
	require.NoError(t, err)
	whole := f.repo.Catalog
	require.NoError(t, other.repo.Catalog.Close())
	f.repo.Catalog = other.repo.Catalog
	require.Error(t, s.meet(model.model, file.Blobs))
	f.repo.Catalog = whole
	require.Equal(t, ask[Sharing](t, explorerOf(f), "sharing", nil), ask[Sharing](t, e, "sharing", nil))
}

// Kept is how chunks are kept, as readers take them.
func TestKept(t *testing.T) {
	f := familyFixture(t)
	s := ask[Sharing](t, explorerOf(f), "sharing", nil)
	file, err := f.repo.ReadFile(s.row(t, "model.safetensors", "ft").File)
	require.NoError(t, err)
	kept, err := f.repo.Catalog.Kept(file.Blobs)
	require.NoError(t, err)
	for _, id := range file.Blobs {
		b, err := f.repo.Catalog.Blob(id)
		require.NoError(t, err)
		require.Len(t, kept[id], len(b.Chunks))
		for i, c := range b.Chunks {
			require.Equal(t, c.Len, kept[id][i].Len)
			numbers, err := f.repo.Catalog.Numbers([]digest.ID{c.ID})
			require.NoError(t, err)
			require.Equal(t, numbers[c.ID], kept[id][i].Chunk)
			having, err := f.repo.Catalog.Having(numbers[c.ID])
			require.NoError(t, err)
			require.Contains(t, having, id)
		}
	}
}

// What is wrong with the store is told to who serves, and not to who asks.
func TestFailuresAreLogged(t *testing.T) {
	f := familyFixture(t)
	e := explorerOf(f)
	var said bytes.Buffer
	e.Log = slog.New(slog.NewTextHandler(&said, nil))
	f.repo.Close()
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/explore/sharing", nil))
	require.Equal(t, 500, w.Code)
	require.JSONEq(t, `{"error":"this cannot be read: what dits serve prints says why"}`, w.Body.String())
	require.Contains(t, said.String(), "catalog")
}

// A model without commits has no rows; it is no error, and hides no other model.
func TestSharingWithoutCommits(t *testing.T) {
	empty := newFixture(t)
	s := ask[Sharing](t, explorerOf(empty), "sharing", nil)
	require.Equal(t, 0, s.Total)
	require.Empty(t, s.Rows)

	f := familyFixture(t)
	e := explorerOf(empty, f)
	require.Equal(t, 4, ask[Sharing](t, e, "sharing", nil).Total)
	require.Equal(t, 0, ask[Sharing](t, e, "sharing", url.Values{"of": {"a/m0"}}).Total)
	_, err := e.Collect(t.Context())
	require.NoError(t, err)
}
