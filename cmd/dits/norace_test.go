//go:build !race

package main

const killRounds = 30
