package blocks

// A Guide predicts the quant blocks of one chunk from what they were made of, in the steps
// in which a decoder comes to know them: hints, then scales, then quants. It is safe for one
// coder at a time. Blocks are in the order of the chunk, in the layout of their ggml type.
type Guide interface {
	// Hints is the number of hints that the chunk takes, 0 for a guide that wants none. A hint is a
	// byte.
	Hints() int
	// Find fills hints with those that make Guess come nearest to what was made of the source. Only encoders
	// call it.
	Find(hints []byte)
	// Guess fills dst with the blocks as they are expected; ok is false, and dst of no meaning, for a guide
	// that expects nothing of scales. Hints are untrusted.
	Guess(dst, hints []byte) (ok bool)
	// Settle sets the quants of dst, whose scales are the true ones by now, to what follows from
	// these. guess is what Guess gave, nil if nothing: where scales are as guessed it is right about
	// quants too. Scales are untrusted.
	Settle(dst, guess []byte)
}
