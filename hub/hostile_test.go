package hub

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listen serves a repository as dits serve does, on a port.
func listen(t *testing.T, l Limits) *served {
	t.Helper()
	return listenWith(t, Options{Limits: l})
}

func listenWith(t *testing.T, o Options) *served {
	t.Helper()
	s := open(t)
	server, err := New([]*Model{{Name: "local/llama", Repo: s.repo}}, o)
	require.NoError(t, err)
	at, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, at) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	s.url = "http://" + at.Addr().String()
	return s
}

// noise adds a file that does not fit the buffers of a connection.
func (s *served) noise(name string, size int) []byte {
	s.t.Helper()
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{}).Read(b)
	require.NoError(s.t, os.WriteFile(filepath.Join(s.repo.Root, name), b, 0o644))
	s.commit("noise")
	return b
}

// dial connects, and says what it is told to.
func (s *served) dial(say string) net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s.t, err)
	s.t.Cleanup(func() { c.Close() })
	require.NoError(s.t, c.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = io.WriteString(c, say)
	require.NoError(s.t, err)
	return c
}

func (s *served) answers() {
	s.t.Helper()
	a, b := s.do("GET", llama+"main/config.json")
	require.Equal(s.t, 200, a.StatusCode)
	require.NotEmpty(s.t, b)
}

const get = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"

