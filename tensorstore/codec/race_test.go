//go:build race || asan

package codec

// underRace says that a detector is on, of races or of wrong addresses: sync.Pool may
// then drop a quarter of what it is given, and everything is ten times slower.
const underRace = true
