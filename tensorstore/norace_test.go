//go:build !race

package tensorstore

const underRace = false
