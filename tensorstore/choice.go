package tensorstore

import (
	"context"
	"io"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// PutsAtOnce is how many blobs should be put at a time: so many have room for the sources of a part of a tensor. What
// each takes is done side by side.
const PutsAtOnce = 2

// sources are the blobs of a store as what tensors are predicted from.
type sources struct{ *Store }

func (s sources) Blob(id digest.ID) (choose.Blob, error) {
	b, err := s.Reopen(id)
	if err != nil {
		return nil, err // not a nil BlobReader
	}
	return b, nil
}

func (s sources) Lineage(id digest.ID) (uint8, *predict.Prediction, error) { return s.lineage(id) }

func (s sources) Opener() predict.Opener { return s.opener(newReach()) }

// trialOptions are what a trial at some level may take.
func (s *Store) trialOptions(level choose.Level) choose.Options {
	return choose.Options{Level: level, Depth: s.options.Depth, Workers: s.options.Workers}
}

// Trial is of size bytes of src, of which k is known, against blobs of the store.
func (s *Store) Trial(level choose.Level, src io.ReaderAt, size int64, k choose.Known) *choose.Trial {
	return choose.NewTrial(sources{s}, s.trialOptions(level), src, size, k)
}

// plan chooses how to code a tensor.
func (w *Writer) plan(ctx context.Context, src io.ReaderAt, size int64, k choose.Known) (*choose.Plan, error) {
	o := w.store.trialOptions(w.level)
	o.MaxChunk = int64(w.store.options.Chunking.Max)
	if w.level != choose.MaxLevel { // which reads sources again and again
		o.PartBytes = w.store.chunks.max * 3 / 4 / PutsAtOnce
	}
	return choose.Best(ctx, sources{w.store}, o, src, size, k)
}

// keep stores what the chunks of a plan need, and returns the bytes that it added to packs.
func (w *Writer) keep(p *choose.Plan) (stored int64, err error) {
	for _, o := range p.Objects() {
		n, err := w.putObject(pack.Prediction, o.ID, o.Payload)
		if err != nil {
			return 0, err
		}
		stored += n
	}
	return stored, nil
}
