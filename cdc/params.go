package cdc

import "fmt"

// window is how many bytes before a position its hash depends on.
const window = 64

// limit bounds Max, so that no product of lengths overflows on any platform.
const limit = 1 << 30

// Params say how long chunks are, in bytes. Memory that a reader or writer of
// chunks needs is bounded by Max.
type Params struct {
	Min int // no chunk is shorter, but for the last of a blob; at least 64
	Avg int // mean length in random data before Max cuts it short
	Max int // no chunk is longer
	// Align is what cut points are multiples of: the size of an element or
	// of a quant block, any number. Min is rounded up and Max down to it.
	// 0 counts as 1.
	Align int
}

// Default is for tensors and anything large, Fine for what is nearly the same
// from file to file: headers, with the tokenizer in them, and text. A chunk takes
// about 124 bytes besides its content, 0.8% with Fine, so Fine is not for the gigabytes.
// Set Align to that of the element type. Both are chosen by scripts/sweep: Default has
// about 256 Ki BF16 weights in a chunk, which the entropy coders work best on.
var (
	Default = Params{Min: 256 << 10, Avg: 512 << 10, Max: 1 << 20, Align: 1}
	Fine    = Params{Min: 8 << 10, Avg: 16 << 10, Max: 32 << 10, Align: 1}
)

// Validate says what is wrong with p, or nil.
func (p Params) Validate() error {
	a := p.align()
	switch {
	case p.Align < 0:
		return fmt.Errorf("chunk align: got %d, want 0 or more", p.Align)
	case p.Min < window:
		return fmt.Errorf("chunk min: got %d, want at least %d", p.Min, window)
	case p.Max > limit:
		return fmt.Errorf("chunk max: got %d, want at most %d", p.Max, limit)
	case p.Avg <= p.Min:
		return fmt.Errorf("chunk avg: got %d, want more than min %d", p.Avg, p.Min)
	case p.Max < p.Avg:
		return fmt.Errorf("chunk max: got %d, want at least avg %d", p.Max, p.Avg)
	case p.Avg-p.Min < a:
		return fmt.Errorf("chunk align: got %d, want at most avg-min %d", a, p.Avg-p.Min)
	}
	return nil
}

// align is Align, at least 1.
func (p Params) align() int { return max(p.Align, 1) }

// bounds returns Min rounded up and Max rounded down to a multiple of Align.
// For valid Params 64 <= lo <= hi, because Align fits between Min and Avg.
func (p Params) bounds() (lo, hi int) {
	a := p.align()
	return (p.Min + a - 1) / a * a, p.Max / a * a
}

// threshold is what the hash of a cut point is below.
func (p Params) threshold() uint64 {
	return ^uint64(0) / uint64((p.Avg-p.Min)/p.align())
}
