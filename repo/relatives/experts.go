package relatives

import (
	"slices"

	"dits/formats"
	"dits/formats/names"
)

// addExperts adds relatives of the experts of a layer, which Hugging Face has one by one and llama.cpp stacked
// in one tensor.
func (fam Family) addExperts(me *file) {
	for _, i := range me.segments() {
		t := me.tensor(i)
		role := names.Role(t.Name)
		if stack, index, ok := names.Expert(role); ok {
			fam.Relatives[i] = append(fam.Relatives[i], fam.slices(stack, index, t.Shape)...)
		} else if len(t.Shape) == 3 {
			fam.Relatives[i] = append(fam.Relatives[i], fam.stacks(role, t.Shape)...)
		}
	}
}

// slices are the tensors that have the expert of that index, of a shape, among others.
func (fam Family) slices(stack string, index int, shape []int64) (out []Relative) {
	for _, r := range fam.files {
		for _, i := range r.roles[stack] {
			t := r.tensor(i)
			if len(t.Shape) != 3 || int64(index) >= t.Shape[0] || !slices.Equal(t.Shape[1:], shape) || len(out) == tensorRelatives {
				continue
			}
			out = append(out, Relative{Blob: r.file.Blobs[i], File: r.file.ID, Format: r.file.Layout.Format, Tensor: t, Named: true,
				Part: true, Skip: int64(index) * formats.Elements(shape), Distance: r.distance})
		}
	}
	return out
}

// stacks are the experts of each file, all of a layer, in the order of their numbers; shape is that of
// the tensor with all of them.
func (fam Family) stacks(stack string, shape []int64) (out []Relative) {
	for _, r := range fam.files {
		experts := r.experts(stack, shape)
		if experts == nil || len(out) == tensorRelatives {
			continue
		}
		s := Relative{Blob: r.file.Blobs[experts[0]], File: r.file.ID, Format: r.file.Layout.Format, Tensor: r.tensor(experts[0]), Named: true, Distance: r.distance}
		for _, i := range experts[1:] {
			s.Stack = append(s.Stack, r.file.Blobs[i])
		}
		out = append(out, s)
	}
	return out
}

// experts are the segments of the experts that a stack of a shape has, nil if one is missing.
func (r *file) experts(stack string, shape []int64) []int {
	if shape[0] < 1 || shape[0] > maxExperts {
		return nil
	}
	out := make([]int, shape[0])
	seen := map[int]bool{}
	for role, segments := range r.roles {
		of, index, ok := names.Expert(role)
		if !ok || of != stack || int64(index) >= shape[0] || !slices.Equal(r.tensor(segments[0]).Shape, shape[1:]) {
			continue
		}
		out[index], seen[index] = segments[0], true
	}
	if len(seen) < len(out) {
		return nil
	}
	first := r.tensor(out[0]).DType
	if slices.ContainsFunc(out, func(i int) bool { return r.tensor(i).DType != first }) {
		return nil
	}
	return out
}

// maxExperts bounds those of a layer: what a prediction can stack.
const maxExperts = 1024
