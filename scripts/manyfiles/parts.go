package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// adding measures the first add and commit of many files, and what follows when nothing is new.
func (b *bench) adding() error {
	const n = 20000
	add, commit := b.row(fmt.Sprintf("`add .` of %d new files", n)), b.row("`commit` of them")
	for range b.runs {
		if err := b.fresh(n); err != nil {
			return err
		}
		if err := add.measure(b, "add", "."); err != nil {
			return err
		}
		if err := commit.measure(b, "commit", "-q", "-m", "files"); err != nil {
			return err
		}
	}
	add.print()
	commit.print()
	return b.several(fmt.Sprintf("`status` of %d", n), "status")
}

// checkingOut measures going from a commit without files to one with many, and back.
func (b *bench) checkingOut() error {
	const n = 10000
	if err := b.fresh(0); err != nil {
		return err
	}
	if err := b.each("commit", "-q", "--allow-empty", "-m", "nothing"); err != nil {
		return err
	}
	if err := b.each("branch", "empty"); err != nil {
		return err
	}
	for _, p := range b.peers {
		if err := fill(p.dir, n, 1); err != nil {
			return err
		}
	}
	if err := b.commit("files"); err != nil {
		return err
	}
	if err := b.each("branch", "full"); err != nil {
		return err
	}
	out, back := b.row(fmt.Sprintf("`checkout` that writes %d files", n)), b.row("`checkout` that removes them")
	for range b.runs {
		if err := back.measure(b, "checkout", "-q", "empty"); err != nil {
			return err
		}
		if err := out.measure(b, "checkout", "-q", "full"); err != nil {
			return err
		}
	}
	out.print()
	back.print()
	return nil
}

func (b *bench) commit(message string) error {
	if err := b.each("add", "-A"); err != nil {
		return err
	}
	return b.each("commit", "-q", "-m", message)
}

// nothingNew measures status and add of n files that are committed.
func (b *bench) nothingNew(n int) error {
	if err := b.fresh(n); err != nil {
		return err
	}
	if err := b.commit("files"); err != nil {
		return err
	}
	if err := b.several(fmt.Sprintf("`status` of %d files", n), "status"); err != nil {
		return err
	}
	return b.several(fmt.Sprintf("`add .` of nothing new among %d", n), "add", ".")
}

// removing measures 100,000 files, of which half are removed.
func (b *bench) removing() error {
	const n = 100000
	if err := b.nothingNew(n); err != nil {
		return err
	}
	r := b.row(fmt.Sprintf("`add -A` with %d of %d files removed", n/2, n))
	for range b.runs {
		if err := b.each("reset", "-q"); err != nil {
			return err
		}
		for _, p := range b.peers {
			if err := removeHalf(p.dir, n); err != nil {
				return err
			}
		}
		if err := r.measure(b, "add", "-A"); err != nil {
			return err
		}
	}
	r.print()
	return nil
}

// removeHalf removes every second file.
func removeHalf(dir string, n int) error {
	for i := 0; i < n; i += 2 {
		path := filepath.Join(dir, fmt.Sprintf("part-%04d", i/perFolder), fmt.Sprintf("%02d.txt", i%perFolder))
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// history measures questions about 1,000 commits of 1,000 files.
func (b *bench) history() error {
	const n, commits = 1000, 1000
	if err := b.fresh(n); err != nil {
		return err
	}
	if err := b.commit("files"); err != nil {
		return err
	}
	for i := 1; i < commits; i++ {
		for _, p := range b.peers {
			path := filepath.Join(p.dir, fmt.Sprintf("part-%04d", i%n/perFolder), "00.txt")
			if err := os.WriteFile(path, fmt.Appendf(nil, "commit %d\n", i), 0o666); err != nil {
				return err
			}
		}
		if err := b.each("commit", "-q", "-a", "-m", fmt.Sprint("commit ", i)); err != nil {
			return err
		}
	}
	if err := b.each("branch", "other"); err != nil {
		return err
	}
	if err := b.several(fmt.Sprintf("`log` of %d commits of %d files", commits, n), "log"); err != nil {
		return err
	}
	if err := b.several("`diff` of equal branches", "diff", "HEAD", "other"); err != nil {
		return err
	}
	list := b.row("`ls`, `ls-files`")
	for range b.runs {
		for i, args := range []string{"ls", "ls-files"} {
			s, err := b.peers[i].command(args)
			if err != nil {
				return err
			}
			list.runs[i] = append(list.runs[i], s)
		}
	}
	list.print()
	return nil
}
