package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// docsWidth is how many columns a line of the documentation has at most.
const docsWidth = 120

// unbreakable are lines that may be longer: rows of tables, and what is one link, one picture or one message.
var unbreakable = regexp.MustCompile("^(\\||!?\\[[^]]*\\]\\([^)]*\\)[.:]?$|- `[^`]*`$)")

// TestDocsAreNarrow holds the lines of README.md and docs/.
func TestDocsAreNarrow(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages in docs/, want at least 10: %v", len(pages), err)
	}
	for _, page := range append(pages, "../../README.md") {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		for line := range strings.Lines(string(b)) {
			number++
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > docsWidth && !unbreakable.MatchString(line) {
				t.Errorf("%s:%d: %d columns, want at most %d", filepath.Base(page), number, n, docsWidth)
			}
		}
	}
}
