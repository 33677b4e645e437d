// Package number reads tensors of any dtype as numbers: [Decoder] some elements, [NewRows] the rows of a matrix,
// [Compare] two tensors whole, with figures of how far they are apart. A [Grid] says how far apart the numbers of a
// dtype lie, and rounds to it.
//
// Single numbers of the narrow floats are converted by package float, blocks of ggml by package ggml. 64-bit
// integers, which float64 does not hold, are compared exactly all the same.
package number
