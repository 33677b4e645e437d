//go:build race

package ggml_test

// underRace says that the race detector is on: everything is ten times slower.
const underRace = true
