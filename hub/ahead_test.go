package hub

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo"
)

// What comes next is decoded for who reads range after range, and for nobody else; by a server that is closed for
// nobody.
func TestReadAhead(t *testing.T) {
	s := open(t)
	s.noise("noise.bin", 24<<20)
	noise, err := s.repo.Lookup(s.tree("main"), "noise.bin")
	require.NoError(t, err)
	ask := func(closed bool, froms ...int) (misses int64) {
		again, err := repo.Open(s.repo.Root, nil)
		require.NoError(t, err)
		defer again.Close()
		server, err := New([]*Model{{Name: "local/llama", Repo: again}}, Options{})
		require.NoError(t, err)
		h := httptest.NewServer(server.Handler())
		defer h.Close()
		defer server.Close()
		if closed {
			server.Close()
		}
		s.url = h.URL
		for i, from := range froms {
			if i == len(froms)-1 {
				last := place{noise.ID, int64(froms[i-1]+2) << 20} // noted after the answer was sent
				require.Eventually(t, func() bool { return server.ahead.ends.Contains(last) }, 5*time.Second, time.Millisecond)
				server.ahead.tasks.Wait()
				server.Close() // so that what comes after the last is not counted
				misses = again.Store.CacheUse().Misses
			}
			a, b := s.do("GET", llama+"main/noise.bin", fmt.Sprintf("Range: bytes=%d-%d", from<<20, (from+2)<<20-1))
			require.Equal(t, 206, a.StatusCode)
			require.Len(t, b, 2<<20)
		}
		return again.Store.CacheUse().Misses - misses
	}
	require.Zero(t, ask(false, 0, 2, 4), "the third of three had to be decoded")
	require.NotZero(t, ask(false, 0, 2, 8), "who jumps gets what he asks for")
	require.NotZero(t, ask(false, 0, 4, 8), "nothing was read on")
	require.NotZero(t, ask(true, 0, 2, 4), "a closed server decodes nothing by itself")
}
