//go:build race

package tensorstore

// underRace says that the race detector is on. Figures on the corpus are then left to the run
// without it, ten times as fast: they are about sizes, which no race would change unnoticed.
const underRace = true
