package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

var manDir = flag.String("man", "", "write the manual pages into `DIR` and keep them: `make man`")

// TestManPages makes a manual page of every command, with its flags and examples.
func TestManPages(t *testing.T) {
	dir := *manDir
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	root := fullRoot()
	walk(root, func(cmd *cobra.Command) { cmd.DisableAutoGenTag = true })
	header := &doc.GenManHeader{Title: "DITS", Section: "1", Source: "dits", Manual: "dits"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() || cmd.Name() == "help" || cmd.Name() == "completion" {
			continue
		}
		page, err := os.ReadFile(filepath.Join(dir, "dits-"+cmd.Name()+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{".SH NAME", ".SH OPTIONS", ".SH EXAMPLE"} {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s: no %s", cmd.Name(), want)
			}
		}
	}
}
