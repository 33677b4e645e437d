//go:build linux

// Command readspeed reads a file as programs do, and prints how fast that was:
//
//	go run ./scripts/readspeed FILE            all of it in order, 1 MiB at a time: seconds
//	go run ./scripts/readspeed -random N FILE  N times 4 KiB of 256 KiB in its middle, each from the file system: MB/s
//	go run ./scripts/readspeed -kept ...       the same where the kernel keeps what it has read
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const page = 4096

func main() {
	random := flag.Int("random", 0, "read `N` times somewhere in the middle")
	kept := flag.Bool("kept", false, "pages that were read stay in memory")
	flag.Parse()
	f, err := os.Open(flag.Arg(0))
	if err == nil {
		defer f.Close()
		if *random > 0 {
			err = pages(f, *random, *kept)
		} else {
			err = whole(f, *kept)
		}
	}
	if err != nil {
		log.Fatal(err)
	}
}

// whole reads all of a file.
func whole(f *os.File, kept bool) error {
	if !kept {
		if err := forget(f, 0, 0); err != nil {
			return err
		}
	}
	start := time.Now()
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
		return err
	}
	fmt.Printf("%.2f\n", time.Since(start).Seconds())
	return nil
}

// pages reads pages in any order.
func pages(f *os.File, n int, kept bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	b, middle := make([]byte, page), info.Size()/2/page*page
	if _, err := f.ReadAt(b, middle); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	for range n {
		off := middle + r.Int64N(64)*page
		if !kept {
			if err := forget(f, off, page); err != nil {
				return err
			}
		}
		if _, err := f.ReadAt(b, off); err != nil {
			return err
		}
	}
	fmt.Printf("%.0f\n", float64(n)*page/1e6/time.Since(start).Seconds())
	return nil
}

// forget drops what the kernel has of a range of a file; n 0 is up to its end.
func forget(f *os.File, off, n int64) error {
	return unix.Fadvise(int(f.Fd()), off, n, unix.FADV_DONTNEED)
}
