package repo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// ForgetOptions of [Repo.Forget].
type ForgetOptions struct {
	Revs  []string // commits that were never made: those after them follow on those before
	Paths []string // files and folders that no commit has had, relative to the root
	Yes   bool     // do it; else say what would change
}

// Forgotten is what forgetting has changed, or would change. Its JSON form is a contract.
type Forgotten struct {
	Rewritten int        `json:"rewritten"` // commits that are others now
	Dropped   int        `json:"dropped"`   // commits that are gone: those named, and those that changed nothing else
	Refs      []MovedRef `json:"refs"`
	Staged    int        `json:"staged"`         // entries that went from the index
	Entries   int        `json:"reflog_entries"` // that went
	Done      bool       `json:"done"`
}

// A MovedRef is a ref that names another commit now.
type MovedRef struct {
	Ref  string    `json:"ref"`
	From digest.ID `json:"from"`
	To   digest.ID `json:"to"` // "": it is removed, being a tag of a commit that goes
}

// Forget rewrites the history of this repository as if some paths or commits had never been: all refs, HEAD and the
// index, and no reflog leads to what was. The working folder stays as it is. Content goes with the next gc. Stopped
// half way, some refs have moved; the same call goes on from there.
func (r *Repo) Forget(o ForgetOptions) (*Forgotten, error) {
	return change(r, func(h refs.Head, x *work.Index) (*Forgotten, error) {
		f := &forgetting{rewriting: newRewriting(r, o.Paths), head: h, index: x, tags: map[string][]byte{},
			done: &Forgotten{Refs: []MovedRef{}, Done: o.Yes}}
		if err := f.plan(o); err != nil || !o.Yes {
			return f.done, err
		}
		return f.done, f.apply()
	})
}

// A forgetting is one call of Forget.
type forgetting struct {
	*rewriting
	head   refs.Head
	index  *work.Index
	needed int               // objects that refs will lead to: the first so many
	tags   map[string][]byte // annotated ones made anew, by ref
	done   *Forgotten
}

func (f *forgetting) plan(o ForgetOptions) error {
	if slices.Contains(o.Paths, "") {
		return errors.New("all that there is cannot be forgotten: remove .dits")
	}
	for _, rev := range o.Revs {
		id, err := f.repo.Resolve(rev)
		if err != nil {
			return err
		}
		f.drop[id] = true
	}
	if err := f.moves(); err != nil {
		return err
	}
	f.done.Rewritten, f.done.Dropped = f.rewritten, f.dropped
	f.needed = len(f.objects)
	if err := f.staged(); err != nil {
		return err
	}
	if err := f.logs(); err != nil {
		return err
	}
	for _, path := range o.Paths {
		within := func(p string) bool { return work.Inside(p, []string{path}) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(f.found)), within) {
			return fmt.Errorf("%s: %w in any commit or the index", path, object.ErrNoPath)
		}
	}
	return nil
}

// staged counts the entries that go. None may be of a file that only the store has: the working folder would not keep it.
func (f *forgetting) staged() error {
	var paths []string
	for _, e := range f.index.Entries {
		if f.covers(e.Path) {
			f.found[e.Path] = true
			f.done.Staged++
			paths = append(paths, e.Path)
		}
	}
	away, err := f.repo.OnlyStaged(nil, f.index, paths)
	if err == nil && len(away) > 0 {
		err = fmt.Errorf("only in the store, and would be gone: %s (`dits restore` brings back, `dits rm` lets go)",
			work.SomeOf(away))
	}
	return err
}

// moves finds where refs and a detached HEAD go.
func (f *forgetting) moves() error {
	named, err := f.repo.ListRefs(object.RefPrefix)
	if err != nil {
		return err
	}
	for _, ref := range named {
		commit, err := f.repo.Peel(ref.ID)
		if err != nil {
			return fmt.Errorf("%s: %w", ref.Name, err)
		}
		if err := f.walk(commit); err != nil {
			return fmt.Errorf("%s: %w", ref.Name, err)
		}
		if err := f.move(ref, commit); err != nil {
			return err
		}
	}
	if !f.head.Detached() {
		return nil
	}
	if err := f.walk(f.head.Commit); err != nil {
		return err
	}
	return f.move(refs.Ref{Name: object.HeadName, ID: f.head.Commit}, f.head.Commit)
}

