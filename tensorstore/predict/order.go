package predict

// An Order is the arithmetic of a [Combination]: which steps there are, and which of
// them are rounded to the element type of the sources, as they are where a tool computes
// in that type. All steps are float32, each rounded once, from the first source to the
// last. Numbers are on disk and never reused.
type Order uint8

// Orders, by what they are of coefficients c and sources s; ⌊x⌉ is rounded to the sources' type.
const (
	Sum             Order = 0 // c0·s0 + c1·s1 + …: a merge in float32
	RoundedProducts Order = 1 // ⌊c0·s0⌉ + ⌊c1·s1⌉ + …: products in the type, summed up in float32
	RoundedSums     Order = 2 // ⌊⌊⌊c0·s0⌉ + ⌊c1·s1⌉⌉ + …⌉: one addition after the other in the type
	Deltas          Order = 3 // c0·s0 + (c1·(s1-s0) + …): task arithmetic in float32
	RoundedDeltas   Order = 4 // c0·s0 + (c1·⌊s1-s0⌉ + …): task vectors kept in the type
	DeltaSums       Order = 5 // ⌊⌊c0·s0⌉ + ⌊⌊c1·⌊s1-s0⌉⌉ + …⌉⌉: task arithmetic in the type
	Divided         Order = 6 // (c0·s0 + c1·s1 + …) / (c0 + c1 + …): a weighted mean
)

// steps are what an order does.
type steps struct {
	deltas   bool // all but the first source less the first
	delta    bool // differences are rounded
	products bool // products are rounded
	sums     bool // sums are rounded
	divides  bool // by the sum of coefficients
}

var orders = [...]steps{
	Sum:             {},
	RoundedProducts: {products: true},
	RoundedSums:     {products: true, sums: true},
	Deltas:          {deltas: true},
	RoundedDeltas:   {deltas: true, delta: true},
	DeltaSums:       {deltas: true, delta: true, products: true, sums: true},
	Divided:         {divides: true},
}
