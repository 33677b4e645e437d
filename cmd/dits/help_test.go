package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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

// TestHelpIsOurs wants no words of the library of commands, and a name for each value.
func TestHelpIsOurs(t *testing.T) {
	walk(fullRoot(), func(cmd *cobra.Command) {
		var b strings.Builder
		cmd.SetOut(&b)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for _, foreign := range []string{"[command]", "application", "autocompletion", "help for ", "version for ", "for more information"} {
			if strings.Contains(b.String(), foreign) {
				t.Errorf("%s: help has %q", cmd.CommandPath(), foreign)
			}
		}
		if cmd.HasParent() && cmd.Example == "" {
			t.Errorf("%s: no example", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); name != strings.ToUpper(name) {
				t.Errorf("%s: --%s %s, want the name of a value in capitals", cmd.CommandPath(), f.Name, name)
			}
		})
	})
}
