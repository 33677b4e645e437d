//go:build race

package hub

// underRace says that the race detector is on, which makes everything ten times slower.
const underRace = true
