// Package order finds in which order files are best added: what others are made of comes first. It goes by what files
// hold, and by their names only where that says nothing.
package order

import (
	"cmp"
	"context"
	"os"
	"slices"
)

// Of sorts paths: importance matrices, adapters, whatever is no model, models in full precision, quants. Of models in
// full precision those that no adapter was merged into come first, the most like all others ahead of them; of quants the
// largest, which of one model is the most exact. open opens a file. What cannot be opened or understood is no model:
// whoever adds it says what is wrong.
func Of(ctx context.Context, paths []string, open func(path string) (*os.File, error)) ([]string, error) {
	if len(paths) < 2 {
		return paths, nil
	}
	files := make([]*file, len(paths))
	for i, p := range paths {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		files[i] = look(p, open)
	}
	if err := compare(ctx, files, open); err != nil {
		return nil, err
	}
	slices.SortStableFunc(files, before)
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = f.path
	}
	return out, nil
}

// before is the order of two files.
func before(a, b *file) int {
	if c := cmp.Compare(a.class, b.class); c != 0 || a.class < floats {
		return cmp.Or(c, cmp.Compare(a.path, b.path))
	}
	if a.class == quants {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.path, b.path))
	}
	return cmp.Or(cmp.Compare(a.merges, b.merges), cmp.Compare(b.bits, a.bits), first(b.central, a.central),
		first(a.format == "gguf", b.format == "gguf"), cmp.Compare(a.path, b.path))
}

// first is 1 if a, -1 if b and 0 if both or none.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// compare finds which models in full precision were made of others.
func compare(ctx context.Context, files []*file, open func(path string) (*os.File, error)) error {
	models := ofClass(files, floats)
	if len(models) < 2 || len(models) > mostCompared {
		return nil
	}
	s := &samples{open: open}
	defer s.close()
	for _, a := range ofClass(files, adapters) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for _, y := range s.mergedInto(a, models) {
			y.merges++
		}
	}
	s.center(models)
	return ctx.Err()
}

// mostCompared is how many models are compared, each with each: what that reads takes less than a second.
const mostCompared = 64

func ofClass(files []*file, c class) []*file {
	return slices.DeleteFunc(slices.Clone(files), func(f *file) bool { return f.class != c })
}
