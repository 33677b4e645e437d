package predict

import (
	"encoding/binary"
	"fmt"
	"io"
)

// MaxRuns bounds those of a Rows prediction.
const MaxRuns = 16

// A Run is rows of a tensor that are predicted to be rows of its source.
type Run struct {
	Row    int64 // the first of them, in the tensor
	Len    int64 // rows, > 0
	Source int64 // the first of them, in the source
}

// appendRuns appends the stored form of runs, numbers as unsigned varints.
//
//	count   of runs
//	gap     rows of the tensor between the end of the run before and this one's first; then
//	length  and
//	source  of each
func appendRuns(out []byte, runs []Run) []byte {
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

// unmarshalRuns reads what appendRuns wrote for a tensor of rows times width elements.
func unmarshalRuns(b []byte, rows, width int64) ([]Run, error) {
	r := reader{rest: b}
	var runs []Run
	end := int64(0)
	for range r.uvarint(MaxRuns) {
		run := Run{Row: end + int64(r.uvarint(maxElements)), Len: int64(r.uvarint(maxElements)), Source: int64(r.uvarint(maxElements))}
		if r.err != nil {
			return nil, r.err
		}
		if run.Len < 1 || run.Len > rows-run.Row {
			return nil, fmt.Errorf("prediction: rows [%d,+%d) of %d", run.Row, run.Len, rows)
		}
		if run.Source+run.Len > maxElements/width {
			return nil, fmt.Errorf("prediction: source rows [%d,+%d) of %d elements", run.Source, run.Len, width)
		}
		runs = append(runs, run)
		end = run.Row + run.Len
	}
	switch {
	case r.err != nil:
		return nil, r.err
	case len(runs) == 0:
		return nil, fmt.Errorf("prediction: 0 runs of rows, want 1 to %d", MaxRuns)
	case len(r.rest) != 0:
		return nil, fmt.Errorf("prediction: %d bytes after its end", len(r.rest))
	}
	return runs, nil
}

// predictRows fills dst with the rows of src that runs map to, from element first on;
// rows without a source are zero.
func (p *Prediction) predictRows(dst []byte, first int64, src io.ReaderAt) error {
	clear(dst)
	row := p.Width * int64(p.Elem.Size())
	from := first * int64(p.Elem.Size())
	to := from + int64(len(dst))
	for _, r := range p.Runs {
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
func (p *Prediction) HasGaps() bool {
	return p.Kind == Rows || p.Kind == LowRank && p.Of != nil && p.Of.HasGaps()
}

// Covered says whether the element with index at has a source, and where the elements
// end of which the same is true. It is true of all elements of most predictions.
func (p *Prediction) Covered(at int64) (covered bool, end int64) {
	if p.Of != nil && p.Kind == LowRank {
		return p.Of.Covered(at)
	}
	if p.Kind != Rows {
		return true, p.Elements
	}
	for _, r := range p.Runs {
		if at < r.Row*p.Width {
			return false, r.Row * p.Width
		}
		if at < (r.Row+r.Len)*p.Width {
			return true, (r.Row + r.Len) * p.Width
		}
	}
	return false, p.Elements
}
