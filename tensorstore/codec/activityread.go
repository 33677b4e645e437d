package codec

import (
	"fmt"

	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// ParseActivity reads what [Activity.Append] wrote for a matrix of rows times
// width elements. What it takes in memory is bounded by len(b), some 1,500
// bytes for each, whatever rows and width are.
func ParseActivity(b []byte, rows, width int64) (*Activity, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("activity: empty")
	}
	a := &Activity{mode: Mode(b[0]), rows: rows, width: width}
	if a.mode > RowColScales|Leans || a.mode == Leans {
		return nil, fmt.Errorf("activity: mode %d, want 0 to 3, 5 to 7", a.mode)
	}
	if rows < 0 || width < 1 || rows > 1<<62/width {
		return nil, fmt.Errorf("activity: matrix of %d × %d", rows, width)
	}
	r := entropy.NewSmallReader(cpu.Best, b[1:])
	defer r.Free()
	var err error
	if a.mode&RowScales != 0 {
		if a.row, err = readScales(r, 0, rows); err != nil {
			return nil, fmt.Errorf("activity: row %w", err)
		}
	}
	if a.mode&ColScales != 0 {
		if a.col, err = readScales(r, scaleSide, width); err != nil {
			return nil, fmt.Errorf("activity: column %w", err)
		}
	}
	if a.mode&Leans != 0 {
		if a.lean, err = readLeans(r, width); err != nil {
			return nil, fmt.Errorf("activity: lean %w", err)
		}
	}
	if !r.Done() {
		return nil, fmt.Errorf("activity: %d bytes do not end where the scales do", len(b))
	}
	return a, nil
}

// readScales reads the n scales of a side whose contexts begin at from. It grows as it reads, so that n needs no trust.
func readScales(r *entropy.SmallReader, from int, n int64) ([]int16, error) {
	v := make([]int16, 0, min(n, 4096))
	var c scaleCoder
	for i := range n {
		context, p := c.expect()
		x := p + r.Get(from+context)
		if r.Over() {
			return nil, fmt.Errorf("%d of %d: %w", i, n, entropy.ErrShort)
		}
		if x < -maxScale || x > maxScale {
			return nil, fmt.Errorf("%d: scale %d, want ±%d", i, x, maxScale)
		}
		v = append(v, int16(x))
		c.update(x)
	}
	return v, nil
}

// readLeans reads n leans.
func readLeans(r *entropy.SmallReader, n int64) ([]int8, error) {
	v := make([]int8, 0, min(n, 4096))
	for i := range n {
		x := r.Get(scaleLean)
		if r.Over() {
			return nil, fmt.Errorf("%d of %d: %w", i, n, entropy.ErrShort)
		}
		if x < -maxLean || x > maxLean {
			return nil, fmt.Errorf("%d: %d, want ±%d", i, x, maxLean)
		}
		v = append(v, int8(x))
	}
	return v, nil
}
