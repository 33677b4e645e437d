package upkeep

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

func deepen(t *testing.T, s *tensorstore.Store, dry bool, families [][]Tensor, roots ...Content) (GC, int, int64) {
	t.Helper()
	p := planGC(t, s, GCOptions{}, roots...)
	next, n, freed, err := p.Deepen(context.Background(), families, Options{DryRun: dry})
	require.NoError(t, err)
	if dry {
		return next.Found(), n, freed
	}
	done, err := next.Run(context.Background(), nil)
	require.NoError(t, err)
	return done, n, freed
}

// What only a difference needs goes where its users take less without it; a user that is far from all others takes
// more, and keeps it.
func TestDeepen(t *testing.T) {
	base := weights(1, 256*128)
	a, b, apart := tuned(1, base), tuned(2, base), weights(7, 256*128)
	h := matrix(256, 128)
	of := func(b []byte) Content { return Content{pack.Blob, digest.Sum(b)} }
	for name, c := range map[string]struct {
		live    [][]byte
		recoded int
	}{
		"one user":               {[][]byte{a}, 1},
		"two users":              {[][]byte{a, b}, 2},
		"a file has the source":  {[][]byte{base, a, b}, 0},
		"nothing is coded so":    {[][]byte{apart}, 0},
		"others beside one user": {[][]byte{a, apart}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, repackOptions)
			putAll(t, s, h, base)
			putAll(t, s, against(h, base), a, b)
			putAll(t, s, h, apart)
			var roots []Content
			for _, b := range c.live {
				roots = append(roots, of(b))
			}
			families := family256(base, a, b, apart)
			before := namesIn(t, packDir(s))
			_, n, would := deepen(t, s, true, families, roots...)
			require.Equal(t, c.recoded, n)
			require.Equal(t, before, namesIn(t, packDir(s)))
			shallow := gc(t, s, GCOptions{}, roots...)
			done, n, freed := deepen(t, s, false, families, roots...)
			require.Equal(t, c.recoded, n)
			require.InDelta(t, would, freed, 200)
			require.InDelta(t, shallow.After-freed, done.After, 1500)
			fresh := openAt(t, s.Dir(), newMemIndex(), repackOptions)
			for _, b := range c.live {
				requireBlob(t, fresh, b)
			}
			requireClean(t, fresh)
			if c.recoded > 0 {
				require.Less(t, done.After, shallow.After)
				requireGone(t, fresh, base)
			}
			require.Equal(t, done.After, gc(t, fresh, GCOptions{}, roots...).After, "it stays so")
		})
	}
}

// A source stays that somebody needs besides, whom the families do not have.
func TestDeepenLeavesWhatOthersNeed(t *testing.T) {
	base := weights(1, 256*128)
	a, b := tuned(1, base), tuned(2, base)
	h := matrix(256, 128)
	s, _ := open(t, repackOptions)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), a, b)
	of := func(b []byte) Content { return Content{pack.Blob, digest.Sum(b)} }
	_, n, _ := deepen(t, s, true, append(family256(base, a), []Tensor{{Blob: digest.Sum(b), Known: h}}), of(a), of(b))
	require.Zero(t, n)
}

// None becomes deeper than it was: here the closest that is left has sources of sources.
func TestDeepenMakesNoneDeeper(t *testing.T) {
	h := matrix(256, 128)
	first := weights(1, 256*128)
	second := tuned(1, first)
	third := tuned(2, second)
	base := tuned(3, third)
	a := tuned(4, base)
	s, _ := open(t, repackOptions)
	putAll(t, s, h, first)
	putAll(t, s, against(h, first), second)
	putAll(t, s, against(h, second), third)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), a)
	var roots []Content
	for _, b := range [][]byte{first, second, third, a} {
		roots = append(roots, Content{pack.Blob, digest.Sum(b)})
	}
	_, n, _ := deepen(t, s, true, family256(third, a, base), roots...)
	require.Zero(t, n)
}

// With a grace period what is superseded goes at once, so that the next plan does not come back to it; what is in
// young packs is left alone.
func TestDeepenWithGrace(t *testing.T) {
	base := weights(1, 256*128)
	a, more := tuned(1, base), weights(9, 1<<20)
	h := matrix(256, 128)
	s, _ := open(t, repackOptions)
	putAll(t, s, h, base)
	w := s.Begin(tensorstore.WriterOptions{})
	put(t, w, a, against(h, base))
	put(t, w, more, choose.Known{})
	require.NoError(t, w.Flush())
	options := repackOptions
	options.PackBytes = 1 << 10 // none is small
	s = openAt(t, s.Dir(), newMemIndex(), options)
	roots := []Content{{pack.Blob, digest.Sum(a)}, {pack.Blob, digest.Sum(more)}}
	o := GCOptions{Grace: time.Hour}
	_, n, _, err := planGC(t, s, o, roots...).Deepen(context.Background(), family256(base, a), Options{})
	require.NoError(t, err)
	require.Zero(t, n, "its pack is young")
	o.Now = time.Now().Add(2 * time.Hour)
	p := planGC(t, s, o, roots...)
	require.Len(t, p.Sources, 1)
	next, n, _, err := p.Deepen(context.Background(), family256(base, a), Options{})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = next.Run(context.Background(), nil)
	require.NoError(t, err)
	for _, loc := range recordsOf(t, s, a) {
		require.Zero(t, loc.Depth, "the record that needs base is gone")
	}
	o.Now = o.Now.Add(2 * time.Hour)
	gc(t, s, o, roots...)
	requireGone(t, s, base)
	requireBlob(t, s, a)
	requireClean(t, s)
}

// recordsOf are all records of the first chunk of a blob.
func recordsOf(t *testing.T, s *tensorstore.Store, b []byte) []tensorstore.Location {
	t.Helper()
	chunks, err := s.Chunks(digest.Sum(b))
	require.NoError(t, err)
	locs, err := s.Index().Locate(pack.Chunk, chunks[0].ID)
	require.NoError(t, err)
	require.NotEmpty(t, locs)
	return locs
}
