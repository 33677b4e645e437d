package repo

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
)

// A storeUser is a repository that is registered with a store.
type storeUser struct {
	file string // of the registration
	root string // its working folder
	repo *Repo  // over the database of who asks; nil: it cannot be read
	err  error  // why
}

// An UnreadableError says that a repository which uses the store cannot be read, so that what it needs is not known.
type UnreadableError struct {
	Root string
	Err  error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("repository %s uses this store and cannot be read: %v", e.Root, e.Err)
}

func (e *UnreadableError) Unwrap() error { return e.Err }

// storeUsers are all repositories that use the store, r among them.
func (r *Repo) storeUsers() ([]storeUser, error) {
	dir := filepath.Join(r.StoreDir, "repos")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	users := []storeUser{{root: r.Root, repo: r}}
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		u := storeUser{file: filepath.Join(dir, e.Name())}
		b, err := refs.ReadSmall(u.file)
		if err != nil {
			return nil, err
		}
		var own string
		u.root, own, _ = strings.Cut(strings.TrimSuffix(string(b), "\n"), "\n")
		if r.isRoot(u.root) {
			users[0].file = u.file
			continue
		}
		if own == ownStore && r.Config.Store.Path == "" {
			continue // where r was before it was moved
		}
		if u.repo, u.err = r.beside(u.root); u.repo != nil || u.err != nil {
			users = append(users, u)
		}
	}
	return users, nil
}

// isRoot says that a path leads to the working folder of r.
func (r *Repo) isRoot(path string) bool {
	return path == r.Root || sameFolder(path, r.Root)
}

// beside is another repository of the same store, nil where one is that has a store of its own.
func (r *Repo) beside(root string) (*Repo, error) {
	if !filepath.IsAbs(root) {
		return nil, fmt.Errorf("%.80q is no absolute path: %w", root, object.ErrCorrupt)
	}
	other, err := configured(root, r.FS)
	if errors.Is(err, ErrNoRepository) {
		return nil, errors.New("there is no repository")
	}
	if err != nil {
		return nil, err
	}
	a, err := os.Stat(other.StoreDir)
	if err != nil {
		return nil, err
	}
	b, err := os.Stat(r.StoreDir)
	if err != nil {
		return nil, err
	}
	if !os.SameFile(a, b) && other.Config.Store.Path == "" {
		return nil, nil // r is a copy of it, or of what was there before, and has come with its store
	}
	if !os.SameFile(a, b) {
		return nil, fmt.Errorf("it has its store at %s now", other.StoreDir)
	}
	other.Database = r.Database
	return other, nil
}

// readable are the repositories of the store without those that are to be forgotten, and the registrations of these.
func (r *Repo) readable(forget []string) (users []*Repo, files []string, err error) {
	all, err := r.storeUsers()
	if err != nil {
		return nil, nil, err
	}
	var unreadable error
	left := slices.Clone(forget)
	for _, u := range all {
		named := func(path string) bool { return path == u.root }
		switch told := slices.ContainsFunc(forget, named); {
		case told && u.repo != nil:
			return nil, nil, fmt.Errorf("repository %s can be read and uses this store: remove it before it is forgotten", u.root)
		case told:
			left = slices.DeleteFunc(left, named)
			files = append(files, u.file)
		case u.err != nil:
			unreadable = cmp.Or(unreadable, error(&UnreadableError{u.root, u.err}))
		default:
			users = append(users, u.repo)
		}
	}
	if len(left) > 0 {
		return nil, nil, fmt.Errorf("repository %s: does not use this store", left[0])
	}
	return users, files, unreadable
}

// unregister removes registrations.
func (r *Repo) unregister(files []string) error {
	for _, f := range files {
		if err := r.FS.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if len(files) == 0 {
		return nil
	}
	return r.FS.SyncDir(filepath.Join(r.StoreDir, "repos"))
}