// Nothing but files of commits is to be had, however a path is spelled.
func TestTraversal(t *testing.T) {
	s := listen(t, Limits{})
	require.NoError(t, os.WriteFile(filepath.Join(s.repo.Root, "secret"), []byte("SECRET"), 0o644))
	up := []string{"..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "..%5c", "..%2f..", "..;", "...", "%ff"}
	for _, dots := range up {
		for _, path := range []string{
			dots + "/secret", "x/" + dots + "/secret", dots + "/.dits/HEAD", dots + "%2fsecret", dots + "%5csecret", dots + `\secret`,
			"%2fetc%2fpasswd", "/etc/passwd", "quants/" + dots + "/" + dots + "/etc/passwd", ".dits/HEAD", ".dits%2fHEAD", "secret", "secret%00", "%00",
		} {
			for _, prefix := range []string{llama + "main/", llama, "/local/", "/api/models/local/llama/tree/main/", "/api/models/local/llama/revision/", "/"} {
				c := s.dial(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", prefix+path))
				a, err := http.ReadResponse(bufio.NewReader(c), nil)
				require.NoError(t, err)
				b, err := io.ReadAll(a.Body)
				require.NoError(t, err)
				c.Close()
				if a.StatusCode < 300 || a.StatusCode > 499 {
					t.Errorf("%s%s: status %d", prefix, path, a.StatusCode)
				}
				for _, mark := range []string{"SECRET", "root:", "ref: "} {
					require.NotContains(t, string(b), mark, "%s%s", prefix, path)
				}
			}
		}
	}
	s.answers()
}

// Without a token a server on the loopback answers by names of this machine only: a page of somebody else's that has a
// browser ask it by a name of its own gets nothing.
func TestOtherNames(t *testing.T) {
	s := listen(t, Limits{})
	ask := func(host string) int {
		q, err := http.NewRequest("GET", s.url+"/api/models", nil)
		require.NoError(t, err)
		q.Host = host
		a, err := http.DefaultClient.Do(q)
		require.NoError(t, err)
		a.Body.Close()
		return a.StatusCode
	}
	for _, host := range []string{"127.0.0.1", "127.0.0.1:7878", "localhost:1", "[::1]:7878", "a.localhost"} {
		require.Equal(t, 200, ask(host), host)
	}
	for _, host := range []string{"evil.example", "evil.example:7878", "192.168.0.1", "localhost.evil.example", "127.0.0.1.evil.example"} {
		require.Equal(t, 403, ask(host), host)
	}
}

// Headers that are too large, or never end, cost their connection.
func TestHeaders(t *testing.T) {
	s := listen(t, Limits{HeaderTime: 200 * time.Millisecond, StallTime: 300 * time.Millisecond})
	large := s.dial("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 2*headerBytes) + "\r\n\r\n")
	a, err := http.ReadResponse(bufio.NewReader(large), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, a.StatusCode)
	for _, begun := range []string{"", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\n", "POST /api/models/local/llama/paths-info/main HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\npaths=",
		"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n12"} {
		began := time.Now()
		_, _ = io.Copy(io.Discard, s.dial(begun)) // until it is closed
		require.Less(t, time.Since(began), 5*time.Second, begun)
	}
	body := "paths=" + strings.Repeat("x", bodyBytes)
	a, err = http.Post(s.url+"/api/models/local/llama/paths-info/main", "application/x-www-form-urlencoded", strings.NewReader(body))
	require.NoError(t, err)
	require.Equal(t, 400, a.StatusCode)
	s.answers()
}

// Who takes nothing is let go; who takes slowly and steadily gets all, longer than any limit.
func TestSlowReaders(t *testing.T) {
	s := listen(t, Limits{StallTime: time.Second, Memory: 16 << 20})
	want := s.noise("noise.bin", 24<<20)
	for range 8 { // more than there is memory for
		s.dial(fmt.Sprintf(get, llama+"main/noise.bin"))
	}
	c := s.dial(fmt.Sprintf(get, llama+"main/noise.bin"))
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	var got bytes.Buffer
	for began := time.Now(); got.Len() < len(want); time.Sleep(100 * time.Millisecond) {
		if _, err := io.CopyN(&got, a.Body, 1<<20); err != nil {
			t.Fatalf("after %d bytes and %s: %v", got.Len(), time.Since(began), err)
		}
	}
	require.True(t, bytes.Equal(want, got.Bytes()))
	s.answers()
}

// More clients than there is memory for, who take little at a time, keep nobody waiting.
func TestSlowReadersKeepNobodyOut(t *testing.T) {
	s := listen(t, Limits{Memory: 16 << 20})
	want := s.noise("noise.bin", 24<<20)
	for range 40 {
		c := s.dial(fmt.Sprintf(get, llama+"main/noise.bin"))
		go func() {
			for {
				if _, err := c.Read(make([]byte, 4096)); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
	}
	time.Sleep(500 * time.Millisecond)                          // until they have on the way what they can
	soon, stop := context.WithTimeout(t.Context(), time.Minute) // they are served for five
	defer stop()
	ask := func(path, headers string) []byte {
		q, err := http.NewRequestWithContext(soon, "GET", s.url+path, nil)
		require.NoError(t, err)
		q.Header.Set("Range", headers)
		a, err := http.DefaultClient.Do(q)
		require.NoError(t, err)
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		return b
	}
	require.NotEmpty(t, ask(llama+"main/config.json", ""))
	require.True(t, bytes.Equal(want[9000000:9100001], ask(llama+"main/noise.bin", "bytes=9000000-9100000")))
}

// Ranges that make no sense, and many at once.
func TestHostileRanges(t *testing.T) {
	s := listen(t, Limits{})
	n := len(s.noise("noise.bin", 3<<20))
	for ask, status := range map[string]int{
		"bytes=9999999-": 416, "bytes=5-4": 416, "bytes=-0": 206, "bytes=99999999999999999999-": 416, "bytes=--1": 416,
		"bytes=0-99999999999999999999": 416, "bytes=0-9999999": 206, "bytes=-99999999": 206, "bytes=": 200, "bytes": 416, "=": 416,
		"bytes=0-1,5-6": 200, "bytes=" + strings.Repeat("0-,", 5000) + "0-": 200, "bytes=" + strings.Repeat("1-2,", 3000) + "1-2": 200,
	} {
		a, b := s.do("GET", llama+"main/noise.bin", "Range: "+ask)
		if a.StatusCode != status {
			t.Errorf("%.40s: status %d, want %d", ask, a.StatusCode, status)
		}
		require.LessOrEqual(t, len(b), n)
	}
}

// A thousand connections that do nothing keep nobody out; where there are too many, some wait.
func TestManyConnections(t *testing.T) {
	s := listen(t, Limits{})
	for range 1000 {
		s.dial("GET / HT")
	}
	s.answers()
	few := listen(t, Limits{Connections: 4})
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			c, err := net.Dial("tcp", strings.TrimPrefix(few.url, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			fmt.Fprintf(c, "GET %smain/config.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", llama)
			if a, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || a.StatusCode != 200 {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Requests that are cancelled leave nothing behind: no goroutine, no open file, no temporary one.
func TestCancelled(t *testing.T) {
	s := listen(t, Limits{})
	s.noise("noise.bin", 24<<20)
	s.answers()
	http.DefaultClient.CloseIdleConnections()
	before, files, left := runtime.NumGoroutine(), openFiles(), filesBelow(t, s.repo.Root)
	requests := 10_000
	if testing.Short() || underRace {
		requests = 1000
	}
	var all sync.WaitGroup
	for worker := range 16 {
		all.Go(func() {
			for i := worker; i < requests; i += 16 {
				path := []string{"model.safetensors", "noise.bin", "quants/model-Q8_0.gguf"}[i%3]
				c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Fprintf(c, get, llama+"main/"+path)
				if i%4 > 0 {
					_, _ = c.Read(make([]byte, 1000))
				}
				c.Close()
			}
		})
	}
	all.Wait()
	s.answers()
	http.DefaultClient.CloseIdleConnections()
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 && openFiles() <= files+2 }, 20*time.Second, 50*time.Millisecond,
		"goroutines %d, files %d before", before, files)
	require.Equal(t, left, filesBelow(t, s.repo.Root))
}

// openFiles is how many files this process has open but for the catalog, which keeps some connections for later; 0
// where that cannot be told.
func openFiles() (n int) {
	open, _ := os.ReadDir("/proc/self/fd")
	for _, f := range open {
		if path, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && !strings.Contains(path, "catalog.db") {
			n++
		}
	}
	return n
}

func filesBelow(t *testing.T, root string) (names []string) {
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// Time that nobody is to blame for does not count: between two requests on a connection, and until an answer is known.
func TestPatience(t *testing.T) {
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(700 * time.Millisecond)
		fmt.Fprint(w, strings.Repeat("x", 1<<16))
	})
	s := listenWith(t, Options{Page: slow, Limits: Limits{StallTime: 500 * time.Millisecond}})
	c := s.dial("")
	in := bufio.NewReader(c)
	for _, path := range []string{llama + "main/model.safetensors", "/", llama + "main/config.json", "/api/models"} {
		_, err := fmt.Fprintf(c, get, path)
		require.NoError(t, err)
		a, err := http.ReadResponse(in, nil)
		require.NoError(t, err, path)
		_, err = io.Copy(io.Discard, a.Body)
		require.NoError(t, err, path)
		require.Equal(t, 200, a.StatusCode)
		time.Sleep(700 * time.Millisecond)
	}
}
