//go:build !race

package ggml_test

const underRace = false
