package object

import (
	"path/filepath"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/disk"
)

// OpenEstimate opens a store in the empty folder dir that tells what content would take and keeps none, see
// [tensorstore.Estimate]. What d has counts as there; d stays as it is. The content of what is put is read by where.
func (d *Database) OpenEstimate(dir string, where *Contents) (*Database, error) {
	packs := filepath.Join(dir, "packs") // without it a store is empty
	if err := disk.OS.MkdirAll(packs, 0o777); err != nil {
		return nil, err
	}
	cat, err := catalog.OpenPrivate(CatalogPath(dir), d.Catalog)
	if err != nil {
		return nil, err
	}
	o := tensorstore.Options{FS: disk.OS, Estimate: &tensorstore.Estimate{
		Packs: filepath.Join(d.Store.Dir(), "packs"), Content: where.Of}}
	return openWith(dir, cat, catalogIndex{cat}, o)
}
