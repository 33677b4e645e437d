// Command explorerbench measures the explorer in a real browser, on many files of many tensors:
//
//	go run ./scripts/explorerbench -dits bin/dits -files 300 -tensors 300
//
// Files are families: a base, and fine-tunes of it that leave some of its first layers as they are. What a browser without
// a graphics card does is the worst that users see.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	dits := flag.String("dits", "bin/dits", "the program")
	files := flag.Int("files", 300, "number of files")
	tensors := flag.Int("tensors", 300, "tensors of each")
	browser := flag.String("browser", os.Getenv("DITS_BROWSER"), "the browser; else one is looked for")
	keep := flag.String("dir", "", "a repository that an earlier run has made there, or that is to be kept")
	flag.Parse()
	if err := run(*dits, *browser, *keep, *files, *tensors); err != nil {
		log.Fatal(err)
	}
}

func run(dits, browser, dir string, files, tensors int) error {
	dits, err := filepath.Abs(dits)
	if err != nil {
		return err
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "explorerbench"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	if _, err := os.Stat(filepath.Join(dir, ".dits")); err != nil {
		if err := makeRepository(dits, dir, files, tensors); err != nil {
			return err
		}
	}
	size, took, err := report(dits, dir)
	if err != nil {
		return err
	}
	url, stop, err := serve(dits, dir)
	if err != nil {
		return err
	}
	defer stop()
	m, err := measure(browser, url)
	if err != nil {
		return err
	}
	fmt.Printf("%d files of %d tensors\n\n", files, tensors)
	for _, row := range [][3]string{
		{"first picture", fmt.Sprintf("%.2f s", m.first.Seconds()), "< 1 s"},
		{"all files drawn", fmt.Sprintf("%.2f s", m.all.Seconds()), ""},
		{"zoom", fmt.Sprintf("%.0f frames a second, 95%% within %.0f ms", m.zoom.rate, m.zoom.slow), ">= 30"},
		{"hover", fmt.Sprintf("%.0f frames a second, 95%% within %.0f ms", m.hover.rate, m.hover.slow), ">= 30"},
		{"memory of scripts", fmt.Sprintf("%.0f MB", m.heap/1e6), ""},
		{"memory of the tab", fmt.Sprintf("%.0f MB", m.tab/1e6), "<= 150 MB"},
		{"report", fmt.Sprintf("%.1f MB in %.1f s", float64(size)/1e6, took.Seconds()), "<= 5 MB"},
	} {
		fmt.Printf("%-18s  %-44s  %s\n", row[0], row[1], row[2])
	}
	return nil
}

// report writes one, and is its size.
func report(dits, dir string) (int64, time.Duration, error) {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("explorerbench-%d.html", os.Getpid()))
	defer os.Remove(file)
	began := time.Now()
	if out, err := exec.Command(dits, "-C", dir, "-q", "report", "-o", file).CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("report: %w\n%s", err, out)
	}
	took := time.Since(began)
	info, err := os.Stat(file)
	if err != nil {
		return 0, 0, err
	}
	return info.Size(), took, nil
}

// serve starts a server, and says how to stop it.
func serve(dits, dir string) (url string, stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, dits, "-C", dir, "-q", "serve", "--addr", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	stop = func() { cancel(); _ = c.Wait() }
	if err != nil {
		cancel()
		return "", nil, err
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at := regexp.MustCompile(`http://\S+`).FindString(lines.Text()); at != "" {
			return at, stop, nil
		}
		said = append(said, lines.Text())
	}
	stop()
	return "", nil, fmt.Errorf("serve: no address\n%s", strings.Join(said, "\n"))
}
