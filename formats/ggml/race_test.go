//go:build race || asan

package ggml_test

// underRace says that a detector is on, of races or of wrong addresses: everything is ten times slower.
const underRace = true
