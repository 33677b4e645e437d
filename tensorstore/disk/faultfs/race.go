//go:build race

package faultfs

const underRace = true
