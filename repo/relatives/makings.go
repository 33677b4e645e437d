package relatives

import (
	"cmp"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/formats/names"
	"dits/formats/number"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/upkeep"
)

// makings are what tensors may have been made of that do not have their role and shape: the experts of a layer,
// stacked in one file and one by one in another, and the matrices that scales belong to.
type makings struct {
	stacks  map[roleKey][]choose.Relative // experts one by one, by what their stack would be
	stacked map[string][]upkeep.Tensor    // stacks by role
	scales  map[digest.ID]scalesOf
}

// scalesOf says which matrix a tensor has the scales of.
type scalesOf struct {
	matrix  roleKey
	columns int64
}

// add notes what a file has of either.
func (m *makings) add(f catalog.File) {
	if m.stacks == nil {
		*m = makings{map[roleKey][]choose.Relative{}, map[string][]upkeep.Tensor{}, map[digest.ID]scalesOf{}}
	}
	me := newFile("", f)
	byName := map[string]formats.Tensor{}
	for _, i := range me.segments() {
		byName[me.tensor(i).Name] = me.tensor(i)
	}
	done := map[string]bool{}
	for _, i := range me.segments() {
		t := me.tensor(i)
		role := names.Role(t.Name)
		if stack, _, ok := names.Expert(role); ok && !done[stack] {
			done[stack] = true
			m.addStack(me, stack, t)
		} else if len(t.Shape) == 3 {
			m.stacked[role] = append(m.stacked[role], upkeep.Tensor{Blob: f.Blobs[i], Known: choose.Known{DType: t.DType, Shape: t.Shape}})
		}
		if name, ok := names.ScaledBy(t.Name); ok {
			if of, ok := byName[name]; ok && len(of.Shape) == 2 {
				m.scales[f.Blobs[i]] = scalesOf{roleKey{names.Role(name), shapeKey(of.Shape)}, of.Shape[1]}
			}
		}
	}
}

// addStack notes the experts of a layer that a file has one by one, t one of them, if none is missing.
func (m *makings) addStack(me *file, stack string, t formats.Tensor) {
	count := int64(0)
	for role := range me.roles {
		if of, index, ok := names.Expert(role); ok && of == stack {
			count = max(count, int64(index)+1)
		}
	}
	shape := append([]int64{count}, t.Shape...)
	all := me.experts(stack, shape)
	if len(all) < 2 {
		return
	}
	r := choose.Relative{Blob: me.file.Blobs[all[0]], DType: me.tensor(all[0]).DType}
	for _, i := range all[1:] {
		r.Stack = append(r.Stack, me.file.Blobs[i])
	}
	key := roleKey{stack, shapeKey(shape)}
	m.stacks[key] = append(m.stacks[key], r)
}

// Of lists what a tensor of a role may have been made of; byRole are all tensors.
func (m *makings) of(blob digest.ID, role roleKey, k choose.Known, byRole map[roleKey][]upkeep.Tensor) []choose.Relative {
	out := slices.Clone(m.stacks[role])
	if stack, index, ok := names.Expert(role.name); ok {
		for _, s := range m.stacked[stack] {
			if int64(index) < s.Known.Shape[0] && slices.Equal(s.Known.Shape[1:], k.Shape) {
				out = append(out, choose.Relative{Blob: s.Blob, DType: s.Known.DType, Part: true, Skip: int64(index) * formats.Elements(k.Shape)})
			}
		}
	}
	if s, ok := m.scales[blob]; ok {
		for _, t := range byRole[s.matrix] {
			if number.IsWide(t.Known.DType) {
				out = append(out, choose.Relative{Blob: t.Blob, DType: t.Known.DType, Columns: s.columns})
			}
		}
	}
	out = slices.DeleteFunc(out, func(r choose.Relative) bool {
		return r.Blob == blob || r.Columns == 0 && !canMake(r.DType, k.DType)
	})
	// Floats first, in an order that does not depend on what came first.
	slices.SortFunc(out, func(a, b choose.Relative) int {
		return cmp.Or(cmp.Compare(boolRank(number.IsWide(a.DType)), boolRank(number.IsWide(b.DType))), slices.Compare(a.Blob[:], b.Blob[:]))
	})
	return out[:min(len(out), tensorRelatives)]
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}
