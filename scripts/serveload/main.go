// Command serveload asks dits serve for files that are also in a folder, and compares each byte. It prints how long one
// client takes for each file, or with -clients how long many take for ranges of them.
//
//	serveload -url http://127.0.0.1:7878/local/NAME/resolve/main/ -dir FOLDER FILE...
//	serveload -clients 16 -requests 2000 -url … -dir FOLDER FILE...
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const rangeBytes = 1 << 20

func main() {
	url := flag.String("url", "", "where files are, with a slash at the end")
	dir := flag.String("dir", ".", "folder that has the same files")
	clients := flag.Int("clients", 0, "so many ask for ranges at once; 0: one asks for files")
	requests := flag.Int("requests", 2000, "of all clients")
	flag.Parse()
	log.SetFlags(0)
	for _, name := range flag.Args() {
		if *clients == 0 {
			whole(*url+name, filepath.Join(*dir, name))
		}
	}
	if *clients > 0 {
		ranges(*url, *dir, flag.Args(), *clients, *requests)
	}
}

// whole downloads a file, beside reading the one that it has to be.
func whole(url, path string) {
	want, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer want.Close()
	began := time.Now()
	a, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Body.Close()
	n, same := int64(0), true
	got, expected := make([]byte, 1<<20), make([]byte, 1<<20)
	for {
		k, err := io.ReadFull(a.Body, got)
		if _, werr := io.ReadFull(want, expected[:k]); werr != nil || !bytes.Equal(got[:k], expected[:k]) {
			same = false
		}
		n += int64(k)
		if err != nil {
			break
		}
	}
	if info, err := want.Stat(); a.StatusCode != 200 || !same || err != nil || info.Size() != n {
		log.Fatalf("%s: status %d, %d bytes: not what %s is", url, a.StatusCode, n, path)
	}
	took := time.Since(began)
	fmt.Printf("%s: %.2f s, %.0f MiB/s\n", filepath.Base(path), took.Seconds(), float64(n)/(1<<20)/took.Seconds())
}

// ranges asks for ranges of files, many at once.
func ranges(url, dir string, names []string, clients, requests int) {
	contents := make([][]byte, len(names))
	for i, name := range names {
		var err error
		if contents[i], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			log.Fatal(err)
		}
	}
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = clients
	took := make([][]time.Duration, clients)
	var all sync.WaitGroup
	began := time.Now()
	for c := range clients {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c), 1))
			for range requests / clients {
				i := r.IntN(len(names))
				from := r.IntN(max(1, len(contents[i])-rangeBytes))
				to := min(from+rangeBytes, len(contents[i]))
				at := time.Now()
				part(url+names[i], from, contents[i][from:to])
				took[c] = append(took[c], time.Since(at))
			}
		})
	}
	all.Wait()
	sorted := slices.Concat(took...)
	slices.Sort(sorted)
	at := func(p int) time.Duration { return sorted[len(sorted)*p/100].Round(100 * time.Microsecond) }
	fmt.Printf("%d ranges of 1 MiB by %d clients, all right: median %s, 95%% within %s, the slowest %s, %.0f MiB/s\n",
		len(sorted), clients, at(50), at(95), sorted[len(sorted)-1].Round(100*time.Microsecond),
		float64(len(sorted))/time.Since(began).Seconds())
}

// part asks for the range that begins at from, and wants these bytes.
func part(url string, from int, want []byte) {
	q, err := http.NewRequest("GET", url, nil)
	if err != nil {
		log.Fatal(err)
	}
	q.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+len(want)-1))
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Body.Close()
	got, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != 206 || !bytes.Equal(got, want) {
		log.Fatalf("%s: range from %d: status %d, %d bytes, not what was wanted (%v)", url, from, a.StatusCode, len(got), err)
	}
}
