package pack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// All temporary files of the store start so, those of disk.WriteFile included.
const (
	storePrefix = ".tmp-"
	tempPrefix  = storePrefix + "pack-"
)

// List returns the names of the sealed packs in dir, sorted. Their files are
// [Path](dir, name). Other files are passed over.
func List(dir string) (names []string, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), Ext)
		if !ok || !f.Type().IsRegular() {
			continue
		}
		// Only the lower-case spelling is what Seal writes.
		if id, err := digest.Parse(name); err == nil && id.String() == name {
			names = append(names, name)
		}
	}
	return names, nil
}

// RemoveTemporaries removes what writers that died left in dir: files called
// .tmp-* that were last written more than olderThan ago. A writer at work must
// be younger than that. It goes on after an error and returns all of them.
func RemoveTemporaries(fsys disk.FS, dir string, olderThan time.Duration) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	before := time.Now().Add(-olderThan)
	var errs []error
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), storePrefix) || !f.Type().IsRegular() {
			continue
		}
		err := removeOld(fsys, filepath.Join(dir, f.Name()), f, before)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func removeOld(fsys disk.FS, path string, f fs.DirEntry, before time.Time) error {
	st, err := f.Info()
	if err != nil || st.ModTime().After(before) {
		return err
	}
	return fsys.Remove(path)
}
