package upkeep

import (
	"context"
	"testing"

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
