package main

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"time"

	"dits/tensorstore/digest"
)

// blockBytes is how much of a file is read at a time.
const blockBytes = 1 << 20

// floors are what a file costs at least, in one thread and without fsync.
type floors struct {
	copied  usage // cp
	hashed  usage // read and BLAKE3: what b3sum does with one thread
	sha     usage // git lfs add: read, SHA-256, write a copy
	shaBack usage // git lfs checkout: write a copy, and SHA-256 of it
}

// measureFloors works on a copy in dir, as warm as what dits reads.
func measureFloors(dir, file string) (f floors, err error) {
	to := filepath.Join(dir, "copy")
	defer os.Remove(to)
	if f.copied, err = timed(func() error { return stream(file, to) }); err != nil {
		return f, err
	}
	if f.hashed, err = timed(func() error { return stream(file, "", digest.NewHasher()) }); err != nil {
		return f, err
	}
	if f.sha, err = timed(func() error { return stream(file, to, sha256.New()) }); err != nil {
		return f, err
	}
	f.shaBack, err = timed(func() error { return stream(to, to+"2", sha256.New()) })
	os.Remove(to + "2")
	return f, err
}

func timed(do func() error) (usage, error) {
	start, cpu := time.Now(), cpuTime()
	err := do()
	return usage{wall: time.Since(start), cpu: cpuTime() - cpu}, err
}

// stream reads a file in blocks, writes them to a file ("": none) and to sinks.
func stream(from, to string, sinks ...io.Writer) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if to != "" {
		out, err := os.Create(to)
		if err != nil {
			return err
		}
		defer out.Close()
		sinks = append(sinks, out)
	}
	buf := make([]byte, blockBytes)
	for {
		n, err := in.Read(buf)
		for _, s := range sinks {
			if _, err := s.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
