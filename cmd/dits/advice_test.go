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
)

// What a message tells a user to run exists, with its flags.
func TestAdviceCanBeTaken(t *testing.T) {
	told := regexp.MustCompile("`dits (-C [A-Z]+ )?([a-z][^`]*)`")
	advice := 0
	check := func(path, text string) {
		for _, m := range told.FindAllStringSubmatch(text, -1) {
			checkAdvice(t, path, strings.Fields(m[2]))
			advice++
		}
	}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				check(path, text)
			}
			return true
		})
		return nil
	})
	if err != nil || advice < 15 {
		t.Errorf("%d pieces of advice, want more: %v", advice, err)
	}
}

// checkAdvice wants a command, and its flags up to the first word that is none.
func checkAdvice(t *testing.T, path string, words []string) {
	t.Helper()
	cmd, rest, err := fullRoot().Find(words)
	if err != nil || cmd == cmd.Root() {
		t.Errorf("%s: advises `dits %s`: no such command (%v)", path, strings.Join(words, " "), err)
		return
	}
	for _, word := range rest {
		if word == "--" {
			return
		}
		if word != "-" && strings.HasPrefix(word, "-") && !hasFlag(cmd, word) {
			t.Errorf("%s: advises `dits %s`: no such flag as %s", path, strings.Join(words, " "), word)
		}
	}
}
