//go:build race

package main

// killRounds is few: under the race detector a process takes ten times as long, and the
// detector cannot see what TestKill looks for.
const killRounds = 5
