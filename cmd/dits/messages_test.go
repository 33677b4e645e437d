package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// quoted is a command line in a message, between the quotes or brackets that messages put around what can be run.
var quoted = regexp.MustCompile("[`(]dits ([^`)]*)")

// TestMessagesNameCommands wants a command, and flags that it has, wherever a message says `dits …`.
func TestMessagesNameCommands(t *testing.T) {
	found := 0
	for _, dir := range []string{".", "../../repo", "../../catalog", "../../tensorstore", "../../formats"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, text := range literals(t, path) {
				for _, m := range quoted.FindAllStringSubmatch(text, -1) {
					found++
					checkCommandLine(t, path, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 30 {
		t.Errorf("%d command lines in messages, want at least 30", found)
	}
}

// literals are the texts of a source file.
func literals(t *testing.T, path string) (texts []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
		return true
	})
	return texts
}

// checkCommandLine wants the words of a command line to begin with a command that has their flags. The end may be
// missing, where a message is put together. Placeholders stand for a command.
func checkCommandLine(t *testing.T, where, line string) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) == 0 || strings.ContainsAny(words[0], "%") || words[0] == "COMMAND" {
		return
	}
	cmd, _, err := fullRoot().Find(words)
	if err != nil || !cmd.HasParent() {
		t.Errorf("%s: `dits %s`: no such command", where, line)
		return
	}
	for _, word := range words {
		flag, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(flag, "-") && flag != "--" && flag != "-" && !hasFlag(cmd, flag) {
			t.Errorf("%s: `dits %s`: no flag %s", where, line, flag)
		}
	}
}

// TestExamplesParse wants the flags of every example to be flags of its command.
func TestExamplesParse(t *testing.T) {
	walk(fullRoot(), func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(line, "#")
			rest, ok := strings.CutPrefix(strings.TrimSpace(line), "dits ")
			if !ok {
				continue
			}
			rest = regexp.MustCompile(`'[^']*'|"[^"]*"`).ReplaceAllString(rest, "TEXT")
			rest, _, _ = strings.Cut(rest, " | ")
			rest, _, _ = strings.Cut(rest, " > ")
			root := fullRoot()
			sub, args, err := root.Find(spelledOut(root, strings.Fields(rest)))
			if err != nil || !sub.HasParent() {
				t.Errorf("%s: example %q: no such command", cmd.CommandPath(), line)
				continue
			}
			if err := sub.ParseFlags(args); err != nil {
				t.Errorf("%s: example %q: %v", cmd.CommandPath(), line, err)
			}
		}
	})
}
