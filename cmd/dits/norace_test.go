//go:build !race

package main

const (
	killRounds = 30
	slower     = 1
)
