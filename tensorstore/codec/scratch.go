package codec

import "sync"

// A scratch is the memory of one call: about 3 MB, kept between calls.
type scratch struct {
	kernel kernel
	tok    []uint8  // symbol of each element
	ctx    []uint16 // its context
	tab    []uint8  // its table
	wide   []uint16 // Fields: symbols before they are numbered
	words  []uint16 // words of the entropy coder, when writing
	buf    []byte   // its input, when reading
	raw    []byte   // raw bits
	side   []byte   // coded tables
	hist   histogram
	clust  []cluster
	vals   []int16 // sample of values, for the contexts' offset
	spans  spans
	set    symbolSet
	tables [maxTables]table
	slots  slots
	syms   ransSyms
	pairs  ransPairs
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// getScratch returns a scratch for a call that runs in k; put it back.
func getScratch(k kernel) *scratch {
	s := scratches.Get().(*scratch)
	s.kernel = k
	return s
}

// grow returns s with length n; what it held may be lost.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/8)
	}
	return s[:n]
}
