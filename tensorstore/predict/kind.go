package predict

import (
	"fmt"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// A Kind says how a prediction is made. Numbers are on disk and never reused.
type Kind uint8

// Kinds known today.
const (
	Alone     Kind = 1  // nothing is predicted; scales of rows and columns help the coder
	Relative  Kind = 2  // the bytes of the source
	Cast      Kind = 3  // the values of the source, converted to another element type
	LowRank   Kind = 4  // the values of the source, moved by a matrix of low rank
	Combined  Kind = 5  // the sum of the values of sources, each times a coefficient
	Rows      Kind = 6  // rows of the source, which has another number of them
	Arranged  Kind = 7  // the rows of the sources in another order
	Quantised Kind = 8  // the values of the source as ggml quants
	Scales    Kind = 9  // the scales of the tiles of the source
	Scaled    Kind = 10 // the values of the source over these scales
	Merged    Kind = 11 // the values of the source with an adapter merged
)

// kinds are those known, by number: all that is particular to one is in its row and in the file of its rule.
var kinds = [...]kind{
	0:         {rule: alone{}}, // of any number without a row
	Alone:     {"alone", 0, 0, 0, alone{}},
	Relative:  {"relative", 1, 1, 0, relative{}},
	Cast:      {"cast", 1, 1, converts | nests | derives, cast{}},
	LowRank:   {"low rank", 1, 1, nests, lowRank{}},
	Combined:  {"combination", 2, MaxSources, converts, combined{}},
	Rows:      {"rows", 1, 1, 0, rows{}},
	Arranged:  {"arranged", 1, MaxStacked, derives, arranged{}},
	Quantised: {"quantised", 1, 1, converts | nests | derives, quantised{}},
	Scales:    {"scales", 1, 1, converts | nests | derives, scales{}},
	Scaled:    {"scaled", 1, 1, converts | nests | derives, scaled{}},
	Merged:    {"adapter", 1, 1, nests | derives, merged{}}, // what dits ls --json calls it
}

// A kind is what is known of a [Kind].
type kind struct {
	name        string // as people read it, "": not known
	least, most int    // sources, where no prediction stands for them
	traits
	rule
}

type traits uint8

const (
	converts traits = 1 << iota // the source may have another element type than the tensor
	nests                       // another prediction may stand for the source
	derives                     // see [Kind.Derives]
)

// A rule is what predictions of a kind do. Those of [plain] suit most.
type rule interface {
	// check says what is wrong with the fields that all kinds have. parse comes later.
	check(p *Prediction) error
	// parse reads the details of p, which are all that is left.
	parse(r *reader, p *Prediction) (Details, error)
	// predict is [Prediction.Predict] of elements that the tensor has.
	predict(p *Prediction, dst []byte, first int64, open Opener) error
	// input sets in to what predicts n bytes.
	input(in *codec.Input, p *Prediction, first int64, n int, open Opener) error
	// work is what predicting n bytes takes besides reading the source, as so many bytes of decoding, and how
	// many values of the source it reads.
	work(p *Prediction, n int64) (own, values int64)
	// blobs are those that are read besides the sources.
	blobs(p *Prediction) []digest.ID
}

// row is what is known of k.
func (k Kind) row() *kind {
	if int(k) < len(kinds) {
		return &kinds[k]
	}
	return &kinds[0]
}

func (k Kind) is(t traits) bool { return k.row().traits&t != 0 }

// String is the name of the kind, "kind 99" of one that this version does not know.
func (k Kind) String() string {
	if name := k.row().name; name != "" {
		return name
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Derives says that predictions of a kind compute a tensor from what it was made of. The others start from
// a source as it is, or predict nothing.
func (k Kind) Derives() bool { return k.is(derives) }

// plain is a rule that has no details and reads each value of the source once.
type plain struct{}

func (plain) check(*Prediction) error { return nil }

func (plain) parse(r *reader, _ *Prediction) (Details, error) { return nil, r.end() }

func (plain) input(in *codec.Input, p *Prediction, first int64, n int, open Opener) error {
	in.Pred = make([]byte, n)
	return p.Predict(in.Pred, first, open)
}

func (plain) work(p *Prediction, n int64) (own, values int64) {
	return 0, n / int64(p.Elem.Size()) * perElement(p.Elem)
}

func (plain) blobs(*Prediction) []digest.ID { return nil }
