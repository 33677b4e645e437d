package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// copyRepository copies dir's .dits to a new folder. Packs are never written again: they are linked.
func copyRepository(to, dir string) error {
	return filepath.WalkDir(filepath.Join(dir, ".dits"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		dst := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(dst, 0o755)
		case strings.Contains(filepath.ToSlash(rel), "store/packs/"):
			return os.Link(path, dst)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(dst, b, 0o644)
	})
}
