// Package predict says what the bytes of a tensor are expected to be, from other
// tensors of the store. A [Prediction] never has to be right, only useful: the
// coder of a chunk makes up for what it misses.
//
// A prediction is stored once for a tensor, as an object of its own; the chunks of
// the tensor name it. Call [Unmarshal] with that object, then [Prediction.Predict].
//
// The object's bytes, numbers as unsigned varints:
//
//	version     1
//	kind        1 alone, 2 relative, 3 cast, 4 low rank, 5 combination, 6 rows, 7 arranged, 8 quantised,
//	            9 scales, 10 scaled, 11 adapted
//	elem        element type of the predicted tensor (codec.Elem)
//	from        element type of the sources; the same as elem but for kinds 3, 5 and 8 to 10
//	elements    in the tensor
//	width       elements in a row, 0 when the tensor is no matrix
//	sources     count, then 32 bytes each
//	of          length, then a prediction that stands for the source; 0 for none
//	activity    length, then what codec.Activity.Append wrote; 0 for none
//	then        of kind 4 factors: see Factors
//	            of kind 5 order and coefficients: see Combination
//	            of kind 6 runs: see Run
//	            of kind 7 an order: see Arrangement
//	            of kind 8 a recipe: see Recipe
//	            of kinds 9 and 10 tiles: see Scaling
//	            of kind 11 an adapter: see Adapter
//
// What each kind is for:
//
//	kind         sources  the tensor is                     as in
//	alone        0        unlike what the store has         a new base model
//	relative     1        a source, a little changed        a fine-tune, a checkpoint
//	cast         1        a source in another type          F32 published as BF16
//	low rank     1        a source moved by few directions  a merged adapter, a fine-tune
//	combination  2 to 4   a weighted sum of sources         a merge, task arithmetic, a soup,
//	                                                        a checkpoint on the line of the last two
//	rows         1        rows of a source, and others      a vocabulary grown or cut
//	arranged     1 and    the rows of sources, in another   GGUF made of safetensors: queries and keys
//	             more     order, cut out or stacked         are permuted, experts stacked
//	quantised    1        a source, quantised               GGUF ladders
//	scaled       1        a source over scales of its own   int8 and FP8 in safetensors
//	scales       1        those scales
//	adapted      1        a source and an adapter           a merged LoRA
//
// A prediction may stand for the source of a cast or one of kinds 4 and 8 to 11 (Of): a GGUF file's Q4_K
// may be the quantisation of the cast of the arrangement of a BF16 blob.
//
// New kinds get new numbers; a kind that this version does not know is an error
// that names it.
package predict

