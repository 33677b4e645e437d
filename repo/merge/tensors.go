package merge

import (
	"bytes"
	"fmt"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A tensorMerge is a file put together from the tensors of two others. It has the layout of one of
// them, and its name until it is stored: only the bytes of tensors differ.
type tensorMerge struct {
	at    int // in the list of files
	host  catalog.File
	sides []catalog.File // what it is made of
	means []mean         // tensors that have to be computed
}

// A mean is a segment of a file that becomes the mean of two tensors.
type mean struct {
	tensor       formats.Tensor
	segment      int
	ours, theirs digest.ID
}

// A tensorFile is a file seen as tensors with names.
type tensorFile struct {
	catalog.File
	byName map[string]namedTensor
}

// A namedTensor is where a tensor is, and its bytes.
type namedTensor struct {
	formats.Tensor
	segment int // -1: it has no bytes
	blob    digest.ID
}

// sameKind says that two tensors differ in nothing but their bytes.
func (a namedTensor) sameKind(b namedTensor) bool {
	return a.DType == b.DType && slices.Equal(a.Shape, b.Shape)
}

func (a namedTensor) equal(b namedTensor) bool { return a.sameKind(b) && a.blob == b.blob }

// openTensors reads which tensors a file has; of no file, none.
func openTensors(r *object.Database, f object.TreeFile) (*tensorFile, error) {
	t := &tensorFile{byName: map[string]namedTensor{}}
	if f.Path == "" || f.Mode == object.ModeLink {
		return t, nil
	}
	var err error
	if t.File, err = r.ReadFile(f.ID); err != nil {
		return nil, err
	}
	segments, blobs := t.Layout.DataSegments(), t.TensorBlobs()
	for i, x := range t.Layout.Tensors {
		t.byName[x.Name] = namedTensor{x, segments[i], blobs[i]}
	}
	return t, nil
}

// frame is what a file has besides the bytes of its tensors: its header, padding and opaque parts, and
// which tensor is where. Files with the same frame differ in tensors only.
func (t *tensorFile) frame() string {
	var b bytes.Buffer
	for i, s := range t.Layout.Segments {
		if s.Kind == formats.Data {
			fmt.Fprintf(&b, "%d %d\n", s.Tensor, s.Len)
		} else {
			fmt.Fprintf(&b, "%s\n", t.Blobs[i])
		}
	}
	return b.String()
}

// sameSet says that two files have tensors of the same names, dtypes and shapes.
func (t *tensorFile) sameSet(o *tensorFile) bool {
	if len(t.byName) != len(o.byName) {
		return false
	}
	for name, x := range t.byName {
		if y, ok := o.byName[name]; !ok || !x.sameKind(y) {
			return false
		}
	}
	return true
}

// An outcome is what became of merging a file by its tensors.
type outcome int

const (
	notByTensors   outcome = iota // nothing that tensors could decide
	conflictsNamed                // it cannot be put together, and why is among the conflicts
	putTogether
)

// tensors merges the tensors of a file that both sides changed. Where it cannot be put together it notes
// why, unless the strategy takes one side as a whole.
func (m *Merge) tensors(t triple, mode uint32) (f object.TreeFile, merge *tensorMerge, how outcome, err error) {
	x := &threeWay{m: m, path: t.path}
	for _, side := range []struct {
		to   **tensorFile
		from object.TreeFile
	}{{&x.base, t.base}, {&x.ours, t.ours}, {&x.theirs, t.theirs}} {
		if *side.to, err = openTensors(m.db, side.from); err != nil {
			return f, nil, notByTensors, err
		}
	}
	if len(x.ours.byName) == 0 || len(x.theirs.byName) == 0 || x.ours.Layout.Format != x.theirs.Layout.Format {
		return f, nil, notByTensors, nil
	}
	if how = x.merge(); how != putTogether {
		return f, nil, how, nil
	}
	if x.isAs(x.ours) {
		return m.remoded(t, t.ours, mode), nil, putTogether, nil
	}
	m.Changed = append(m.Changed, x.done)
	return object.TreeFile{Path: x.path, Mode: mode, Size: x.out.host.Layout.Size}, x.out, putTogether, nil
}

// A threeWay is the merge of one file by its tensors.
type threeWay struct {
	m                  *Merge
	path               string
	base, ours, theirs *tensorFile
	out                *tensorMerge
	done               MergedFile
	apart              []Conflict // that keep the file from being put together at all
}

// merge puts the file together, if that can be: else one side as a whole is what a strategy can take.
func (x *threeWay) merge() outcome {
	host := x.host()
	x.out = &tensorMerge{host: host.File}
	for _, side := range []*tensorFile{x.ours, x.theirs, x.base} {
		if !side.ID.IsZero() {
			x.out.sides = append(x.out.sides, side.File)
		}
	}
	x.out.host.Blobs = slices.Clone(host.Blobs)
	x.done = MergedFile{Path: x.path, How: "merged"}
	for _, t := range host.Layout.Tensors {
		x.tensor(t.Name)
	}
	x.missing(host)
	if len(x.apart) == 0 {
		return putTogether
	}
	if s := x.m.strategy; s == None || s == Average {
		x.m.Conflicts = append(x.m.Conflicts, x.apart...)
		return conflictsNamed
	}
	return notByTensors
}

// isAs says that the result is one of the sides.
func (x *threeWay) isAs(side *tensorFile) bool {
	return x.out.host.ID == side.ID && slices.Equal(x.out.host.Blobs, side.Blobs) && len(x.out.means) == 0
}

// host is the file whose layout the result has: the one that changed its header or its set of tensors,
// ours where none did.
func (x *threeWay) host() *tensorFile {
	base, ours, theirs := x.base.frame(), x.ours.frame(), x.theirs.frame()
	switch {
	case ours == theirs || theirs == base:
		return x.ours
	case ours == base:
		return x.theirs
	case x.ours.sameSet(x.theirs):
		x.contest("", "metadata or order of tensors changed on both sides")
		if x.m.strategy == Theirs {
			return x.theirs
		}
		return x.ours
	case x.theirs.sameSet(x.base):
		x.contest("", "metadata or order of tensors changed on both sides")
		return x.ours
	case x.ours.sameSet(x.base):
		x.contest("", "metadata or order of tensors changed on both sides")
		return x.theirs
	}
	x.part("", "tensors were added, removed or given another dtype or shape on both sides")
	return x.ours
}

// contest notes a conflict that any strategy decides.
func (x *threeWay) contest(tensor, reason string) {
	if x.m.strategy == None {
		x.m.conflict(x.path, tensor, reason)
	}
}

// part notes a conflict that keeps the file from being put together.
func (x *threeWay) part(tensor, reason string) {
	x.apart = append(x.apart, Conflict{x.path, tensor, reason})
}

// tensor decides about a tensor of the host.
func (x *threeWay) tensor(name string) {
	b, inBase := x.base.byName[name]
	o, inOurs := x.ours.byName[name]
	t, inTheirs := x.theirs.byName[name]
	switch {
	case inOurs && inTheirs && o.equal(t):
	case inOurs && inTheirs && inBase && b.equal(t):
		x.put(name, o)
	case inOurs && inTheirs && inBase && b.equal(o):
		x.put(name, t)
		x.done.Theirs++
	case inOurs && inTheirs:
		x.both(name, o, t, inBase)
	case inBase && inOurs && !b.equal(o), inBase && inTheirs && !b.equal(t):
		x.part(name, "changed on one side, removed on the other")
	case inTheirs:
		x.done.Theirs++
	}
}

// put makes the bytes of a tensor of the result those of one side.
func (x *threeWay) put(name string, from namedTensor) {
	at := x.in(name)
	if !at.sameKind(from) {
		x.part(name, fmt.Sprintf("%s%v on one side, %s%v on the other", at.DType, at.Shape, from.DType, from.Shape))
	} else if at.segment >= 0 {
		x.out.host.Blobs[at.segment] = from.blob
	}
}

// in is the tensor of that name as the host has it.
func (x *threeWay) in(name string) namedTensor {
	if x.out.host.ID == x.theirs.ID {
		return x.theirs.byName[name]
	}
	return x.ours.byName[name]
}

// both is for a tensor that both sides changed.
func (x *threeWay) both(name string, o, t namedTensor, inBase bool) {
	reason := "changed on both sides"
	if !inBase {
		reason = "added on both sides"
	}
	switch x.m.strategy {
	case Ours:
		x.put(name, o)
	case Theirs:
		x.put(name, t)
		x.done.Theirs++
	case Average:
		if !o.sameKind(t) || !hasMean(o.DType) {
			x.m.conflict(x.path, name, fmt.Sprintf("%s; %s%v and %s%v have no mean", reason, o.DType, o.Shape, t.DType, t.Shape))
			return
		}
		x.done.Averaged++
		x.out.means = append(x.out.means, mean{o.Tensor, x.in(name).segment, o.blob, t.blob})
	default:
		x.m.conflict(x.path, name, reason)
	}
}

// missing finds tensors that the host does not have and that the other side changed or added.
func (x *threeWay) missing(host *tensorFile) {
	other := x.theirs
	if host == x.theirs {
		other = x.ours
	}
	for _, t := range other.Layout.Tensors {
		b, inBase := x.base.byName[t.Name]
		if _, ok := host.byName[t.Name]; !ok && !(inBase && b.equal(other.byName[t.Name])) {
			x.part(t.Name, "changed on one side, removed on the other")
		}
	}
}
