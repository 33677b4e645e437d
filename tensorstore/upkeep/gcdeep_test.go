package upkeep

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
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

// With a grace period what is superseded goes at once, so that the next plan does not come back to it.
func TestDeepenWithGrace(t *testing.T) {
	base := weights(1, 256*128)
	a := tuned(1, base)
	h := matrix(256, 128)
	options := repackOptions
	options.PackBytes = 1 << 10 // none is small
	s, _ := open(t, options)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), a, weights(9, 200<<10))
	root := Content{pack.Blob, digest.Sum(a)}
	more := Content{pack.Blob, digest.Sum(weights(9, 200<<10))}
	o := GCOptions{Grace: time.Hour, Now: time.Now().Add(2 * time.Hour)}
	p := planGC(t, s, o, root, more)
	require.Len(t, p.Sources, 1)
	next, n, _, err := p.Deepen(context.Background(), family256(base, a), Options{})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = next.Run(context.Background(), nil)
	require.NoError(t, err)
	require.Empty(t, planGC(t, s, o, root, more).Sources)
	o.Now = o.Now.Add(2 * time.Hour)
	gc(t, s, o, root, more)
	requireGone(t, s, base)
	requireBlob(t, s, a)
	requireClean(t, s)
}
