package predict

import (
	"encoding/binary"
	"fmt"

	"dits/tensorstore/codec"
)

// MaxRuns bounds those of a Rows prediction.
const MaxRuns = 16

// rows is the rule of [Rows]: rows of a source, and others.
type rows struct{ plain }

func (rows) check(p *Prediction) error {
	if p.Elem == codec.Bytes || p.Width == 0 || p.Elements%p.Width != 0 {
		return fmt.Errorf("prediction: rows of %d for %d elements of type %d", p.Width, p.Elements, p.Elem)
	}
	return nil
}

// Runs are in order and apart.
type Runs []Run

// A Run is rows of a tensor that are predicted to be rows of its source.
type Run struct {
	Row    int64 // the first of them, in the tensor
	Len    int64 // rows, > 0
	Source int64 // the first of them, in the source
}

// append appends the stored form of runs, numbers as unsigned varints.
//
//	count   of runs
//	gap     rows of the tensor between the end of the run before and this one's first; then
//	length  and
//	source  of each
func (runs Runs) append(out []byte) []byte {
	out = binary.AppendUvarint(out, uint64(len(runs)))
	end := int64(0)
	for _, r := range runs {
		out = binary.AppendUvarint(out, uint64(r.Row-end))
		out = binary.AppendUvarint(out, uint64(r.Len))
		out = binary.AppendUvarint(out, uint64(r.Source))
		end = r.Row + r.Len
	}
	return out
}

// parse reads what append wrote.
func (rows) parse(r *reader, p *Prediction) (Details, error) {
	var runs Runs
	end := int64(0)
	for range r.uvarint(MaxRuns) {
		run := Run{Row: end + int64(r.uvarint(maxElements)), Len: int64(r.uvarint(maxElements))}
		run.Source = int64(r.uvarint(maxElements))
		if r.err != nil {
			return nil, r.err
		}
		if run.Len < 1 || run.Len > p.rows()-run.Row {
			return nil, fmt.Errorf("prediction: rows [%d,+%d) of %d", run.Row, run.Len, p.rows())
		}
		if run.Source+run.Len > maxElements/p.Width {
			return nil, fmt.Errorf("prediction: source rows [%d,+%d) of %d elements", run.Source, run.Len, p.Width)
		}
		runs = append(runs, run)
		end = run.Row + run.Len
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("prediction: 0 runs of rows, want 1 to %d", MaxRuns)
	}
	return runs, nil
}

// predict fills dst with the rows of the source that runs map to; rows without a source are zero.
func (rows) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	src, err := p.source(open)
	if err != nil {
		return err
	}
	clear(dst)
	row := p.Width * int64(p.Elem.Size())
	from := first * int64(p.Elem.Size())
	to := from + int64(len(dst))
	for _, r := range p.By.(Runs) {
		lo, hi := max(from, r.Row*row), min(to, (r.Row+r.Len)*row)
		if lo >= hi {
			continue
		}
		if err := readFull(src, dst[lo-from:hi-from], lo+(r.Source-r.Row)*row); err != nil {
			return err
		}
	}
	return nil
}

// HasGaps says that the tensor may have elements without a source.
func (p *Prediction) HasGaps() bool { return p.moved().Kind == Rows }

// moved is p or, as factors move all elements, what p moves.
func (p *Prediction) moved() *Prediction {
	for p.Kind == LowRank && p.Of != nil {
		p = p.Of
	}
	return p
}

// Covered says whether the element with index at has a source, and where the elements
// end of which the same is true. It is true of all elements of most predictions.
func (p *Prediction) Covered(at int64) (covered bool, end int64) {
	p = p.moved()
	if p.Kind != Rows {
		return true, p.Elements
	}
	for _, r := range p.By.(Runs) {
		if at < r.Row*p.Width {
			return false, r.Row * p.Width
		}
		if at < (r.Row+r.Len)*p.Width {
			return true, (r.Row + r.Len) * p.Width
		}
	}
	return false, p.Elements
}
