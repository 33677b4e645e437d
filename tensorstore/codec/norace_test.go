//go:build !race && !asan

package codec

const underRace = false
