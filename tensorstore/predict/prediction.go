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
//	            9 scales, 10 scaled, 11 merged
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
//	            of kind 11 an adapter: see Merge
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
//	merged       1        a source and an adapter           a merged LoRA
//
// A prediction may stand for the source of a cast or one of kinds 4 and 8 to 11 (Of): a GGUF file's Q4_K
// may be the quantisation of the cast of the arrangement of a BF16 blob.
//
// New kinds get new numbers and a row in the table of kinds; a kind that this version does not know is an
// error that names it.
package predict

import (
	"fmt"
	"io"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

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
	By       Details         // what the kind has besides, nil: nothing
}

// Details are what predictions of some kinds have besides the fields of all: *[Factors] of LowRank,
// *[Combination] of Combined, [Runs] of Rows, *[Arrangement] of Arranged, *[Recipe] of Quantised, *[Scaling] of
// Scales and Scaled, *[Merge] of Merged.
type Details interface {
	// append appends the stored form, which is the end of that of the prediction.
	append(b []byte) []byte
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
	if err := p.has(first, n); err != nil {
		return err
	}
	return p.Kind.row().predict(p, dst, first, open)
}

// has is an error unless the tensor has n elements from element first on. One of which nothing is predicted
// has any.
func (p *Prediction) has(first, n int64) error {
	if p.Predicts() && (first < 0 || first > p.Elements-n) {
		return fmt.Errorf("prediction: elements [%d,+%d) of %d", first, n, p.Elements)
	}
	return nil
}

// Predicts says that Predict gives bytes at all.
func (p *Prediction) Predicts() bool { return p.Kind != Alone }

// Input is what the coder of the chunk of n bytes works with whose first element has index first.
func (p *Prediction) Input(first int64, n int, open Opener) (codec.Input, error) {
	in := p.Given(first, nil)
	err := p.Kind.row().input(&in, p, first, n, open)
	return in, err
}

// View is the n bytes that Predict gives from element first on, not to be changed: those of the source where it has
// them in memory.
func (p *Prediction) View(first int64, n int, open Opener) ([]byte, error) {
	if p.Kind == Quantised { // whose input is a guide
		b := make([]byte, n)
		return b, p.Predict(b, first, open)
	}
	in, err := p.Input(first, n, open)
	return in.Pred, err
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
