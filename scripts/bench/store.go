package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A storeResult is what the dits binary made of a pair, as a user would run it.
type storeResult struct {
	size     int64 // bytes of the fine-tune
	base     int64 // what the packs grew by, in bytes, for the base
	tuned    int64 // and for the fine-tune
	catalog  int64 // bytes of the rest of the store, which can be made again
	addBase  usage
	addTuned usage
	outBase  usage // checkout of the base over the fine-tune
	outTuned usage
	again    usage // add of the unchanged file
	floor    floors
}

// measureStore adds, commits and checks out both files in new repositories.
func measureStore(o options, p paths) (storeResult, error) {
	var r storeResult
	dits, err := filepath.Abs(o.dits)
	if err != nil {
		return r, err
	}
	var runs []storeResult
	for range o.runs {
		dir, err := os.MkdirTemp(o.work, "dits-bench")
		if err != nil {
			return r, err
		}
		one, err := storeOnce(dits, dir, p)
		if rerr := os.RemoveAll(dir); err == nil {
			err = rerr
		}
		if err != nil {
			return r, err
		}
		runs = append(runs, one)
	}
	return combine(runs), nil
}

// combine is the median of times; sizes are those of the last run.
func combine(runs []storeResult) storeResult {
	r := runs[len(runs)-1]
	of := func(get func(*storeResult) *usage) {
		var all []usage
		for i := range runs {
			all = append(all, *get(&runs[i]))
		}
		*get(&r) = middle(all)
	}
	of(func(r *storeResult) *usage { return &r.addBase })
	of(func(r *storeResult) *usage { return &r.addTuned })
	of(func(r *storeResult) *usage { return &r.outBase })
	of(func(r *storeResult) *usage { return &r.outTuned })
	of(func(r *storeResult) *usage { return &r.again })
	of(func(r *storeResult) *usage { return &r.floor.copied })
	of(func(r *storeResult) *usage { return &r.floor.hashed })
	of(func(r *storeResult) *usage { return &r.floor.sha })
	of(func(r *storeResult) *usage { return &r.floor.shaBack })
	return r
}

// storeOnce works in a new repository in dir.
func storeOnce(dits, dir string, p paths) (r storeResult, err error) {
	if _, err = execute(dir, dits, "init"); err != nil {
		return r, err
	}
	if r.addBase, r.base, err = addFile(dits, dir, p.base); err != nil {
		return r, err
	}
	if r.addTuned, r.tuned, err = addFile(dits, dir, p.tuned); err != nil {
		return r, err
	}
	if r.again, err = execute(dir, dits, "add", "-q", "model.safetensors"); err != nil {
		return r, err
	}
	if r.outBase, err = checkOut(dits, dir, "HEAD~1", p.base); err != nil {
		return r, err
	}
	if r.outTuned, err = checkOut(dits, dir, "main", p.tuned); err != nil {
		return r, err
	}
	if r.catalog, err = restOfStore(dir); err != nil {
		return r, err
	}
	st, err := os.Stat(p.tuned)
	if err != nil {
		return r, err
	}
	r.size = st.Size()
	r.floor, err = measureFloors(dir, filepath.Join(dir, "model.safetensors"))
	return r, err
}

// checkOut checks a revision out and compares with what was added.
func checkOut(dits, dir, revision, want string) (usage, error) {
	u, err := execute(dir, dits, "checkout", "-q", revision)
	if err != nil {
		return u, err
	}
	same, err := sameFiles(filepath.Join(dir, "model.safetensors"), want)
	if err == nil && !same {
		err = fmt.Errorf("checkout of %s: got other bytes than %s has", revision, want)
	}
	return u, err
}

// addFile puts a file in place of model.safetensors, adds it with flags and commits it, and
// returns what the packs grew by.
func addFile(dits, dir, from string, flags ...string) (usage, int64, error) {
	if err := stream(from, filepath.Join(dir, "model.safetensors")); err != nil {
		return usage{}, 0, err
	}
	packs := filepath.Join(dir, ".dits", "store", "packs")
	before, err := folderBytes(packs)
	if err != nil {
		return usage{}, 0, err
	}
	u, err := execute(dir, dits, append([]string{"add", "-q", "model.safetensors"}, flags...)...)
	if err != nil {
		return u, 0, err
	}
	if _, err = execute(dir, dits, "commit", "-q", "-m", filepath.Base(from)); err != nil {
		return u, 0, err
	}
	after, err := folderBytes(packs)
	return u, after - before, err
}

// restOfStore is the bytes of the store that are not packs.
func restOfStore(dir string) (int64, error) {
	all, err := folderBytes(filepath.Join(dir, ".dits", "store"))
	if err != nil {
		return 0, err
	}
	packs, err := folderBytes(filepath.Join(dir, ".dits", "store", "packs"))
	return all - packs, err
}

// folderBytes is the length of all files below a folder; 0 if there is none.
func folderBytes(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		st, err := d.Info()
		if err == nil {
			n += st.Size()
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return n, err
}

// sameFiles compares content.
func sameFiles(a, b string) (bool, error) {
	fa, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer fa.Close()
	fb, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer fb.Close()
	ba, bb := make([]byte, blockBytes), make([]byte, blockBytes)
	for {
		na, ea := io.ReadFull(fa, ba)
		nb, eb := io.ReadFull(fb, bb)
		if !bytes.Equal(ba[:na], bb[:nb]) {
			return false, nil
		}
		done := func(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
		if done(ea) || done(eb) {
			return done(ea) && done(eb), nil
		}
		if ea != nil || eb != nil {
			return false, errors.Join(ea, eb)
		}
	}
}
