// Package entropy has the coders of symbols that all encodings of chunks are made of. An [Encoder] turns symbols, each
// in a context that both sides know, into a section: tables and words of rANS; a [Decoder] reads it block by block. Call
// [Encoder.Append] first, with Tok and Ctx set, and [Decoder.Open] to read. Beside them are raw bits ([BitWriter]),
// classes of integers, whose low bits are raw ([Classify]), sets of symbols wider than a byte ([SymbolSet]), flags
// ([AppendFlags]), small integers such as tables consist of ([SmallWriter]), and contexts for an expected size ([Sizes]).
//
// What symbols mean is not known here: fields, differences and quants are for packages above. The exception are
// elements of 2 bytes (half.go), which most weights are: their kernels decode symbols, take raw bits and add
// predictions in one pass, while a round of the coder waits for its lookups. Passes of their own would
// read and write each element twice more.
//
// Decoding is for untrusted input: it gives an error or bounded symbols, never panics, and takes memory in
// proportion to what was asked for. Everything that decides bytes is integer arithmetic. On amd64 with AVX2
// or AVX-512 the inner loops run in C, with cgo (kernel.go); everywhere else, and to the same bytes, in Go. The
// bytes of each section are in the documentation of package codec.
package entropy
