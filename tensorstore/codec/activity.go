package codec

import "dits/tensorstore/codec/entropy"

// A Mode says which scales an [Activity] has.
type Mode uint8

// Modes of an activity. A bit each for rows, columns, and leans.
const (
	NoScales     Mode = 0
	RowScales    Mode = 1
	ColScales    Mode = 2
	RowColScales Mode = RowScales | ColScales
	// Leans adds the mean sign of each column, which only Fields looks at. A
	// Meter adds it by itself to ColScales where columns lean, as most do not.
	Leans Mode = 4
)

// An Activity is how large the values of a tensor, or their changes against a
// prediction, are expected to be: one scale for each row and each column of the
// tensor seen as a matrix. A scale is a logarithm, four steps to the octave; the
// mean magnitude expected at (i, j) is 2^((row i + column j)/4). It is read-only
// and safe for concurrent use, and takes two bytes a row and three a column.
type Activity struct {
	mode        Mode
	rows, width int64
	row, col    []int16 // nil when the mode lacks them
	lean        []int8  // mean of a column over its mean magnitude, in 1/8; nil without
}

// Mode says which scales a has.
func (a *Activity) Mode() Mode { return a.mode }

// Memory is how many bytes the scales take in memory; 0 of none.
func (a *Activity) Memory() int64 {
	if a == nil {
		return 0
	}
	return 2*int64(len(a.row)+len(a.col)) + int64(len(a.lean))
}

// scales are the scales of rows and columns, nil where there are none.
func (a *Activity) scales() (row, col []int16) {
	if a == nil {
		return nil, nil
	}
	return a.row, a.col
}

// maxScale bounds a scale, in quarter octaves: float64 has 2^±1075.
const maxScale = 8192

// Contexts of the small integers of an activity; those of columns follow those of rows.
const (
	scaleFirst = 0
	scaleNext  = 1 // plus how far off the last prediction was, up to 2
	scaleSide  = 4 // contexts of a side
	scaleLean  = 2 * scaleSide
)

// Append appends the encoding of a to dst: 2 to 3 bits a scale.
//
//	1 byte  mode
//	rest    rows, columns, leans as small integers, scales less what scaleCoder expects
func (a *Activity) Append(dst []byte) []byte {
	w := entropy.NewSmallWriter()
	writeScales(w, 0, a.row)
	writeScales(w, scaleSide, a.col)
	for _, l := range a.lean {
		w.Put(scaleLean, int(l))
	}
	return w.Close(append(dst, byte(a.mode)))
}

// A scaleCoder predicts scales by a slow and a fast mean of those before.
type scaleCoder struct {
	context int
	slow    int // in 1/16
}

// expect returns the context of the next scale and its prediction.
func (c *scaleCoder) expect() (context, scale int) { return c.context, (c.slow + 8) >> 4 }

// update takes in the scale v.
func (c *scaleCoder) update(v int) {
	if c.context == scaleFirst {
		c.context, c.slow = scaleNext, v<<4
		return
	}
	d := v - (c.slow+8)>>4
	c.slow += d
	c.context = scaleNext + min(max(d, -d)/2, 2)
}

// writeScales codes the scales of a side whose contexts begin at from.
func writeScales(w *entropy.SmallWriter, from int, v []int16) {
	var c scaleCoder
	for _, x := range v {
		context, p := c.expect()
		w.Put(from+context, int(x)-p)
		c.update(int(x))
	}
}

// leanClasses is the number of classes of leans.
const leanClasses = maxLean/2 + 1

// leanClass is how much a column leans, either way.
func leanClass(l int8) uint16 {
	if l < 0 {
		l = -l
	}
	return (uint16(l) + 1) / 2
}
