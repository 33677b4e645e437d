package lineage

import (
	"fmt"
	"slices"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/object"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// EncodingNames are what people read, in the order in which they are listed. Derived
// is no encoding of its own: a chunk is derived when what predicts it is computed
// from other tensors, by a cast or a quantiser, and not just a source as it is.
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

// A StorageReader tells how chunks are stored. It reads each prediction once.
type StorageReader struct {
	history     *history.History
	predictions map[digest.ID]*Prediction
}

// A Prediction is what one of [predict] makes of the chunks that name it.
type Prediction struct {
	Derived bool
	Quant   bool        // floats are predicted from the blocks of a quant
	kind    string      // as kindOf has it; "": it predicts nothing
	Detail  string      // as detailOf has it
	Recipe  string      // as recipeOf has it, "" of what is not derived
	Sources []digest.ID // that it predicts from, the one that matters most first
	with    []digest.ID // those of the sources that have no values of it: an adapter, an importance matrix
}

// Source is the blob that matters most, zero without any.
func (p *Prediction) Source() digest.ID {
	if len(p.Sources) == 0 {
		return digest.ID{}
	}
	return p.Sources[0]
}

// values are the sources that have values of what is predicted.
func (p *Prediction) values() []digest.ID {
	return slices.DeleteFunc(slices.Clone(p.Sources), func(id digest.ID) bool { return slices.Contains(p.with, id) })
}

// told is the kind of a tensor of so many bytes, of which so many are left, and what it is told to come from: what is
// only like what was computed is a difference to the values of that.
func (p *Prediction) told(left, whole int64) (kind string, from []digest.ID) {
	if p.Derived && !Tells(p.Recipe, left, whole) {
		return kindDelta, p.values()
	}
	return p.kind, p.Sources
}

// A Storage says how a blob is stored.
type Storage struct {
	Encoding   string
	Prediction *Prediction
	Stored     int64 // payload bytes of its chunks, and of what predicts them
}

// NewStorageReader reads from the database of a history.
func NewStorageReader(r *history.History) *StorageReader {
	return &StorageReader{history: r, predictions: map[digest.ID]*Prediction{{}: {}}}
}

// Prediction reads what kind of prediction id is.
func (s *StorageReader) Prediction(id digest.ID) (*Prediction, error) {
	if known, ok := s.predictions[id]; ok {
		return known, nil
	}
	p, err := s.history.Store.Prediction(id)
	if err != nil {
		return nil, err
	}
	found := &Prediction{Derived: isDerived(p.Kind), Quant: FromQuant(p), kind: kindOf(p), Detail: detailOf(p)}
	if found.kind != "" {
		found.Sources, found.with = p.Blobs(), p.Helpers()
	}
	if found.Derived {
		found.Recipe = RecipeOf(p)
	}
	s.predictions[id] = found
	return found, nil
}

// FromQuant says that floats are predicted from the blocks of a quant.
func FromQuant(p *predict.Prediction) bool {
	if _, quant := p.Elem.Block(); quant {
		return false
	}
	for ; p != nil; p = p.Of {
		if _, quant := p.From.Block(); quant {
			return true
		}
	}
	return false
}

// isDerived says that predictions of a kind compute content from other content. The
// others start from a source as it is, or predict nothing.
func isDerived(k predict.Kind) bool { return k.Derives() }

// Of says how the chunk of a record is stored.
func (s *StorageReader) Of(r catalog.Record) (Storage, error) {
	name, err := EncodingName(r.Encoding)
	if err != nil {
		return Storage{}, fmt.Errorf("chunk %s: %w", r.ID, err)
	}
	p, err := s.Prediction(r.Prediction)
	if err != nil {
		return Storage{}, fmt.Errorf("chunk %s: %w", r.ID, err)
	}
	if p.Derived {
		name = DerivedName
	}
	return Storage{Encoding: name, Prediction: p}, nil
}

// Most is how most bytes of a blob are stored, of whose chunks and predictions the records are given. What a prediction
// takes counts for the first blob that has it, and its record is then taken out.
func (s *StorageReader) Most(b catalog.Blob, records, predictions map[digest.ID][]catalog.Record) (Storage, error) {
	best, bytes, stored := Storage{Encoding: "raw", Prediction: &Prediction{}}, map[Storage]int64{}, int64(0)
	for _, c := range b.Chunks {
		found := records[c.ID]
		if len(found) == 0 {
			return best, fmt.Errorf("blob %s: chunk %s is in no pack: %w", b.ID, c.ID, object.ErrCorrupt)
		}
		o, err := s.Of(found[0])
		if err != nil {
			return best, err
		}
		if bytes[o] += c.Len; bytes[o] > bytes[best] {
			best = o
		}
		stored += found[0].Len
		if of := predictions[found[0].Prediction]; len(of) > 0 {
			stored += of[0].Len
			delete(predictions, found[0].Prediction)
		}
	}
	best.Stored = stored
	return best, nil
}
