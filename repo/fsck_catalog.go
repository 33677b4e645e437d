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

// catalog compares the catalog with one that is made from the packs alone.
func (c *checking) catalog() error {
	differ, err := c.differences()
	var damaged *catalog.DamagedError
	switch {
	case errors.As(err, &damaged):
		c.problem(fmt.Errorf("%w (`dits fsck --rebuild` makes it again from the packs)", err))
		return nil
	case len(differ) > 0:
		c.problem(fmt.Errorf("catalog: %s: %w", strings.Join(differ, ", "), errStale))
	}
	return err
}

func (c *checking) differences() ([]string, error) {
	if err := c.repo.Catalog.Check(); err != nil {
		return nil, err
	}
	fresh, done, err := object.OpenAnew(c.repo.StoreDir, disk.OS)
	if err != nil {
		return nil, err
	}
	defer done()
	return c.repo.Catalog.Differences(fresh.Catalog)
}
