package repo

import (
	"errors"
	"fmt"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// TagOptions of [Repo.CreateTag].
type TagOptions struct {
	Message string    // makes an annotated tag; "" a mere name
	Force   bool      // move an existing tag
	Time    time.Time // zero is now
}

// Tags returns all tags that can be read, by name. The ID of an annotated one is that of its object;
// [Repo.Peel] gives the commit.
func (r *Repo) Tags() ([]refs.Ref, error) { return r.GoodRefs(object.TagPrefix) }

// CreateTag gives a name to the commit that rev names ("" is HEAD), and returns
// the commit.
func (r *Repo) CreateTag(name, rev string, o TagOptions) (digest.ID, error) {
	l, err := r.Lock()
	if err != nil {
		return digest.ID{}, err
	}
	defer l.Unlock()
	ref, err := refs.TagRef(name)
	if err != nil {
		return digest.ID{}, err
	}
	if rev == "" {
		rev = object.HeadName
	}
	commit, err := r.Resolve(rev)
	if err != nil {
		return digest.ID{}, err
	}
	if o.Force {
		if err := r.DropBroken(ref); err != nil {
			return digest.ID{}, err
		}
	}
	old, err := r.ReadRef(ref)
	if err != nil {
		return digest.ID{}, err
	}
	if !old.IsZero() && !o.Force {
		return digest.ID{}, fmt.Errorf("tag %s: %w", name, refs.ErrExists)
	}
	return commit, r.nameCommit(commit, func() error {
		id := commit
		if o.Message != "" {
			if id, err = r.storeTag(name, commit, o); err != nil {
				return err
			}
		}
		return r.UpdateRef(ref, old, id, "tag: "+name)
	})
}

// storeTag puts an annotated tag into a sealed pack.
func (r *Repo) storeTag(name string, commit digest.ID, o TagOptions) (digest.ID, error) {
	message, err := cleanMessage(o.Message)
	if err != nil {
		return digest.ID{}, err
	}
	if o.Time.IsZero() {
		o.Time = time.Now()
	}
	b := object.EncodeTag(object.TagObject{Commit: commit, Name: name, Author: r.Author().String(), Time: wholeMinutes(o.Time), Message: message})
	id := digest.Sum(b)
	w := r.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	if err := w.PutObject(pack.Tag, id, b); err != nil {
		return id, err
	}
	return id, w.Flush()
}

// DeleteTag removes a tag and returns what it named.
func (r *Repo) DeleteTag(name string) (digest.ID, error) {
	l, err := r.Lock()
	if err != nil {
		return digest.ID{}, err
	}
	defer l.Unlock()
	ref, err := refs.TagRef(name)
	if err != nil {
		return digest.ID{}, err
	}
	id, err := r.ReadRef(ref)
	if errors.As(err, new(*refs.BrokenError)) {
		return id, r.RemoveBroken(ref)
	}
	if err != nil {
		return id, err
	}
	if id.IsZero() {
		return id, r.NoRef(object.TagPrefix, name)
	}
	return id, r.UpdateRef(ref, id, digest.ID{}, "")
}
