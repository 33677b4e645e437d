package relatives

import (
	"path"
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/formats/names"
	"dits/repo/work"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// Adapters are the low-rank adapters (LoRA, as Hugging Face's peft writes them) that may have been merged into
// a tensor: those of the index, of branches and tags, and of the same call.
type Adapters struct {
	folder *work.Folder                // nil: only those that are added
	byRole map[string][]choose.Adapter // by the role of the matrix that they change
	files  map[digest.ID]string        // what has the blob of a half, as the user calls it
	loaded bool                        // the index was looked through
}

// NewAdapters are those of the index of a working folder, and those that are added; of no folder, only these.
func NewAdapters(f *work.Folder) *Adapters { return &Adapters{folder: f} }

// Name is the file that has the blob of a half, as the user calls it; "" for none.
func (a *Adapters) Name(blob digest.ID) string { return a.files[blob] }

// Of is what may have been merged into a tensor, the latest first.
func (a *Adapters) Of(t formats.Tensor) ([]choose.Adapter, error) {
	if err := a.Load(); err != nil {
		return nil, err
	}
	return a.byRole[names.Role(t.Name)], nil
}

// Load looks through the files of the index, of branches and of tags, once.
func (a *Adapters) Load() error {
	if a.loaded || a.folder == nil {
		return nil
	}
	a.loaded = true
	all, err := helpers(a.folder, MayBeAdapter)
	if err != nil {
		return err
	}
	for _, h := range all {
		f, err := a.folder.ReadFile(h.id)
		if isLost(err) {
			continue
		}
		if err != nil {
			return err
		}
		a.Add(h.name, f)
	}
	return nil
}

// HasAdapter says that a file has adapters.
func HasAdapter(f catalog.File) bool {
	return slices.ContainsFunc(f.Layout.Tensors, func(t formats.Tensor) bool {
		_, part, ok := names.Factor(t.Name)
		return ok && part == names.FactorA
	})
}

// MayBeAdapter goes by the name that peft gives adapters, and most of those who rename them: for those of the index,
// which are too many to look into each.
func MayBeAdapter(name string) bool {
	base := strings.ToLower(path.Base(name))
	return path.Ext(base) == ".safetensors" && (strings.Contains(base, "adapter") || strings.Contains(base, "lora"))
}

// Add takes up the adapters of a file and says whether it has any.
func (a *Adapters) Add(name string, f catalog.File) bool {
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
			a.byRole = map[string][]choose.Adapter{}
		}
		one := choose.Adapter{A: f.Blobs[x.segment], B: f.Blobs[y.segment], DType: x.tensor.DType, Rank: x.tensor.Shape[0]}
		others := slices.DeleteFunc(a.byRole[matrix], func(o choose.Adapter) bool { return o == one })
		a.byRole[matrix] = append([]choose.Adapter{one}, others...)
		found = true
	}
	if found {
		a.files = noteFile(a.files, f, name)
	}
	return found
}
