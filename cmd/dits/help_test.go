package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// TestHelp holds every command to the same form: a short text, examples that begin with
// its own name, a group, and flags that say what they do.
func TestHelp(t *testing.T) {
	root := newRoot()
	if len(root.Commands()) < 16 {
		t.Fatalf("%d commands, want at least 16", len(root.Commands()))
	}
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			continue // the library's own
		}
		if cmd.Short == "" || cmd.GroupID == "" {
			t.Errorf("%s: no short text or no group", cmd.Name())
		}
		lines := strings.Split(cmd.Example, "\n")
		for _, line := range lines {
			if !strings.HasPrefix(line, "  dits "+cmd.Name()) && !strings.HasPrefix(line, "  dits diff") {
				t.Errorf("%s: example %q", cmd.Name(), line)
			}
			if utf8.RuneCountInString(line) > helpWidth {
				t.Errorf("%s: example of %d columns: %q", cmd.Name(), len(line), line)
			}
		}
		checkFlags(t, cmd)
	}
}

func checkFlags(t *testing.T, cmd *cobra.Command) {
	for line := range strings.Lines(cmd.LocalFlags().FlagUsages()) {
		if len(strings.Fields(line)) < 2 {
			t.Errorf("%s: flag %q says nothing", cmd.Name(), strings.TrimSpace(line))
		}
	}
}
