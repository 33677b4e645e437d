//go:build !windows

package main

// readyConsole has nothing to do: terminals take renditions.
func readyConsole() {}
