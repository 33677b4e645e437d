//go:build !race

package repo

const underRace = false
