package repo

import (
	"context"
	"fmt"
	"os"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/relatives"
	"dits/tensorstore"
	"dits/tensorstore/choose"
)

// DeriveOptions of [Repo.Derive].
type DeriveOptions struct {
	From       refs.Spec  // what the file was made of
	Adapter    *refs.Spec // that was merged into it; nil: none
	Importance string     // file in the file system with an importance matrix; "": those of the index
	Level      choose.Level
	Progress   object.Progress // nil: none
}

// Derive stages the file at path, relative to the root, as made of one source and nothing else. It is an
// [UnexplainedError] where the source explains less than half of it: then nothing is staged, and what was stored is dropped but
// for packs that are full already.
func (r *Repo) Derive(ctx context.Context, path string, o DeriveOptions) (Added, error) {
	o.Progress = object.OrQuiet(o.Progress)
	if part := object.ForeignPart(path); part != "" {
		return Added{}, foreignError(path, part)
	}
	a, source, err := r.deriving(o)
	if err != nil {
		return Added{}, err
	}
	defer a.writer.Close()
	if o.Importance != "" {
		a.importances = relatives.NewImportances(nil) // none but that one
		if err := a.importances.AddNamed(ctx, a.writer, o.Importance); err != nil {
			return Added{}, err
		}
	}
	info, err := os.Stat(r.WorkPath(path))
	if err != nil {
		return Added{}, err
	}
	a.start(info.Size())
	defer o.Progress.Done()
	done, err := a.file(ctx, path)
	if err != nil {
		return done, fmt.Errorf("%s: %w", path, err)
	}
	if err := r.explained(source, o.From, done, a.puts); err != nil {
		return done, err
	}
	if err := a.writer.Flush(); err != nil {
		return done, err
	}
	return done, r.stage(a.staged, nil, what("derive", []string{path}))
}

// deriving is adding a file with one relative.
func (r *Repo) deriving(o DeriveOptions) (*adding, catalog.File, error) {
	source, err := r.fileOf(o.From)
	if err != nil {
		return nil, source, err
	}
	x, err := r.Index()
	if err != nil {
		return nil, source, err
	}
	a := &adding{repo: r, index: x, options: AddOptions{Level: o.Level, Progress: o.Progress},
		importances: relatives.NewImportances(r.Folder), adapters: relatives.NewAdapters(nil)}
	var ok bool
	if a.relatives, ok = relatives.Only(r.Folder, o.From.String(), source); !ok {
		return nil, source, fmt.Errorf("%s: a file without tensors, want one that others can be made of", o.From)
	}
	if o.Adapter != nil {
		f, err := r.fileOf(*o.Adapter)
		if err != nil {
			return nil, source, err
		}
		if !a.adapters.Add(o.Adapter.String(), f) {
			return nil, source, fmt.Errorf("%s: no adapter: want pairs of tensors lora_A and lora_B, as peft writes them", o.Adapter)
		}
	}
	a.writer = r.Store.Begin(tensorstore.WriterOptions{Level: o.Level, Progress: o.Progress.Add})
	return a, source, nil
}

// fileOf reads what a file that is committed or staged holds.
func (r *Repo) fileOf(o refs.Spec) (catalog.File, error) {
	tf, err := r.FileAt(o.Rev, o.Path)
	if err != nil {
		return catalog.File{}, err
	}
	f, err := r.ReadFile(tf.ID)
	if err != nil {
		return f, fmt.Errorf("%s: %w", o, err)
	}
	return f, nil
}
