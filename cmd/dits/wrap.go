package main

import (
	"strings"

	"github.com/mitchellh/go-wordwrap"
)

const noBreak = "\u00a0"

// wrapped is a message in lines of that many columns, 0 for any. What stands between backquotes is to be typed, and stays
// on one line.
func wrapped(text string, width int) string {
	if width <= 0 {
		return text
	}
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts)-1; i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], " ", noBreak)
	}
	text = wordwrap.WrapString(strings.Join(parts, "`"), uint(max(leastColumn, width)))
	return strings.ReplaceAll(text, noBreak, " ")
}
