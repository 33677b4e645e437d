package choose

// A Level says how hard to look for what is smaller.
type Level uint8

// Levels. The zero value is DefaultLevel.
const (
	DefaultLevel Level = iota
	FastLevel          // no scales of rows and columns
	MaxLevel           // every way is tried on every tensor
)
