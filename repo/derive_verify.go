package repo

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A DeriveCheck is what came of computing derived tensors again. Its JSON form is a contract.
type DeriveCheck struct {
	Files    int             `json:"files"`   // with derived tensors
	Tensors  int             `json:"tensors"` // distinct ones that were computed
	Bytes    int64           `json:"derived_bytes"`
	Problems []DeriveProblem `json:"problems"` // in the order of files and tensors
}

// A DeriveProblem is a tensor that did not come out as it was.
type DeriveProblem struct {
	Path   string `json:"path"`
	Tensor string `json:"tensor"`
	Error  string `json:"error"`
}

// VerifyDerived computes every derived tensor of the commit that rev names, or of the file at path in it, from its recipe and
// compares digests. What differs is a problem, no error.
func (r *Repo) VerifyDerived(ctx context.Context, rev, path string, p object.Progress) (*DeriveCheck, error) {
	files, err := r.derivedTensors(ctx, rev, path)
	if err != nil {
		return nil, err
	}
	v := &verifying{repo: r, progress: object.OrQuiet(p), check: &DeriveCheck{Problems: []DeriveProblem{}}, wrong: map[digest.ID]error{}}
	var total int64
	for _, f := range files {
		for i, one := range f.Derived {
			if _, twice := v.wrong[f.Blobs[i]]; !twice {
				v.wrong[f.Blobs[i]] = nil
				total += one.Logical
			}
		}
	}
	v.check.Files, v.check.Tensors, v.check.Bytes = len(files), len(v.wrong), total
	v.progress.Start("replaying", total)
	defer v.progress.Done()
	if err := v.run(ctx, files); err != nil {
		return nil, err
	}
	return v.check, nil
}

// derivedTensors are the files with derived tensors, and each of those.
func (r *Repo) derivedTensors(ctx context.Context, rev, path string) (out []lineage.DerivedFile, err error) {
	files, err := lineage.Derivable(r.History, rev, path)
	if err != nil {
		return nil, err
	}
	commit, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	k := &lineage.Namer{Files: r.FileHistory(), Storage: lineage.NewStorageReader(r.History)}
	for _, tf := range files {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		d := lineage.DeriveListing{Namer: k, Place: lineage.Place{Path: tf.Path, File: tf.ID, Commit: commit}, Anonymous: true}
		f, err := d.List()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tf.Path, err)
		}
		if len(f.Derived) > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}

// A verifying is one call of VerifyDerived.
type verifying struct {
	repo     *Repo
	progress object.Progress
	check    *DeriveCheck
	mu       sync.Mutex
	wrong    map[digest.ID]error // by blob; nil: it came out right
}

// run computes each blob once, several at a time, and lists what is wrong.
func (v *verifying) run(ctx context.Context, files []lineage.DerivedFile) error {
	todo := make([]digest.ID, 0, len(v.wrong))
	for id := range v.wrong {
		todo = append(todo, id)
	}
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, id := range todo {
		if inner.Err() != nil {
			break
		}
		g.Go(func() error {
			err := v.blob(id)
			v.mu.Lock()
			defer v.mu.Unlock()
			v.wrong[id] = err
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, f := range files {
		for i, one := range f.Derived {
			if err := v.wrong[f.Blobs[i]]; err != nil {
				v.check.Problems = append(v.check.Problems, DeriveProblem{f.Path, one.Name, err.Error()})
			}
		}
	}
	return nil
}

// blob computes one tensor and compares its digest.
func (v *verifying) blob(id digest.ID) error {
	b, err := v.repo.Store.Blob(id)
	if err != nil {
		return err
	}
	whole := digest.NewHasher()
	n, err := b.WriteTo(whole)
	v.progress.Add(n)
	if err != nil {
		return err
	}
	if got := whole.ID(); got != id {
		return fmt.Errorf("content has digest %s, want %s: %w", got.Short(), id.Short(), object.ErrCorrupt)
	}
	return nil
}