import (
	"fmt"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// A Kind is a way to predict. Numbers are on disk and never reused.
type Kind uint8

// Kinds known today.
const (
	Alone    Kind = 1 // nothing is predicted; scales of rows and columns help the coder
	Relative Kind = 2 // the bytes of the source
	Cast     Kind = 3 // the values of the source, converted to another element type
	LowRank  Kind = 4 // the values of the source, moved by a matrix of low rank
	Combined Kind = 5 // the sum of the values of sources, each times a coefficient
	Rows     Kind = 6 // rows of the source, which has another number of them

	Arranged  Kind = 7 // the rows of the sources in another order
	Quantised Kind = 8 // the values of the source as ggml quants

	Scales Kind = 9  // the scales of the tiles of the source
	Scaled Kind = 10 // the values of the source over these scales

	Adapted Kind = 11 // the values of the source with an adapter merged
)

// Derives says that predictions of a kind compute a tensor from what it was made of. The others start from
// a relative, or predict nothing.
func (k Kind) Derives() bool { return k == Cast || k >= Arranged }

// A Prediction is how to predict one tensor. Treat it as read-only: several
// goroutines may share one.
type Prediction struct {
	Kind     Kind
	Elem     codec.Elem      // element type of the predicted tensor
	From     codec.Elem      // element type of the source
	Elements int64           // elements of the tensor; of a ggml type, blocks
	Width    int64           // elements in a row, 0: no matrix; of a ggml type, blocks
	Sources  []digest.ID     // blobs
	Of       *Prediction     // what stands for the source, nil: a blob does
	Activity *codec.Activity // scales for the coder's context, nil: none
	Factors  *Factors        // of a LowRank prediction, else nil

	Combination *Combination // of a Combined prediction, else nil
	Runs        []Run        // of a Rows prediction, in order and apart, else nil
	Arrangement *Arrangement // of an Arranged prediction, else nil
	Recipe      *Recipe      // of a Quantised prediction, else nil
	Scaling     *Scaling     // of a Scales or Scaled prediction, else nil
	Adapter     *Adapter     // of an Adapted prediction, else nil
}

// An Opener gives the bytes of a source. The store bounds the chain of predictions behind it.
type Opener func(blob digest.ID) (io.ReaderAt, error)

// Predict fills dst with the expected bytes of the tensor from element first on.
// dst may end within an element. It reads only the part of the sources that it
// needs: the same elements.
func (p *Prediction) Predict(dst []byte, first int64, open Opener) error {
	n := int64(len(dst) / p.Elem.Size())
	if p.Kind.Derives() { // a part of one is in the tensor too
		n = int64((len(dst) + p.Elem.Size() - 1) / p.Elem.Size())
	}
	if p.Predicts() && (first < 0 || first > p.Elements-n) {
		return fmt.Errorf("prediction: elements [%d,+%d) of %d", first, n, p.Elements)
	}
	switch p.Kind {
	case Arranged:
		return p.predictArranged(dst, first, open)
	case Relative:
		src, err := p.source(open)
		if err != nil {
			return err
		}
		return readFull(src, dst, first*int64(p.Elem.Size()))
	case Cast:
		src, err := p.source(open)
		if err != nil {
			return err
		}
		return predictCast(dst, first, p.Elem, p.From, src)
	case LowRank:
		src, err := p.source(open)
		if err != nil {
			return err
		}
		err = readFull(src, dst, first*int64(p.Elem.Size()))
		if err == nil {
			p.Factors.Move(dst, p.Elem, first)
		}
		return err
	case Combined:
		return p.predictCombination(dst, first, open)
	case Adapted:
		src, err := p.source(open)
		if err != nil {
			return err
		}
		return p.predictAdapted(dst, first, src, open)
	case Scales, Scaled:
		src, err := p.source(open)
		if err != nil {
			return err
		}
		if p.Kind == Scales {
			return p.predictScales(dst, first, src)
		}
		return p.predictScaled(dst, first, src)
	case Rows:
		src, err := p.source(open)
		if err != nil {
			return err
		}
		return p.predictRows(dst, first, src)
	}
	return nil
}

// Predicts says that Predict gives bytes at all.
func (p *Prediction) Predicts() bool { return p.Kind != Alone }

// Input is what the coder of the chunk of n bytes works with whose first element has index first.
func (p *Prediction) Input(first int64, n int, open Opener) (codec.Input, error) {
	in := p.Given(first, nil)
	var err error
	switch {
	case p.Kind == Quantised:
		in.Guide, err = p.Guide(first, n/p.Elem.Size(), open)
	case p.Kind == Relative:
		in.Pred, err = p.viewSource(first, n, open)
	case p.Predicts():
		in.Pred = make([]byte, n)
		err = p.Predict(in.Pred, first, open)
	}
	return in, err
}

// viewSource is Predict of n bytes for a Relative prediction; they are not to be changed.
func (p *Prediction) viewSource(first int64, n int, open Opener) ([]byte, error) {
	size := int64(p.Elem.Size())
	if first < 0 || first > p.Elements-int64(n)/size {
		return nil, fmt.Errorf("prediction: elements [%d,+%d) of %d", first, int64(n)/size, p.Elements)
	}
	src, err := p.source(open)
	if err != nil {
		return nil, err
	}
	return view(src, first*size, n)
}

// Given is Input where the predicted bytes are known.
func (p *Prediction) Given(first int64, pred []byte) codec.Input {
	return codec.Input{Elem: p.Elem, First: first, Width: p.columns(), Act: p.Activity, Pred: pred}
}

func readFull(r io.ReaderAt, dst []byte, off int64) error {
	n, err := r.ReadAt(dst, off)
	if n == len(dst) {
		return nil
	}
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
