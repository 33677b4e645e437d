package lineage

import (
	"fmt"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// EncodingNames are what people read, in the order in which they are listed. Derived
// is no encoding of its own: a chunk is derived when what predicts it is computed
// from other tensors, by a cast or a quantiser, and is not just a relative.
var EncodingNames = []string{
	codec.Raw.String(), codec.Zstd.String(), codec.Fields.String(), codec.Blocks.String(), codec.Delta.String(), DerivedName,
}

// DerivedName is what people read of a chunk that is computed from others.
const DerivedName = "derived"

// EncodingName is the name of a number in a record.
func EncodingName(e uint8) (string, error) {
	name := codec.Encoding(e)
	if _, err := codec.For(name); err != nil {
		return "", err
	}
	return name.String(), nil
}

// Ways tells how chunks are stored. It reads each prediction once.
type Ways struct {
	repo        *history.History
	predictions map[digest.ID]*Way
}

// A Way is what a prediction makes of the chunks that name it.
type Way struct {
	Derived bool
	kind    string      // as kindOf has it; "": it predicts nothing
	Detail  string      // as detailOf has it
	Recipe  string      // as recipeOf has it, "" of what is not derived
	Sources []digest.ID // that it predicts from, the one that matters most first
	with    []digest.ID // those of the sources that have no values of it: an adapter, an importance matrix
}

// Source is the blob that matters most, zero without any.
func (w *Way) Source() digest.ID {
	if len(w.Sources) == 0 {
		return digest.ID{}
	}
	return w.Sources[0]
}

// WaysOfStoring reads them from the database of a history.
func WaysOfStoring(r *history.History) *Ways {
	return &Ways{repo: r, predictions: map[digest.ID]*Way{{}: {}}}
}

// Prediction reads what kind of prediction id is.
func (w *Ways) Prediction(id digest.ID) (*Way, error) {
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
	found := &Way{Derived: isDerived(p.Kind), kind: kindOf(p), Detail: detailOf(p)}
	if found.kind != "" {
		found.Sources, found.with = p.Blobs(), p.Helpers()
	}
	if found.Derived {
		found.Recipe = RecipeOf(p)
	}
	w.predictions[id] = found
	return found, nil
}

// isDerived says that predictions of a kind compute content from other content. The
// others start from relatives, or predict nothing.
func isDerived(k predict.Kind) bool { return k.Derives() }

// Of says how the chunk of a record is stored.
func (w *Ways) Of(r catalog.Record) (Origin, error) {
	name, err := EncodingName(r.Encoding)
	if err != nil {
		return Origin{}, fmt.Errorf("chunk %s: %w", r.ID, err)
	}
	p, err := w.Prediction(r.Prediction)
	if err != nil {
		return Origin{}, fmt.Errorf("chunk %s: %w", r.ID, err)
	}
	if p.Derived {
		name = DerivedName
	}
	return Origin{Encoding: name, Way: p}, nil
}

// Most is how most bytes of a blob are stored.
func (w *Ways) Most(b catalog.Blob, records map[digest.ID][]catalog.Record) (Origin, error) {
	best, bytes, stored := Origin{Encoding: "raw", Way: &Way{}}, map[Origin]int64{}, int64(0)
	for _, c := range b.Chunks {
		found := records[c.ID]
		if len(found) == 0 {
			return best, fmt.Errorf("blob %s: chunk %s is in no pack: %w", b.ID, c.ID, object.ErrCorrupt)
		}
		o, err := w.Of(found[0])
		if err != nil {
			return best, err
		}
		if bytes[o] += c.Len; bytes[o] > bytes[best] {
			best = o
		}
		stored += found[0].Len
	}
	best.Stored = stored
	return best, nil
}
