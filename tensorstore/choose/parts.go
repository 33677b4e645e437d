package choose

import (
	"context"

	"dits/tensorstore/codec"
	"dits/tensorstore/predict"
)

// Scales are measured before a tensor is coded, and both take its source. One that is longer than the cache of decoded
// chunks would be decoded twice. So the scales of such a tensor are those of parts of it, some rows each: a part is
// measured, then its chunks are coded, while its source is still there.

const (
	// leastPartRows is how many rows make up for the scales of columns, which each part has: these take some 3 bits
	// a column, under a thousandth of what so many weights do.
	leastPartRows = 512
	// mostPartScales bounds the scales of rows in memory: the prediction of each part has all rows of the tensor.
	// Those of others take next to nothing on disk, for they are all the same.
	mostPartScales = 4 << 20
)

// A parting is a tensor whose parts have scales of their own.
type parting struct {
	trial *Trial
	whole *candidate // without scales
}

// partRows is how many rows the parts have that c is coded in; 0: it is measured as a whole.
func (t *Trial) partRows(c *candidate) int64 {
	if _, blocks := t.elem.Block(); blocks || t.PartBytes == 0 || !c.pred.Predicts() || c.pred.HasGaps() {
		return 0
	}
	most := max(t.PartBytes/t.decodedRow(c), leastPartRows)
	parts := min((t.rows()+most-1)/most, mostPartScales/t.rows())
	if parts < 2 {
		return 0
	}
	return (t.rows() + parts - 1) / parts
}

// decodedRow is how many bytes are decoded for a row of the tensor, sources of sources included.
func (t *Trial) decodedRow(c *candidate) int64 {
	n := t.width * int64(c.pred.From.Size()) / predict.ValuesOf(c.pred.From) * int64(max(c.depth, 1))
	if c.pred.Kind == predict.Combined {
		n *= int64(len(c.pred.Sources))
	}
	return max(n, 1)
}

// plan is that of the part whose first chunk begins at off, and is for all chunks that begin in it.
func (s *parting) plan(ctx context.Context, off int64) (*Plan, error) {
	row := off / s.trial.rowBytes()
	end := min(row+s.whole.partRows, s.trial.rows())
	c, err := s.scaled(ctx, row, end)
	if err != nil {
		return nil, err
	}
	p, err := settle(s.trial.sources, c)
	if err != nil {
		return nil, err
	}
	p.parting, p.end = s, end*s.trial.rowBytes()
	return p, nil
}

// scaled is the candidate for the part of rows in [from, to): with scales where these pay.
func (s *parting) scaled(ctx context.Context, from, to int64) (*candidate, error) {
	t := *s.trial
	more := (t.MaxChunk + t.rowBytes() - 1) / t.rowBytes()
	act, err := t.measureRows(ctx, s.whole.pred, codec.RowColScales, from, min(to+more, t.rows()))
	if err != nil || act == nil {
		return s.whole, err
	}
	t.sample = nil
	off := (from + to) / 2 * t.rowBytes()
	if err := t.readPiece(off, min(t.sampleBytes(), t.size-off)); err != nil {
		return nil, err
	}
	scaled := s.whole.with(act, &t)
	plain, err := t.coded(s.whole)
	if err != nil {
		return s.whole, nil // a damaged source
	}
	share, err := t.coded(scaled)
	if err != nil || (plain-share)*float64((to-from)*t.rowBytes()) < float64(len(scaled.pred.Marshal())+RecordBytes) {
		return s.whole, nil
	}
	return scaled, nil
}
