package pack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// A Listing is what is in a folder of packs, other files passed over.
type Listing struct {
	Packs       []string // names of the sealed packs, sorted; their files are [Path](dir, name)
	Temporaries []string // files that a writer writes, or left when it died
}

// Scan lists a folder of packs.
func Scan(dir string) (l Listing, err error) {
	d, err := os.Open(dir)
	if err != nil {
		return l, err
	}
	defer d.Close()
	files, err := d.ReadDir(-1) // in no order: sorting names alone costs less than sorting entries, too
	if err != nil {
		return l, err
	}
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue
		}
		if name, ok := strings.CutSuffix(f.Name(), Ext); ok && isName(name) {
			l.Packs = append(l.Packs, name)
		} else if strings.HasPrefix(f.Name(), storePrefix) {
			l.Temporaries = append(l.Temporaries, f.Name())
		}
	}
	slices.Sort(l.Packs)
	return l, nil
}

// isName says that Seal could have given a pack this name: a digest in lower case.
func isName(name string) bool {
	return len(name) == 2*digest.Size && strings.Trim(name, "0123456789abcdef") == ""
}

// List returns the names of the sealed packs in dir, sorted. Their files are
// [Path](dir, name). Other files are passed over.
func List(dir string) (names []string, err error) {
	l, err := Scan(dir)
	return l.Packs, err
}

// RemoveTemporaries removes what writers that died left in dir: files called
// .tmp-* that were last written more than olderThan ago. A writer at work must
// be younger than that. It goes on after an error and returns all of them.
func RemoveTemporaries(fsys disk.FS, dir string, olderThan time.Duration) error {
	l, err := Scan(dir)
	if err != nil {
		return err
	}
	return l.RemoveTemporaries(fsys, dir, olderThan)
}

// RemoveTemporaries is the function of that name for a folder that was listed.
func (l Listing) RemoveTemporaries(fsys disk.FS, dir string, olderThan time.Duration) error {
	before := time.Now().Add(-olderThan)
	var errs []error
	for _, name := range l.Temporaries {
		if err := removeOld(fsys, filepath.Join(dir, name), before); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func removeOld(fsys disk.FS, path string, before time.Time) error {
	st, err := os.Lstat(path)
	if err != nil || st.ModTime().After(before) {
		return err
	}
	return fsys.Remove(path)
}
