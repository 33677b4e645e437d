// Package cdc cuts a blob into content-defined chunks: cut points depend on
// the bytes near them and not on their offset, so that rows inserted into a
// matrix, or bytes into a file, change only the chunks around them. Call
// [Params.Cut] again and again on what is left of the blob, with [Default] and
// the Align of the element type.
//
// # The rule
//
// The hash of position p is a gear hash of the 64 bytes before it,
//
//	H(p) = Σ gear[data[p-1-i]] << i, i = 0..63, modulo 2^64
//
// with 256 constants made by splitmix64. Positions count from the start of the
// chunk and are multiples of Align, from Min to Max. The chunk ends at the first
// position with
//
//	H(p) < (2^64-1) / ((Avg-Min) / Align)
//
// and when there is none, at the position of the least H, the first of equals.
// So a cut that Max forces is a function of content too. Near the end of a blob,
// when less than Max is left, there is no forced cut, and no cut that would leave
// less than Min.
//
// Nothing is hashed before Min, which is where the speed comes from. Chunk
// lengths are spread evenly enough without the two masks of FastCDC (Xia et al.,
// USENIX ATC 2016): a larger Min gives the same spread, needs no more bytes to
// find back into step, and scans less. docs/benchmarks.md has the figures.
//
// Cut points are a format of a kind: content cut in another way is stored anew.
// The package does not read files, hash chunks, or know tensors.
package cdc
