package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible is text with control characters and bytes that are no UTF-8 written as in Go: \n, \x1b, \xff. Names and
// messages come from others, and must not move the cursor or make a line look like another.
func visible(text string) string { return visibleBut(text, "") }

// visibleBut is visible with some control characters kept.
func visibleBut(text, kept string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if char := text[:n]; unicode.IsControl(r) && !strings.ContainsRune(kept, r) || r == utf8.RuneError && n == 1 {
			quoted := strconv.Quote(char)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(char)
		}
		text = text[n:]
	}
	return b.String()
}

// visible is text as [visible] has it, with what paint has put around it.
func (p palette) visible(text string) string {
	if !bool(p) {
		return visible(text)
	}
	var b strings.Builder
	from := 0
	for _, at := range rendition.FindAllStringIndex(text, -1) {
		b.WriteString(visible(text[from:at[0]]) + text[at[0]:at[1]])
		from = at[1]
	}
	return b.String() + visible(text[from:])
}

// paletteOf is that of a screen; other writers have no colours.
func paletteOf(w io.Writer) palette {
	if s, ok := w.(*screen); ok {
		return s.palette
	}
	return false
}

// tell writes about something that is no result, a warning or an error, in lines as wide as the terminal.
func tell(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, wrapped(visibleBut(fmt.Sprintf(format, args...), "\n\t"), terminalWidth(w)))
}
