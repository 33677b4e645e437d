package codec

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"dits/tensorstore/codec/entropy"
)

// fieldsCodec codes elements without a prediction: a symbol of the exponent and
// the mantissa bits after it in the context of row and column, the rest as raw bits.
type fieldsCodec struct{ kernel kernel }

// Forms of Fields.
const (
	formFloat = 0 // exponents
	formClass = 1 // integers: the body of a delta to zero
	formBytes = 2 // bytes, by their position in the element
)

// Encode applies when the result is smaller than src. Quant blocks are for Blocks.
func (c fieldsCodec) Encode(dst, src []byte, in Input) ([]byte, bool) {
	in.Pred = nil
	n := len(src) / in.Elem.Size()
	if n == 0 || in.Elem.refuseBlocks() != nil {
		return dst, false
	}
	start := len(dst)
	s := getScratch(c.kernel)
	defer scratches.Put(s)
	switch in.Elem {
	case BF16, F16:
		dst = appendFields[uint16](s, append(dst, formFloat), src, in)
	case F32:
		dst = appendFields[uint32](s, append(dst, formFloat), src, in)
	case F64:
		dst = appendFields[uint64](s, append(dst, formFloat), src, in)
	case E4M3, E5M2:
		dst = appendFields[uint8](s, append(dst, formFloat), src, in)
	default:
		dst = appendIntegers(s, dst, src, in)
	}
	if in.Elem.float() && mixed(src, in.Elem.Size()) {
		dst = s.orBytes(dst, start, src, in)
	}
	if len(dst)-start >= len(src) {
		return dst[:start], false
	}
	return dst, true
}

// mixed reports that the lowest byte is zero in many elements but not in all:
// some came from a narrower type, and bytes by position may take less.
func mixed(src []byte, size int) bool {
	if size < 4 {
		return false
	}
	zero, n := 0, 0
	for at := 0; at+size <= len(src); at += 61 * size {
		n++
		if src[at] == 0 {
			zero++
		}
	}
	return zero < n && 4*zero > n
}

// appendIntegers appends what is smaller, classes or bytes.
func appendIntegers(s *scratch, dst, src []byte, in Input) []byte {
	start := len(dst)
	switch in.Elem {
	case I16:
		dst = appendDelta[uint16](s, append(dst, formClass), src, in)
	case I32:
		dst = appendDelta[uint32](s, append(dst, formClass), src, in)
	case I64:
		dst = appendDelta[uint64](s, append(dst, formClass), src, in)
	default:
		return s.appendBytes(append(dst, formBytes), src, in)
	}
	return s.orBytes(dst, start, src, in)
}

// orBytes replaces what dst has from start on by the form formBytes of src if
// that is smaller.
func (s *scratch) orBytes(dst []byte, start int, src []byte, in Input) []byte {
	end := len(dst)
	dst = s.appendBytes(append(dst, formBytes), src, in)
	if len(dst)-end < end-start {
		return append(dst[:start], dst[end:]...)
	}
	return dst[:end]
}

// A splitter says how elements are split: the symbol, and the window of bits
// below it that are not the same in all elements.
type splitter[T entropy.Word] struct {
	layout
	expectation
	signed bool // the sign is part of the symbol, turned by the lean of the column
	stored bool // the sign is a raw bit
	same   T    // bits outside of symbol, sign and window, where they are the same
	lo, n  uint // window
}

// Flags of formFloat.
const (
	fieldsSigned   = 1 // sign in the symbol
	fieldsStored   = 2 // sign among the raw bits; neither: it is the same in all
	fieldsWindow   = 4 // a window and a pattern are given; else it is all below the symbol
	fieldsAllFlags = fieldsSigned | fieldsStored | fieldsWindow
)

// rest is the number of bits below the symbol.
func (f *splitter[T]) rest() uint { return f.mant - f.lead }

// symbolBits is the width of a symbol.
func (f *splitter[T]) symbolBits() uint {
	w := f.exp + f.lead
	if f.signed {
		w++
	}
	return w
}

// contexts is their number.
func (f *splitter[T]) contexts() int {
	if f.signed {
		return entropy.SizeContexts * leanClasses
	}
	return entropy.SizeContexts
}

