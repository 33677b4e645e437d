package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// A style is the number of a terminal's graphic rendition (ECMA-48, SGR).
type style string

const (
	bold       style = "1"
	dim        style = "2"
	red        style = "31"
	green      style = "32"
	yellow     style = "33"
	boldRed    style = "1;31"
	boldGreen  style = "1;32"
	boldYellow style = "1;33"
	boldCyan   style = "1;36"
)

// A palette says whether text gets colours.
type palette bool

// paint is text in a style. A style of "" is none.
func (p palette) paint(s style, text string) string {
	if !bool(p) || s == "" || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + visible(text) + "\x1b[m"
}

// counted is "3 added" in a style, without it where there are none.
func (p palette) counted(s style, n int, what string) string {
	if n == 0 {
		s = ""
	}
	return p.paint(s, fmt.Sprintf("%d %s", n, what))
}

// changeStyle is that of a relative change: the larger, the stronger. A fine-tune moves
// weights by some percent; at 1 nothing of the tensor is left.
func changeStyle(relative float64) style {
	switch {
	case math.IsNaN(relative):
		return bold
	case relative >= 1:
		return boldRed
	case relative >= 1e-1:
		return boldYellow
	case relative >= 1e-2:
		return yellow
	}
	return ""
}

// rendition is what paint puts around text.
var rendition = regexp.MustCompile("\x1b\\[[0-9;]*m")

// textWidth is how many columns of a terminal text takes: renditions take none, a wide character two.
func textWidth(text string) int {
	if strings.Contains(text, "\x1b[") {
		text = rendition.ReplaceAllString(text, "")
	}
	return runewidth.StringWidth(text)
}

// A colorMode is the value of --color.
type colorMode string

var colorModes = []string{"auto", "always", "never"}

func (m *colorMode) String() string { return string(*m) }

// Type is what help calls the value.
func (m *colorMode) Type() string { return "WHEN" }

func (m *colorMode) Set(value string) error {
	if !slices.Contains(colorModes, value) {
		return fmt.Errorf("want one of %s", strings.Join(colorModes, ", "))
	}
	*m = colorMode(value)
	return nil
}

// palette is that of what is printed to a terminal, or to none. Of itself it has colours
// on a terminal that can show them, unless NO_COLOR is set (https://no-color.org).
func (m colorMode) palette(terminal bool, getenv func(string) string) palette {
	switch m {
	case "always":
		return true
	case "never":
		return false
	}
	return palette(terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb")
}

// isTerminal says that w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
