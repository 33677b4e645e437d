// Package codec has the lossless coders of chunks. A [Codec] turns the bytes of
// one chunk into fewer, with what the reader will know too as context: the
// element type, where the chunk lies in its tensor, and a prediction of its
// bytes. Call [For] first; measure an [Activity] with a [Meter] where row and
// column scales may help.
//
// A coder never fails to encode: what it cannot make smaller the caller stores
// with [Raw]. Decoding is for untrusted input: it returns an error or exactly
// as many bytes as asked for, never panics, and takes memory in proportion to
// them. Whether they are the right bytes only their digest tells. A call takes
// some 4 MB of scratch, kept for the next; one of [Blocks] up to twice that, and six bytes a weight.
// On amd64 with AVX2 or AVX-512 the inner loops run in C, with cgo; everywhere
// else, and to the same bytes, in Go.
//
// Here are what single values are (fields, differences to predictions), numbers of predictions, and the table of
// codecs. Package entropy has the coding of symbols, and package blocks that of quant blocks; this page has the bytes
// of all three. Kernels of contexts and meters are here; those that read symbols, raw bits and elements in one
// pass are in entropy.
//
// What decides bytes when decoding is integer arithmetic, so an encoding means
// the same on every platform; numbers are little-endian. In the tables below a
// uvarint and a varint are those of [encoding/binary], "n" is the number of
// whole elements, "bin" is adaptive binary range code and "small" small integers (see below).
//
// # Raw, Zstd
//
// The bytes themselves; one frame of RFC 8878.
//
// # Fields
//
//	1        form: 0 floats, 1 integers by class, 2 bytes
//
// Form 0, in this order:
//
//	1        flags: 1 the sign is in the symbol, 2 the sign is among the raw
//	         bits (neither: the same in all), 4 a window is given
//	2        window: its lowest bit and its width                    if flag 4
//	size     one element: the bits outside of symbol and window      if flag 4
//	tail     the bytes after the last whole element
//	varint   scale of context 0                                      if Act covers the chunk
//	uvarint  length of the set of symbols in bytes, then in bin: 1 bit escapes,
//	         first and last symbol, for each between one bit whether it occurs
//	tokens   symbol numbers
//	rest     raw bits: for each element the symbol if it had no number of its
//	         own (256 are the most), then the window, then the sign
//
// A symbol is the exponent with the mantissa bits that follow it: 2, all of
// them for the 8-bit types. Its context is the scale of row plus column minus that
// of context 0, in [0, 63]. With flag 1 the sign comes above the exponent,
// inverted in columns that lean to the negative, and the context is that plus 64
// for each class of lean, 0 to 4. Without a window it is all below the symbol.
//
// Form 1 is the body of Delta, all predictions zero. Form 2:
//
//	varint   scale of context 0               if the element is a byte and Act covers the chunk
//	tokens   bytes, in the context of the scale, else of the position in the element
//
// # Delta
//
//	1        flags: 1 all is as predicted (nothing follows), 2 runs, 4 shift
//	1        shift: low bits that are zero in all elements           if flag 4
//	tail     the bytes after the last whole element
//	uvarint  length in bytes, then in bin for each run of 256 elements one bit,
//	         1 when it is as predicted, given the bit before         if flag 2
//	varint   size of context 0; it and the rest only if a run differs
//	tokens   classes of the elements in runs that differ
//	rest     raw bits of the same, in order
//
// A float is taken as an integer in the order of its values: all bits inverted
// if negative, else the top one. Both it and its prediction lose the low bits of
// the shift. The difference, modulo the width, is negated where the prediction is negative,
// and zig-zagged: z = 2d or -2d-1. Integers and bytes have no inversion but that of the
// top bit, and no negation. Class: z below 16; else b = bit length - 3,
// class = z>>b + 4b + 4, and the low b bits raw. Context: scales of row and column
// minus four times the exponent of the prediction (of 0: that of 1), plus the constant that
// makes it the expected z in quarter octaves; without Act minus the exponent; minus the size of
// context 0; in [0, 63].
//
// # Blocks
//
// The element is a quant block of a ggml type, and the chunk whole blocks. Alone or against predicted
// blocks of the same type; the list is that of blocks that are not as predicted, of which all are coded
// without a prediction:
//
//	list     of blocks
//	planes   scales of these blocks                                  if there are any
//	planes   quants of these blocks                                  if there are any
//
// With a guide, which says what to expect of scales first, and of quants once scales are known:
//
//	1        hints: 0 all are zero, 2 tokens follow                  if the guide takes hints
//	tokens   hints
//	list     of blocks whose scales are not as guessed; all if it does not guess
//	planes   scales of these blocks                                  if there are any
//	list     of blocks whose quants are not as expected
//	planes   quants of these blocks                                  if there are any
//
// A list:
//
//	1        0 none, 1 some, 2 all
//	uvarint  length in bytes, then in bin for each block of the chunk one bit, 1 when it
//	         is in the list, given the bit before                    if some
//
// Planes:
//
//	1        0 alone, 1 against what is predicted
//	         then for each plane of the type, of F16 numbers:
//	tokens   high bytes, then tokens of low bytes in the context of two bits of the high one; or against
//	uvarint  length in bytes of the body of Delta                    what is predicted
//	         and of symbols of at most 8 bits:
//	varint   size of context 0           for quants against others in other steps, or if Act covers the chunk
//	tokens   symbols, or what they differ by from those predicted
//
// blocks/layout.go has the planes of each type: an F16 field is a plane, its own order; packed scales and quants
// are unpacked; what is not known better is a plane of bytes, in the context of their place in the field. Quants coded alone
// have as context the quant that is worth nothing, where that varies from group to group, and the activity of row and
// column minus the size of the group's step; two of 2 or 3 bits are one symbol where Act says nothing. Quants against
// predicted ones are coded as the difference to the quant whose value is nearest to that of the predicted one, modulo the
// width, negated where that is too large, in the context of the size of the step and of the distance (blocks/expect.go). Act counts
// weights, not blocks.
//
// # Tokens
//
//	uvarint  length of the tables in bytes, that is of the next three
//	1        in the low three bits L, at most 6, and above them whether the tables are coarse
//	1        the number of symbols less one
//	small    the contexts that share a table less one, for each run of them while more than one
//	         is left; then the tables
//	uvarint  length of the words in bytes, then 2^L states of 4 bytes, then
//	         words of 2 bytes (rANS, see entropy/rans.go)
//
// A table is, each as a small integer, a shift by which it follows the one before, in symbols; its
// last symbol less that of the one before, shifted; and for each symbol up to there a level, less
// what entropy/tablecode.go predicts, or nothing for a symbol that never occurs. The probability is
// 2^((level-1)/4 - 12). spread in entropy/freq.go says how levels become frequencies, out of 1024 in coarse
// tables, else out of 4096.
//
// # Raw bits
//
// The first bit is the lowest of the first byte; the last byte is filled with zeros.
//
// # Small integers
//
//	4        state
//	rest     words of 2 bytes (rANS in one lane, probabilities of 10 bits)
//
// Each number has a context, of which entropy/tablecode.go, activity.go and numberswrite.go have the lists.
// Before the first of a context come 12 bits that tell its distribution: see peak in entropy/small.go. Symbol
// 0 is nothing, 63 is followed by a number of 16 bits, others are the number plus 32.
//
// # Numbers
//
// [AppendNumbers] is no coder of chunks. Each column of its numbers has a spread of its own
// around zero, by a class, and no tables: both sides make normal distributions from the classes
// (numbers.go). No numbers take no bytes.
//
//	uvarint  length of the classes in bytes, that is of the next two
//	1        binary logarithm of the lanes
//	small    classes of the columns, each less the one before
//	uvarint  length of the words in bytes, then states and words as in Tokens, of 12 bits
//	rest     raw bits: for each number 16 if its symbol is 0, else as many as its class has
//
// A number is rounded to a multiple of 2^raw, halves upwards; that multiple plus 64 is the symbol, and the
// raw bits are the number plus half of 2^raw, modulo 2^raw.
//
// # Bin
//
// The range coder of LZMA with the first byte, always 0, left out, and zeros
// among the last five. entropy/bin.go has how probabilities move.
package codec
