package repo

import (
	"errors"
	"path"
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/formats/names"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// adapters are the low-rank adapters (LoRA, as Hugging Face's peft writes them) that may have been merged into
// a tensor: those of the index and of the same call.
type adapters struct {
	repo   *Repo
	byRole map[string][]tensorstore.Adapter // by the role of the matrix that they change
	files  map[digest.ID]string             // what has the blob of a half, as the user calls it
	loaded bool                             // the index was looked through
}

// of is what may have been merged into a tensor, the latest first.
func (a *adapters) of(t formats.Tensor) ([]tensorstore.Adapter, error) {
	if err := a.load(); err != nil {
		return nil, err
	}
	return a.byRole[names.Role(t.Name)], nil
}

// load looks through the files of the index, once.
func (a *adapters) load() error {
	if a.loaded {
		return nil
	}
	a.loaded = true
	x, err := a.repo.Index()
	if err != nil {
		return err
	}
	for _, e := range x.Entries {
		if !mayBeAdapter(e.Path) {
			continue
		}
		f, err := a.repo.Catalog.File(e.ID)
		if errors.Is(err, catalog.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		a.add(e.Path, f)
	}
	return nil
}

// mayBeAdapter goes by the name that peft gives adapters, and most of those who rename them.
func mayBeAdapter(name string) bool {
	base := strings.ToLower(path.Base(name))
	return path.Ext(base) == ".safetensors" && (strings.Contains(base, "adapter") || strings.Contains(base, "lora"))
}

// add takes up the adapters of a file and says whether it has any.
func (a *adapters) add(name string, f catalog.File) bool {
	type half struct {
		segment int
		tensor  formats.Tensor
	}
	as, bs := map[string]half{}, map[string]half{}
	for i, s := range f.Layout.Segments {
		if s.Kind != formats.Data {
			continue
		}
		t := f.Layout.Tensors[s.Tensor]
		if len(t.Shape) != 2 {
			continue
		}
		module, part, ok := names.Factor(t.Name)
		if !ok {
			continue
		}
		switch matrix := names.Role(module + ".weight"); part {
		case names.FactorA:
			as[matrix] = half{i, t}
		case names.FactorB:
			bs[matrix] = half{i, t}
		}
	}
	found := false
	for matrix, x := range as {
		y, ok := bs[matrix]
		if !ok || x.tensor.Shape[0] != y.tensor.Shape[1] || x.tensor.DType != y.tensor.DType {
			continue
		}
		if a.byRole == nil {
			a.byRole = map[string][]tensorstore.Adapter{}
		}
		one := tensorstore.Adapter{A: f.Blobs[x.segment], B: f.Blobs[y.segment], DType: x.tensor.DType, Rank: x.tensor.Shape[0]}
		others := slices.DeleteFunc(a.byRole[matrix], func(o tensorstore.Adapter) bool { return o == one })
		a.byRole[matrix] = append([]tensorstore.Adapter{one}, others...)
		found = true
	}
	if found {
		a.files = noteFile(a.files, f, name)
	}
	return found
}
