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

// TestHelpFits: what is told, and of flags, is no wider than 80 columns.
func TestHelpFits(t *testing.T) {
	var all func(*cobra.Command)
	all = func(cmd *cobra.Command) {
		var out bytes.Buffer
		cmd.SetOut(&out)
		if err := cmd.Help(); err != nil {
			t.Error(err)
		}
		told, usage, _ := strings.Cut(out.String(), "\nUsage:\n")
		_, flags, _ := strings.Cut(usage, "\nFlags:\n")
		for line := range strings.Lines(told + flags) {
			if width := textWidth(strings.TrimRight(line, "\n")); width > helpWidth {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), width, line)
			}
		}
		for _, sub := range cmd.Commands() {
			all(sub)
		}
	}
	all(newRoot())
}
