//go:build !race && !asan

package ggml_test

const underRace = false
