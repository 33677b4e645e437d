//go:build race

package main

const (
	// killRounds is few: under the race detector a process takes ten times as long, and the
	// detector cannot see what TestKill looks for.
	killRounds = 5
	slower     = 10
)
