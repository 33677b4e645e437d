package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/tensorstore/pack"
)

// foreign tells of files that other programs left among refs and packs. Nothing reads them.
func (c *checking) foreign() {
	if c.options.Note == nil {
		return
	}
	note := func(path string) { c.options.Note(fmt.Sprintf("%s: not a file of dits, ignored", path)) }
	s, err := c.repo.SurveyRefs(object.RefPrefix)
	if err != nil {
		return // references says so
	}
	for _, path := range s.Foreign {
		note(filepath.Join(c.repo.Dir, filepath.FromSlash(path)))
	}
	dir := filepath.Join(c.repo.StoreDir, "packs")
	packs, err := pack.List(dir)
	files, rerr := os.ReadDir(dir)
	if err != nil || rerr != nil {
		return // Verify says so
	}
	for _, f := range files {
		name, isPack := strings.CutSuffix(f.Name(), pack.Ext)
		_, sealed := slices.BinarySearch(packs, name)
		if isPack && sealed || strings.HasPrefix(f.Name(), ".tmp-") {
			continue
		}
		note(filepath.Join(dir, f.Name()))
	}
}
