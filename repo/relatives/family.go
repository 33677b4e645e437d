package relatives

import (
	"context"
	"io"
	"math"
	"slices"

	"dits/catalog"
	"dits/formats"
	"dits/formats/names"
	"dits/tensorstore/digest"
)

// A Family is what the tensors of one new file may be similar to.
type Family struct {
	files     []*file            // the closest first
	Relatives map[int][]Relative // by segment, the closest first
}

// tensorRelatives is how many tensors of the same role are looked at for each of a file.
const tensorRelatives = 8

// comparedAtOnce is for how many tensors of a file the sketches of others are in memory: some 20 MiB.
const comparedAtOnce = 256

// leastByLooks is how many bytes a tensor has that is worth a sketch, and a search of the store by it: a smaller one
// has little more to give than the prediction and its record take.
const leastByLooks = 256

// Family finds what the tensors of the file at path, whose bytes are src, may be similar to.
func (rs *Finder) Family(ctx context.Context, path string, f catalog.File, src io.ReaderAt) (Family, error) {
	me := newFile(path, f)
	if len(me.roles) == 0 {
		return Family{}, nil
	}
	if err := rs.load(); err != nil {
		return Family{}, err
	}
	if err := rs.book.ofFile(ctx, me, src); err != nil {
		return Family{}, err
	}
	fam := Family{Relatives: map[int][]Relative{}}
	var err error
	if fam.files, err = rs.ranked(ctx, me); err != nil {
		return Family{}, err
	}
	for segments := range slices.Chunk(me.segments(), comparedAtOnce) {
		if err := rs.relativesByRole(ctx, me, segments, fam); err != nil {
			return Family{}, err
		}
		if err := rs.relativesByLooks(ctx, me, segments, fam); err != nil {
			return Family{}, err
		}
		rs.book.forget()
	}
	fam.addExperts(me)
	fam.addScaled(me)
	return fam, nil
}

// ranked are the files with relatives, the closest first.
func (rs *Finder) ranked(ctx context.Context, me *file) ([]*file, error) {
	all, err := rs.relatives(me)
	if err != nil {
		return nil, err
	}
	pairs := make([][][2]int, len(all))
	var tensors []traced
	for i, r := range all {
		pairs[i] = me.pairs(r)
		tensors = append(tensors, r.tracedPairs(pairs[i])...)
	}
	if err := rs.book.ofStore(ctx, tensors); err != nil {
		return nil, err
	}
	for i, r := range all {
		r.distance = rs.distance(me, r, pairs[i])
	}
	slices.SortStableFunc(all, func(a, b *file) int { return closeness{distance: a.distance}.order(closeness{distance: b.distance}) })
	return all, nil
}

// distance is the mean over pairs of tensors of both; infinite when there is nothing to compare.
func (rs *Finder) distance(me, other *file, pairs [][2]int) float64 {
	var sum float64
	var n int
	for _, p := range pairs {
		if c := rs.book.between(me.file.Blobs[p[0]], other.file.Blobs[p[1]]); !math.IsInf(c.distance, 1) {
			sum, n = sum+c.distance, n+1
		}
	}
	if n == 0 {
		return math.Inf(1)
	}
	return sum / float64(n)
}

// relativesByRole are the tensors of the files with the same role, and in one file those of the
// same dtype before others. Where no sketch is at hand, a tensor is as far as its file.
func (rs *Finder) relativesByRole(ctx context.Context, me *file, segments []int, fam Family) error {
	var tensors []traced
	for _, i := range segments {
		t := me.tensor(i)
		list, of := fam.byRole(names.Role(t.Name), t)
		fam.Relatives[i] = list
		tensors = append(tensors, of...)
	}
	if err := rs.book.ofStore(ctx, tensors); err != nil {
		return err
	}
	for _, i := range segments {
		list := fam.Relatives[i]
		for k := range list {
			if c := rs.book.between(me.file.Blobs[i], list[k].Blob); c != unlike {
				list[k].Distance, list[k].Correlation = c.distance, c.correlation
			}
		}
	}
	return nil
}

// byRole lists the tensors that t shares a role with, each content once.
func (fam Family) byRole(role string, t formats.Tensor) (list []Relative, tensors []traced) {
	seen := map[digest.ID]bool{}
	for _, r := range fam.files {
		like := r.like(role, t)
		slices.SortStableFunc(like, func(i, j int) int { return castRank(r.tensor(i), t) - castRank(r.tensor(j), t) })
		for _, i := range like {
			if id := r.file.Blobs[i]; !seen[id] && len(list) < tensorRelatives {
				seen[id] = true
				list = append(list, Relative{Blob: id, File: r.file.ID, Format: r.file.Layout.Format, Tensor: r.tensor(i), Named: true, Distance: r.distance, Correlation: math.NaN()})
				tensors = append(tensors, r.traced([]int{i})...)
			}
		}
	}
	return list, tensors
}

// castRank is 0 for a tensor of the dtype of t, 1 for one to cast.
func castRank(r, t formats.Tensor) int {
	if r.DType == t.DType {
		return 0
	}
	return 1
}

// relativesByLooks adds tensors of any name to those whose role finds nothing that is like them.
func (rs *Finder) relativesByLooks(ctx context.Context, me *file, segments []int, fam Family) error {
	filled := false
	for _, i := range segments {
		t, id := me.tensor(i), me.file.Blobs[i]
		if s := rs.book.known[id]; t.Len >= leastByLooks && len(s.values) > 0 && !slices.ContainsFunc(fam.Relatives[i], func(o Relative) bool { return o.serves(t) }) {
			if !filled {
				if err := rs.book.fill(ctx); err != nil {
					return err
				}
				filled = true
			}
			list, err := rs.alike(id, s)
			if err != nil {
				return err
			}
			fam.Relatives[i] = append(fam.Relatives[i], list...)
		}
		slices.SortStableFunc(fam.Relatives[i], func(a, b Relative) int { return closeness{distance: a.Distance}.order(closeness{distance: b.Distance}) })
	}
	return nil
}

// isAtHand says that one of the files at hand has a blob.
func (rs *Finder) isAtHand(blob digest.ID) bool {
	return slices.ContainsFunc(rs.atHand, func(r *file) bool { return slices.Contains(r.file.Blobs, blob) })
}

// alike are the tensors of the store that s, the sketch of a blob, is like.
func (rs *Finder) alike(of digest.ID, s *sketch) ([]Relative, error) {
	like, err := rs.book.nearest(s)
	if err != nil {
		return nil, err
	}
	ids := make([]digest.ID, len(like))
	for i, f := range like {
		ids[i] = f.blob
	}
	holders, err := rs.folder.Catalog.Holders(ids)
	if err != nil {
		return nil, err
	}
	var out []Relative
	for _, f := range like {
		if rs.only && !rs.isAtHand(f.blob) {
			continue
		}
		if h, ok := holders[f.blob]; ok && f.blob != of && len(out) < tensorRelatives {
			out = append(out, Relative{Blob: f.blob, File: h.File, Format: h.Format, Tensor: h.Tensor, Distance: f.distance, Correlation: f.correlation})
		}
	}
	return out, nil
}
