package repo

import (
	"errors"
	"fmt"

	"dits/catalog"
	"dits/formats"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// ErrUnexplained is what every [UnexplainedError] is.
var ErrUnexplained = errors.New("not made of it")

// leastBytesExplained is the share of a file's tensor bytes that its source has to explain: on the corpus 1.0 of quants
// from what they were made of, 0.65 to 1.0 of fine-tunes that lie in a store with others, 0.002 to 0.11 from a
// wrong source.
const leastBytesExplained = 0.5

// An UnexplainedError means that a file is not made of the source that was named. Nothing was staged.
type UnexplainedError struct {
	Path, Source          string
	Tensors, Explained    int   // of the file, and those that the source explains
	Bytes, ExplainedBytes int64 // of them
}

// Error says how much of the file the source explains.
func (e *UnexplainedError) Error() string {
	if e.Tensors == 0 {
		return fmt.Sprintf("%s: has no tensors that %s could explain: nothing was staged", e.Path, e.Source)
	}
	return fmt.Sprintf("%s: %s explains %d of %d tensors and %.1f%% of their bytes, want half: nothing was staged",
		e.Path, e.Source, e.Explained, e.Tensors, 100*float64(e.ExplainedBytes)/float64(max(e.Bytes, 1)))
}

// Unwrap makes errors.Is(err, ErrUnexplained) true.
func (e *UnexplainedError) Unwrap() error { return ErrUnexplained }

// A putTensor is a tensor of a file and what became of it.
type putTensor struct {
	tensorstore.Put
	blob  digest.ID
	bytes int64
}

// putTensors pairs the tensors of a file with what became of its segments; nil: the store has had them all.
func putTensors(f catalog.File, puts []tensorstore.Put) (out []putTensor) {
	for i, s := range f.Layout.Segments {
		if s.Kind != formats.Data {
			continue
		}
		p := putTensor{tensorstore.Put{Known: true}, f.Blobs[i], s.Len}
		if puts != nil {
			p.Put = puts[i]
		}
		out = append(out, p)
	}
	return out
}

// explained is an [UnexplainedError] where too little of a file that was just put came from its source.
func (r *Repo) explained(source catalog.File, name refs.Spec, done Added, puts []putTensor) error {
	made, err := r.madeOf(source, puts)
	if err != nil {
		return err
	}
	e := &UnexplainedError{Path: done.Path, Source: name.String(), Tensors: len(puts)}
	for _, p := range puts {
		e.Bytes += p.bytes
		if made[p.blob] {
			e.Explained++
			e.ExplainedBytes += p.bytes
		}
	}
	if e.Bytes == 0 || float64(e.ExplainedBytes) < leastBytesExplained*float64(e.Bytes) {
		return e
	}
	return nil
}

// madeOf are the blobs of tensors that a source has or that are stored against one of its tensors.
func (r *Repo) madeOf(source catalog.File, puts []putTensor) (map[digest.ID]bool, error) {
	made, fresh := map[digest.ID]bool{}, map[digest.ID]bool{}
	of := map[digest.ID]bool{}
	for _, b := range source.Blobs {
		of[b], made[b] = true, true
	}
	for _, p := range puts {
		if !p.Known {
			fresh[p.blob] = true
			made[p.blob] = made[p.blob] || !p.Source.IsZero()
		}
	}
	var stored []digest.ID // before this call
	for _, p := range puts {
		if !fresh[p.blob] {
			stored = append(stored, p.blob)
		}
	}
	storage, err := storageOf(r, stored)
	for _, b := range stored {
		if p := storage[b].Prediction; p != nil && of[p.Source()] {
			made[b] = true
		}
	}
	return made, err
}