// split returns the splitter for the words whose bits are all in or and all have and.
func split[T entropy.Word](in *Input, n int, or, and T) splitter[T] {
	f := splitter[T]{layout: in.Elem.layout(), expectation: in.expect(n)}
	top := entropy.Width[T]() - 1
	vary := or &^ and
	if vary>>top == 1 {
		f.signed = f.act != nil && f.act.lean != nil
		f.stored = !f.signed
	}
	low := uint64(vary) & (1<<f.rest() - 1)
	if low != 0 {
		f.lo = uint(bits.TrailingZeros64(low))
		f.n = uint(bits.Len64(low)) - f.lo
	}
	f.same = and & (T(1)<<f.rest() - 1) &^ ((T(1)<<f.n - 1) << f.lo)
	if !f.signed && !f.stored {
		f.same |= and & (T(1) << top)
	}
	return f
}

// header appends the flags, and the window with the pattern when they say
// something.
func (f *splitter[T]) header(dst []byte) []byte {
	flags := 0
	if f.signed {
		flags |= fieldsSigned
	}
	if f.stored {
		flags |= fieldsStored
	}
	given := f.lo != 0 || f.n != f.rest() || f.same != 0
	if given {
		flags |= fieldsWindow
	}
	dst = append(dst, byte(flags))
	if given {
		var w [8]byte
		binary.LittleEndian.PutUint64(w[:], uint64(f.same))
		dst = append(dst, byte(f.lo), byte(f.n))
		dst = append(dst, w[:entropy.Width[T]()/8]...)
	}
	return dst
}

// readSplitter reads what header wrote.
func readSplitter[T entropy.Word](enc []byte, in *Input, n int) (f splitter[T], rest []byte, err error) {
	f = splitter[T]{layout: in.Elem.layout(), expectation: in.expect(n)}
	if len(enc) == 0 || enc[0]&^fieldsAllFlags != 0 {
		return f, nil, errFields
	}
	flags := enc[0]
	enc = enc[1:]
	f.signed, f.stored = flags&fieldsSigned != 0, flags&fieldsStored != 0
	f.n = f.rest()
	if f.signed && (f.stored || f.act == nil || f.act.lean == nil) {
		return f, nil, fmt.Errorf("leans: %w", errFields)
	}
	if flags&fieldsWindow == 0 {
		return f, enc, nil
	}
	size := int(entropy.Width[T]() / 8)
	if len(enc) < 2+size {
		return f, nil, entropy.ErrShort
	}
	f.lo, f.n = uint(enc[0]), uint(enc[1])
	if f.lo+f.n > f.rest() {
		return f, nil, fmt.Errorf("window [%d,%d) of %d: %w", f.lo, f.lo+f.n, f.rest(), errFields)
	}
	var w [8]byte
	copy(w[:], enc[2:2+size])
	f.same = T(binary.LittleEndian.Uint64(w[:]))
	return f, enc[2+size:], nil
}

// appendFields appends the form formFloat of src.
func appendFields[T entropy.Word](s *scratch, dst, src []byte, in Input) []byte {
	size := in.Elem.Size()
	n := len(src) / size
	or, and := common[T](src, n)
	f := split(&in, n, or, and)
	dst = f.header(dst)
	dst = append(dst, src[n*size:]...)
	if f.act != nil {
		f.centerOn(s, n)
		dst = binary.AppendVarint(dst, int64(f.off))
	}
	f.symbols(s, src, n)
	s.set.Choose(f.symbolBits())
	dst = s.set.Append(dst, f.symbolBits())
	raw := f.tokenize(s, src, n)
	dst = s.Append(dst, f.contexts(), s.set.N)
	return append(dst, raw...)
}

// centerOn sets the offset of contexts by a sample of n elements.
func (f *splitter[T]) centerOn(s *scratch, n int) {
	var v [1]int16
	s.vals = s.vals[:0]
	for at := 0; at < n; at += 509 {
		f.fill(v[:], at)
		s.vals = append(s.vals, v[0])
	}
	f.off = entropy.Centre(s.vals)
}

// common returns the bits that occur in any of n words, and those in all.
func common[T entropy.Word](src []byte, n int) (or, and T) {
	and = ^T(0)
	var x [256]T
	size := int(entropy.Width[T]() / 8)
	for at := 0; at < n; at += len(x) {
		b := x[:min(len(x), n-at)]
		entropy.Load(b, src[at*size:])
		for _, v := range b {
			or |= v
			and &= v
		}
	}
	return or, and
}
