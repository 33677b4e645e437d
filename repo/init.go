package repo

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// FirstBranch is the branch of a new repository.
const FirstBranch = "main"

// InitOptions of a new repository. The zero value keeps the store in .dits/store.
type InitOptions struct {
	Store string  // folder of a store to share; made if it is not there
	FS    disk.FS // nil: the operating system's
}

// Init makes a repository in the folder dir, and the folder if need be, and opens
// it. In an existing repository it adds what is missing and changes nothing else.
// HEAD is written last: without it there is no repository.
func Init(dir string, o InitOptions) (*Repo, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	fsys := orOS(o.FS)
	dits := filepath.Join(root, object.Dir)
	for _, d := range []string{"refs/heads", "refs/tags", "logs"} {
		if err := fsys.MkdirAll(filepath.Join(dits, d), 0o755); err != nil {
			return nil, err
		}
	}
	store, err := initConfig(fsys, dits, o.Store)
	if err != nil {
		return nil, err
	}
	if err := fsys.MkdirAll(filepath.Join(store, "packs"), 0o755); err != nil {
		return nil, err
	}
	if err := register(fsys, store, root); err != nil {
		return nil, err
	}
	if err := writeMissing(fsys, filepath.Join(dits, ".gitignore"), "*\n"); err != nil {
		return nil, err
	}
	// Before HEAD, all that it makes a repository of; after it, HEAD's own folder is synced.
	for _, d := range []string{store, filepath.Dir(store), filepath.Join(dits, "refs"), root, filepath.Dir(root)} {
		if err := fsys.SyncDir(d); err != nil {
			return nil, err
		}
	}
	if err := writeMissing(fsys, filepath.Join(dits, object.HeadName), refs.Symbolic+object.BranchPrefix+FirstBranch+"\n"); err != nil {
		return nil, err
	}
	return Open(root, fsys)
}

// initConfig writes the configuration if there is none, and returns the folder of
// the store that it names.
func initConfig(fsys disk.FS, dits, shared string) (store string, err error) {
	if _, err := os.Lstat(configPath(dits)); err != nil {
		c := Config{Format: formatVersion}
		if shared != "" {
			if c.Store.Path, err = filepath.Abs(shared); err != nil {
				return "", err
			}
		}
		b, err := c.encode()
		if err != nil {
			return "", err
		}
		if err := writeMissing(fsys, configPath(dits), string(b)); err != nil {
			return "", err
		}
	}
	c, err := readConfig(dits)
	if err != nil {
		return "", err
	}
	if abs, err := filepath.Abs(shared); shared != "" && (err != nil || abs != c.Store.Path) {
		return "", fmt.Errorf("%s: has its store at %q, want %q: %w", dits, c.Store.Path, shared, refs.ErrExists)
	}
	if c.Store.Path != "" {
		return c.Store.Path, nil
	}
	return filepath.Join(dits, "store"), nil
}

// register notes in the store that the repository at root uses it, so that gc
// asks it what it needs. The file holds the path and is named by its digest.
func register(fsys disk.FS, store, root string) error {
	dir := filepath.Join(store, "repos")
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return writeMissing(fsys, filepath.Join(dir, digest.Sum([]byte(root)).Short()), root+"\n")
}

func writeMissing(fsys disk.FS, path, content string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	return disk.WriteFile(fsys, path, 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
}
