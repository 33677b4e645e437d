package relatives

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/formats/names"
	"dits/repo/work"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/upkeep"
)

// A roleKey is what the tensors of a family have in common: what they are for, and as
// many numbers in the same order.
type roleKey struct {
	name  string
	shape string
}

func compareRoles(a, b roleKey) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.shape, b.shape))
}

// Families are the distinct tensors of all files of the store by role, and their
// bytes. One that is like none of its role goes where the tensor is that it is like. The same files give the same families in the same order, whenever they were added.
func Families(ctx context.Context, r *work.Folder) (families [][]upkeep.Tensor, bytes int64, err error) {
	c := collecting{folder: r, roles: map[digest.ID]roleKey{}, tensors: map[digest.ID]upkeep.Tensor{}, size: map[digest.ID]int64{},
		names: map[digest.ID]string{}, importances: NewImportances(nil), adapters: NewAdapters(nil)}
	var files []digest.ID
	err = r.Catalog.Each(pack.Manifest, func(rec catalog.Record) error {
		files = append(files, rec.ID)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(files, func(a, b digest.ID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range files {
		f, err := r.ReadFile(id)
		if isLost(err) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		c.add(f)
		c.made.add(f)
		if err := c.takeUp(f); err != nil {
			return nil, 0, err
		}
	}
	for _, n := range c.size {
		bytes += n
	}
	families, err = rehome(ctx, r, c.families())
	return families, bytes, err
}

// A collecting gives each tensor a role: of several the first in their order, so that it
// is in one family.
type collecting struct {
	folder  *work.Folder
	roles   map[digest.ID]roleKey
	tensors map[digest.ID]upkeep.Tensor
	size    map[digest.ID]int64
	names   map[digest.ID]string // of tensors in GGUF
	made    makings

	importances *Importances
	adapters    *Adapters
}

func (c *collecting) add(f catalog.File) {
	for i, s := range f.Layout.Segments {
		if s.Kind != formats.Data {
			continue
		}
		t := f.Layout.Tensors[s.Tensor]
		role := roleKey{names.Role(t.Name), shapeKey(t.Shape)}
		blob := f.Blobs[i]
		if known, ok := c.roles[blob]; ok && !c.precedes(role, t, known, c.tensors[blob]) {
			continue
		}
		c.roles[blob] = role
		c.tensors[blob] = upkeep.Tensor{Blob: blob, Known: choose.Known{DType: t.DType, Shape: t.Shape}}
		c.size[blob] = s.Len
		if f.Layout.Format == "gguf" {
			c.names[blob] = t.Name
		}
	}
}

// takeUp notes the adapters and importance matrices of a file, whatever it is called.
func (c *collecting) takeUp(f catalog.File) error {
	c.adapters.Add("", f)
	err := c.importances.addContent(f, segmentsOf(c.folder, f))
	if isLost(err) {
		return nil
	}
	return err
}

// precedes says that a role, and dtype among equals, comes before that which a blob has.
func (c *collecting) precedes(role roleKey, t formats.Tensor, known roleKey, has upkeep.Tensor) bool {
	return cmp.Or(compareRoles(role, known), cmp.Compare(t.DType, has.Known.DType)) < 0
}

func (c *collecting) families() (families [][]upkeep.Tensor) {
	byRole := map[roleKey][]upkeep.Tensor{}
	for blob, role := range c.roles {
		t := c.tensors[blob]
		t.Known.Adapters = c.adapters.byRole[role.name]
		if name, ok := c.names[blob]; ok {
			t.Known.Importance = c.importances.named(name)
		}
		byRole[role] = append(byRole[role], t)
	}
	for _, role := range slices.SortedFunc(maps.Keys(byRole), compareRoles) {
		f := byRole[role]
		for i, t := range f {
			f[i].Known.Relatives = c.made.of(t.Blob, role, t.Known, byRole)
		}
		slices.SortFunc(f, func(a, b upkeep.Tensor) int { return slices.Compare(a.Blob[:], b.Blob[:]) })
		families = append(families, f)
	}
	return families
}

// shapeKey is a shape as text.
func shapeKey(shape []int64) string { return fmt.Sprint(shape) }