// move notes where a ref goes that leads to a commit.
func (f *forgetting) move(ref refs.Ref, commit digest.ID) error {
	if !f.changed(commit) {
		return nil
	}
	isTag := strings.HasPrefix(ref.Name, object.TagPrefix)
	m := MovedRef{Ref: ref.Name, From: ref.ID}
	switch to := f.becomes[commit]; {
	case isTag && (f.drop[commit] || len(to) == 0):
	case len(to) == 0:
		return fmt.Errorf("%s: nothing of it would be left (remove it first, or put a commit on it)", ref.Name)
	case ref.ID != commit:
		b, err := f.tagged(ref.ID, to[0])
		if err != nil {
			return err
		}
		m.To, f.tags[ref.Name] = digest.Sum(b), b
	default:
		m.To = to[0]
	}
	f.done.Refs = append(f.done.Refs, m)
	return nil
}

// tagged is an annotated tag for another commit.
func (f *forgetting) tagged(tag, commit digest.ID) ([]byte, error) {
	t, err := f.repo.ReadTag(tag)
	if err != nil {
		return nil, err
	}
	t.Commit = commit
	return object.EncodeTag(t), nil
}

// logs counts the entries of reflogs that lead to what is to be forgotten.
func (f *forgetting) logs() error {
	names, err := f.repo.Logs()
	if err != nil {
		return err
	}
	for _, name := range names {
		entries, err := f.repo.WholeLog(name)
		if err != nil {
			return err
		}
		for _, e := range entries {
			for _, id := range []digest.ID{e.Old, e.New} {
				// What is gone leads nowhere.
				if err := f.walk(id); err != nil && !errors.Is(err, tensorstore.ErrUnknown) {
					return fmt.Errorf("reflog of %s: %w", name, err)
				}
			}
			if f.leads(e) {
				f.done.Entries++
			}
		}
	}
	return nil
}

// leads says that an entry names a commit that is to be forgotten.
func (f *forgetting) leads(e refs.LogEntry) bool { return f.changed(e.Old) || f.changed(e.New) }

// apply makes it so: new objects, the index, logs, refs, while no pack can be deleted.
func (f *forgetting) apply() error {
	release, err := f.repo.Store.Hold()
	if err != nil {
		return err
	}
	defer release()
	if err := f.store(); err != nil {
		return err
	}
	if f.done.Staged > 0 {
		f.index.Entries = slices.DeleteFunc(f.index.Entries, func(e work.IndexEntry) bool { return f.covers(e.Path) })
		if err := f.repo.WriteIndex(f.index); err != nil {
			return err
		}
	}
	if err := f.repo.DropBefore(); err != nil { // it may name what is forgotten
		return err
	}
	to := map[string]digest.ID{}
	for _, m := range f.done.Refs {
		to[m.Ref] = m.To
	}
	if !f.head.Detached() {
		to[object.HeadName] = to[object.BranchPrefix+f.head.Branch]
	}
	names, err := f.repo.Logs()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := f.repo.RewriteLog(name, to[name], "forget", f.leads); err != nil {
			return err
		}
	}
	return f.moveRefs()
}

// store seals the new trees, commits and tags in a pack.
func (f *forgetting) store() error {
	w := f.repo.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	for _, o := range f.objects[:f.needed] {
		if err := w.PutObject(o.kind, o.id, o.payload); err != nil {
			return err
		}
	}
	for _, b := range f.tags {
		if err := w.PutObject(pack.Tag, digest.Sum(b), b); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (f *forgetting) moveRefs() error {
	for _, m := range f.done.Refs {
		var err error
		switch {
		case m.To.IsZero():
			err = f.repo.UpdateRef(m.Ref, m.From, m.To, "forget")
		case m.Ref == object.HeadName:
			err = f.repo.WriteHead(f.head, refs.Head{Commit: m.To})
		default:
			err = f.repo.WriteRef(m.Ref, m.From, m.To)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
