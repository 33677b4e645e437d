package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestReflow(t *testing.T) {
	text := "One two\nthree four five.\n\n  set in, and longer than that\n\nlast\n"
	want := "One two three\nfour five.\n\n  set in, and longer than that\n\nlast"
	if got := reflow(text, 14); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestHelpFits: no line of help is wider than 80 columns, nor is that of how a command is called.
func TestHelpFits(t *testing.T) {
	walk(fullRoot(), func(cmd *cobra.Command) {
		var out bytes.Buffer
		cmd.SetOut(&out)
		if err := cmd.Help(); err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(out.String()) {
			if width := textWidth(strings.TrimRight(line, "\n")); width > helpWidth {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), width, line)
			}
		}
	})
}
