package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestEmptyWordsAreUsage gives every command an empty word at each place, and an empty value to each flag that takes one:
// all are a wrong usage, before anything is opened.
func TestEmptyWordsAreUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := 0
	wantUsage := func(words ...string) {
		t.Helper()
		lines++
		root := newRoot()
		root.SetArgs(words)
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		if err := root.Execute(); status(err) != exitUsage {
			t.Errorf("dits %q: exit status %d (%v), want %d", words, status(err), err, exitUsage)
		}
	}
	walk(newRoot(), func(cmd *cobra.Command) {
		if !cmd.Runnable() || cmd.Annotations[takesEmpty] != "" {
			return
		}
		path := strings.Fields(cmd.CommandPath())[1:]
		for n := 1; n <= 3; n++ {
			for at := range n {
				words := slices.Repeat([]string{"x"}, n)
				words[at] = ""
				wantUsage(append(slices.Clone(path), words...)...)
				wantUsage(slices.Concat(path, []string{"--"}, words)...)
			}
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal == "" {
				wantUsage(append(slices.Clone(path), "--"+f.Name+"=")...)
			}
		})
	})
	if lines < 300 {
		t.Errorf("%d command lines, want at least 300", lines)
	}
}
