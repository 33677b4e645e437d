package explore

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"dits/catalog"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Savings answers "savings": what the files of a history are, and what they take, from commit to commit.
type Savings struct {
	Points []SavedPoint `json:"points"` // the oldest first; of a long history not each commit, but the last one
	Files  []FreedFile  `json:"files"`  // each content once, the one that would free the most first
	Left   FreedRest    `json:"left"`   // those that are left out, since there are too many
	Packs  int64        `json:"packs"`  // size of the packs on disk, of all that is in the store
}

// A SavedPoint is what the files of a commit and of those before it are, taken together.
type SavedPoint struct {
	Commit  digest.ID `json:"commit"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
	Refs    []string  `json:"refs"`
	Files   int       `json:"files"`   // contents at paths, each once
	Logical int64     `json:"logical"` // bytes of those
	Kept
}

// Kept is payload in packs, by how it is kept.
type Kept struct {
	Own        int64 `json:"own"`        // stored for itself
	Difference int64 `json:"difference"` //
	Recomputed int64 `json:"recomputed"` // what had to be stored of it
	Lists      int64 `json:"lists"`      // what says how files are put together
}

// A FreedFile is a content, and what would go with it.
type FreedFile struct {
	Path    string    `json:"path"`
	Rev     string    `json:"rev"`  // a revision that has it there: the latest commit
	Refs    []string  `json:"refs"` // branches and tags that have it there
	File    digest.ID `json:"file"`
	Logical int64     `json:"logical"`
	Stored  int64     `json:"stored"` // payload that it is put together from, shared with others or not
	Freed   int64     `json:"freed"`  // payload that nothing else needs
}

// A FreedRest sums up files.
type FreedRest struct {
	Files   int   `json:"files"`
	Logical int64 `json:"logical"`
	Freed   int64 `json:"freed"`
}

const (
	mostPoints = 2000 // of the picture
	mostFreed  = 1000 // of the table
)

// savings answers "savings": of all commits that ?rev= of ?model= leads to, without it any branch or tag.
func (e *Explorer) savings(ctx context.Context, about url.Values) (any, error) {
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	w := &walked{model: m, latest: map[digest.ID]FreedFile{}}
	if w.tips, err = m.tips(); err != nil {
		return nil, err
	}
	if err := w.walk(ctx, e.revsOf(about)); err != nil {
		return nil, err
	}
	if err := w.count(); err != nil {
		return nil, err
	}
	s := &Savings{Points: thinned(w.points)}
	if s.Packs, err = m.Repo.PackBytes(); err != nil {
		return nil, err
	}
	files, err := w.freed(ctx)
	s.Files = files[:min(len(files), mostFreed)]
	for _, f := range files[len(s.Files):] {
		s.Left.Files++
		s.Left.Logical += f.Logical
		s.Left.Freed += f.Freed
	}
	return s, err
}

// A walked history is all commits with the contents that each brought.
type walked struct {
	model    *Model
	tips     tips
	points   []SavedPoint
	contents []digest.ID             // in the order in which they came, each once
	came     []int                   // the point that brought each
	latest   map[digest.ID]FreedFile // where each was last
}

// walk reads the commits that revisions lead to, none for all, the oldest first. What is at a path counts once.
func (w *walked) walk(ctx context.Context, revs []string) error {
	commits, err := w.model.log(w.tips, revs)
	if err != nil {
		return err
	}
	slices.Reverse(commits)
	w.points = make([]SavedPoint, 0, len(commits))
	seen := map[place]bool{}
	sum := SavedPoint{}
	for i, c := range commits {
		if err := ctx.Err(); err != nil {
			return err
		}
		files, err := w.model.Repo.TreeFiles(c.Tree)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.Mode == object.ModeLink {
				continue
			}
			if _, known := w.latest[f.ID]; !known {
				w.contents, w.came = append(w.contents, f.ID), append(w.came, i)
			}
			w.latest[f.ID] = FreedFile{Path: f.Path, Rev: c.ID.String(), File: f.ID, Refs: []string{}}
			if p := (place{f.Path, f.ID}); !seen[p] {
				seen[p] = true
				sum.Files++
				sum.Logical += f.Size
			}
		}
		w.points = append(w.points, SavedPoint{Commit: c.ID, Time: c.Time.UTC(), Subject: object.Subject(c.Message),
			Refs: w.tips.of(c.ID), Files: sum.Files, Logical: sum.Logical})
	}
	return nil
}

// count adds up what the contents of each point add to those before.
func (w *walked) count() error {
	added, err := w.model.Repo.Catalog.Added(w.contents)
	if err != nil {
		return err
	}
	at := make([]Kept, len(w.points))
	reader := lineage.NewStorageReader(w.model.Repo.History)
	for len(added) > 0 {
		n := alike(added)
		if err := at[w.came[added[0].At]].add(reader, added[:n]); err != nil {
			return err
		}
		added = added[n:]
	}
	var sum Kept
	for i := range w.points {
		sum = sum.plus(at[i])
		w.points[i].Kept = sum
	}
	return nil
}

// alike is how many of the first of a file's parts have one prediction.
func alike(added []catalog.Added) (n int) {
	for n < len(added) && added[n].At == added[0].At && added[n].Chunks == added[0].Chunks &&
		added[n].Prediction == added[0].Prediction {
		n++
	}
	return n
}

// add adds parts of one file that have one prediction.
func (k *Kept) add(reader *lineage.StorageReader, parts []catalog.Added) error {
	var raw, stored int64
	for _, a := range parts {
		raw += a.RawLen
		stored += a.Len
	}
	if !parts[0].Chunks {
		k.Lists += stored
		return nil
	}
	p, err := reader.Prediction(parts[0].Prediction)
	if err != nil {
		return err
	}
	switch {
	case p.Derived && lineage.Tells(p.Recipe, stored, raw):
		k.Recomputed += stored
	case p.Derived:
		k.Difference += stored
	default:
		for _, a := range parts {
			if name, err := lineage.EncodingName(a.Encoding); err != nil {
				return err
			} else if name == "delta" {
				k.Difference += a.Len
			} else {
				k.Own += a.Len
			}
		}
	}
	return nil
}

func (k Kept) plus(o Kept) Kept {
	return Kept{k.Own + o.Own, k.Difference + o.Difference, k.Recomputed + o.Recomputed, k.Lists + o.Lists}
}

// thinned leaves out points of a long history, but not the last one, nor those that a branch or tag leads to.
func thinned(points []SavedPoint) []SavedPoint {
	step := (len(points) + mostPoints - 1) / mostPoints
	if step <= 1 {
		return points
	}
	var out []SavedPoint
	for i, p := range points {
		if i%step == 0 || i == len(points)-1 || len(p.Refs) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// freed is what each content would free, the most first.
func (w *walked) freed(ctx context.Context) ([]FreedFile, error) {
	holders, err := w.tips.holders(w.model.Repo)
	if err != nil {
		return nil, err
	}
	files := []FreedFile{}
	query := "SELECT file, size, stored_bytes, freed_bytes FROM space"
	err = w.model.Repo.SQL(ctx, query, func(_ []string, v []any) error {
		id, err := digest.Parse(fmt.Sprint(v[0]))
		f, known := w.latest[id]
		if err != nil || !known {
			return err
		}
		f.Logical, f.Stored, f.Freed = v[1].(int64), v[2].(int64), v[3].(int64)
		if refs := holders[place{f.Path, id}]; refs != nil {
			f.Refs = refs
		}
		files = append(files, f)
		return nil
	})
	slices.SortFunc(files, func(a, b FreedFile) int {
		return cmp.Or(cmp.Compare(b.Freed, a.Freed), cmp.Compare(b.Logical, a.Logical), cmp.Compare(a.Path, b.Path),
			slices.Compare(a.File[:], b.File[:]))
	})
	return files, err
}
