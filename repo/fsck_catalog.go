package repo

import (
	"errors"
	"fmt"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/disk"
)

// errStale is what is wrong with a catalog that does not agree with the packs.
var errStale = errors.New("not what the packs say (`dits fsck --rebuild` makes the catalog again from the packs)")

// catalog compares the catalog with one that is made from the packs alone. One that is no database any more is of
// no use for what else is checked.
func (c *checking) catalog() (usable bool, err error) {
	differ, err := c.repo.catalogDifferences()
	var damaged *catalog.DamagedError
	switch {
	case errors.As(err, &damaged):
		c.problem(fmt.Errorf("%w (`dits fsck --rebuild` makes it again from the packs)", err))
		return false, nil
	case len(differ) > 0:
		c.problem(fmt.Errorf("catalog: %s: %w", strings.Join(differ, ", "), errStale))
	}
	return true, err
}

// catalogDifferences are the tables of the catalog that are not what the packs say; a [catalog.DamagedError] if it
// is no database any more.
func (r *Repo) catalogDifferences() ([]string, error) {
	if err := r.Catalog.Check(); err != nil {
		return nil, err
	}
	fresh, done, err := object.OpenAnew(r.StoreDir, disk.OS)
	if err != nil {
		return nil, err
	}
	defer done()
	return r.Catalog.Differences(fresh.Catalog)
}
