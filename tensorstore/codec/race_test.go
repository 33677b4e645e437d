//go:build race

package codec

// underRace says that the race detector is on: sync.Pool then drops a quarter of
// what it is given, and everything is ten times slower.
const underRace = true
