package repo

import (
	"fmt"

	"dits/catalog"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// encodingNames are what people read, in the order in which they are listed. Derived
// is no encoding of its own: a chunk is derived when what predicts it is computed
// from other tensors, by a cast or a quantiser, and is not just a relative.
var encodingNames = []string{"raw", "zstd", "fields", "blocks", "delta", derivedName}

const derivedName = "derived"

// encodingName is the name of a number in a record.
func encodingName(e uint8) (string, error) {
	switch codec.Encoding(e) {
	case codec.Raw:
		return "raw", nil
	case codec.Zstd:
		return "zstd", nil
	case codec.Fields:
		return "fields", nil
	case codec.Delta:
		return "delta", nil
	case codec.Blocks:
		return "blocks", nil
	}
	return "", fmt.Errorf("encoding %d is not known to this version of dits", e)
}

// ways tells how chunks are stored. It reads each prediction once.
type ways struct {
	repo        *Repo
	predictions map[digest.ID]*way
}

// A way is what a prediction makes of the chunks that name it.
type way struct {
	derived bool
	kind    string      // as kindOf has it; "": it predicts nothing
	detail  string      // as detailOf has it
	recipe  string      // as recipeOf has it, "" of what is not derived
	sources []digest.ID // that it predicts from, the one that matters most first
	with    []digest.ID // those of the sources that have no values of it: an adapter, an importance matrix
}

// source is the blob that matters most, zero without any.
func (w *way) source() digest.ID {
	if len(w.sources) == 0 {
		return digest.ID{}
	}
	return w.sources[0]
}

func waysOfStoring(r *Repo) *ways {
	return &ways{repo: r, predictions: map[digest.ID]*way{{}: {}}}
}

// prediction reads what kind of prediction id is.
func (w *ways) prediction(id digest.ID) (*way, error) {
	if known, ok := w.predictions[id]; ok {
		return known, nil
	}
	b, err := w.repo.Store.Object(pack.Prediction, id)
	if err != nil {
		return nil, err
	}
	p, err := predict.Unmarshal(b)
	if err != nil {
		return nil, err
	}
	found := &way{derived: isDerived(p.Kind), kind: kindOf(p), detail: detailOf(p)}
	if found.kind != "" {
		found.sources, found.with = p.Blobs(), p.Helpers()
	}
	if found.derived {
		found.recipe = recipeOf(p)
	}
	w.predictions[id] = found
	return found, nil
}

// isDerived says that predictions of a kind compute content from other content. The
// others start from relatives, or predict nothing.
func isDerived(k predict.Kind) bool { return k.Derives() }

// of says how the chunk of a record is stored.
func (w *ways) of(r catalog.Record) (origin, error) {
	name, err := encodingName(r.Encoding)
	if err != nil {
		return origin{}, fmt.Errorf("chunk %s: %w", r.ID, err)
	}
	p, err := w.prediction(r.Prediction)
	if err != nil {
		return origin{}, fmt.Errorf("chunk %s: %w", r.ID, err)
	}
	if p.derived {
		name = derivedName
	}
	return origin{encoding: name, way: p}, nil
}

// most is how most bytes of a blob are stored.
func (w *ways) most(b catalog.Blob, records map[digest.ID][]catalog.Record) (origin, error) {
	best, bytes, stored := origin{encoding: "raw", way: &way{}}, map[origin]int64{}, int64(0)
	for _, c := range b.Chunks {
		found := records[c.ID]
		if len(found) == 0 {
			return best, fmt.Errorf("blob %s: chunk %s is in no pack: %w", b.ID, c.ID, ErrCorrupt)
		}
		o, err := w.of(found[0])
		if err != nil {
			return best, err
		}
		if bytes[o] += c.Len; bytes[o] > bytes[best] {
			best = o
		}
		stored += found[0].Len
	}
	best.stored = stored
	return best, nil
}
