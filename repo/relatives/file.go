package relatives

import (
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/formats/names"
	"dits/tensorstore/digest"
)

// A file is a file that has tensors of the same role as a new one.
type file struct {
	path     string // in HEAD or the index; "" for one from elsewhere in the store
	file     catalog.File
	roles    map[string][]int // segments by role
	distance float64          // to the new file, as far as sampled
}

func newFile(path string, f catalog.File) *file {
	r := &file{path: path, file: f, roles: map[string][]int{}}
	for i, s := range f.Layout.Segments {
		if s.Kind == formats.Data {
			role := names.Role(f.Layout.Tensors[s.Tensor].Name)
			r.roles[role] = append(r.roles[role], i)
		}
	}
	return r
}

func (r *file) tensor(segment int) formats.Tensor {
	return r.file.Layout.Tensors[r.file.Layout.Segments[segment].Tensor]
}

// segments are the places of all tensors, by role.
func (r *file) segments() []int {
	var all []int
	for _, list := range r.roles {
		all = append(all, list...)
	}
	slices.Sort(all)
	return all
}

// traced are the tensors in some segments, to make sketches of.
func (r *file) traced(segments []int) []traced {
	out := make([]traced, len(segments))
	for i, s := range segments {
		t := r.tensor(s)
		out[i] = traced{r.file.Blobs[s], t.DType, t.Shape}
	}
	return out
}

// tracedPairs are the tensors of r in pairs with those of a new file.
func (r *file) tracedPairs(pairs [][2]int) []traced {
	segments := make([]int, len(pairs))
	for k, p := range pairs {
		segments[k] = p[1]
	}
	return r.traced(segments)
}

// like lists the segments of r with a role and the shape of t; if there is none, those
// that have more or fewer of the same rows.
func (r *file) like(role string, t formats.Tensor) []int {
	var same, rows []int
	for _, i := range r.roles[role] {
		shape := r.tensor(i).Shape
		switch {
		case slices.Equal(shape, t.Shape):
			same = append(same, i)
		case len(shape) == len(t.Shape) && len(shape) > 1 && slices.Equal(shape[1:], t.Shape[1:]):
			rows = append(rows, i)
		}
	}
	if len(same) > 0 {
		return same
	}
	return rows
}

// someNames are names by which files with the tensors of me are found: of a few of them, in
// whatever naming. A shard of some file has a few tensors in a row, so they are spread evenly.
func (me *file) someNames() []string {
	const few = 64
	var out []string
	step := max((len(me.file.Layout.Tensors)+few-1)/few, 1)
	for i := 0; i < len(me.file.Layout.Tensors); i += step {
		out = append(out, names.Aliases(me.file.Layout.Tensors[i].Name)...)
	}
	return out
}

// pairs are segments of me and of other with the same role and shape, spread over the
// larger tensors.
func (me *file) pairs(other *file) [][2]int {
	var all [][2]int
	for role, segments := range me.roles {
		for _, i := range segments {
			t := me.tensor(i)
			if like := other.like(role, t); len(like) > 0 && slices.Equal(other.tensor(like[0]).Shape, t.Shape) {
				all = append(all, [2]int{i, like[0]})
			}
		}
	}
	slices.SortFunc(all, func(a, b [2]int) int {
		if x, y := formats.Elements(me.tensor(a[0]).Shape), formats.Elements(me.tensor(b[0]).Shape); x != y {
			return int(min(max(y-x, -1), 1))
		}
		return a[0] - b[0]
	})
	all = all[:(len(all)+1)/2]
	n := min(sampledTensors, len(all))
	some := make([][2]int, n)
	for k := range some {
		some[k] = all[k*len(all)/n]
	}
	return some
}

// sampledTensors is how many tensors of a file are looked at to tell how far another one is.
const sampledTensors = 8

// A quota says which of many files are worth a look: those that have a tensor of which few
// others were found so far. A model in thirty shards takes as much of it as one in a single file.
type quota struct {
	me    *file
	taken map[string]int // by role
}

func newQuota(me *file) quota { return quota{me, map[string]int{}} }

// take says that r adds something, and counts it.
func (q quota) take(r *file) bool {
	adds := false
	for role, segments := range q.me.roles {
		if q.taken[role] >= maxRelativesWeighed {
			continue
		}
		if slices.ContainsFunc(segments, func(i int) bool { return len(r.like(role, q.me.tensor(i))) > 0 }) {
			q.taken[role]++
			adds = true
		}
	}
	return adds
}

// isFull says that no file can add anything.
func (q quota) isFull() bool {
	for role := range q.me.roles {
		if q.taken[role] < maxRelativesWeighed {
			return false
		}
	}
	return true
}

// A traced tensor is what a sketch can be made of.
type traced struct {
	blob  digest.ID
	dtype formats.DType
	shape []int64
}
