package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"dits/catalog"
	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/disk"
)

// errorsPage is where all messages are listed: made by `make docs`, held by TestErrorsPage.
const errorsPage = "../../docs/errors.md"

// An area is a part of the messages: what they are about, and the folders of the code that has them.
type area struct {
	title, about string
	dirs         []string
}

var areas = []area{
	{"What was typed", "Flags and words that make no sense, and what a command refuses to do. Exit status 2 where the command line is wrong, else 3.",
		[]string{"cmd/dits"}},
	{"Branches, tags and revisions", "", []string{"repo/refs"}},
	{"The repository and its history", "", []string{"repo", "repo/history", "repo/merge", "repo/lineage", "repo/object"}},
	{"The working folder", "", []string{"repo/work"}},
	{"Models and adapters", "Files that are no valid safetensors or GGUF, adapters that do not fit, and what cannot be compared.",
		[]string{"formats", "formats/safetensors", "formats/gguf", "formats/imatrix", "formats/number", "repo/diff", "repo/inspect", "repo/lora"}},
	{"The store", "Packs, the catalog, and what is read from them. What names a pack, a chunk or a record is damage, exit status 12: " +
		"`dits fsck` says what it means and what to do.",
		[]string{"catalog", "tensorstore", "tensorstore/disk", "tensorstore/pack", "tensorstore/upkeep"}},
}

// TestErrorsPage wants docs/errors.md to list what the code says.
func TestErrorsPage(t *testing.T) {
	checkPage(t, errorsPage, errorsText(t))
}

// checkPage wants a page that is made from the code to be as it is made now; with -update it makes it.
func checkPage(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the code says: `make docs` makes it anew", path)
	}
}

func errorsText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`# Errors

What dits says when something is wrong, and what to do then. Made from the code by ` + "`make docs`" + `: do not edit.
N stands for a number and … for a name, a value or the reason. ` + "`dits COMMAND --help`" + ` says how a command is used.
The lists below are for searching: what to do is in the message itself, or in this table.

An error begins with ` + "`dits:`" + `, says what, where, what was found and what was wanted, and ends with what to do next.
Nothing that is stored is lost by any of them. A script looks at the exit status:

`)
	b.WriteString(statusTable(t))
	for _, a := range areas {
		fmt.Fprintf(&b, "\n## %s\n\n", a.title)
		if a.about != "" {
			fmt.Fprintf(&b, "%s\n\n", reflow(a.about, docsWidth))
		}
		texts := messagesOf(t, a.dirs)
		if len(texts) < 5 {
			t.Errorf("%s: %d messages, want at least 5", a.title, len(texts))
		}
		for _, text := range texts {
			fmt.Fprintf(&b, "- `%s`\n", text)
		}
	}
	return b.String()
}

// statusTable is what each exit status means and what dits then says to do, by the program itself.
func statusTable(t *testing.T) string {
	t.Helper()
	cmd, _, err := fullRoot().Find([]string{"fsck"})
	if err != nil {
		t.Fatal(err)
	}
	some := errors.New("…")
	rows := []struct {
		when string
		err  error
	}{
		{"the command line is wrong", usagef("…")},
		{"a model is cut off, or is no model", &repo.FlawError{}},
		{"a file changed while it was read", tensorstore.ErrChanged},
		{"a ref or the index is damaged", &refs.BrokenError{Err: some}},
		{"files could not be read by `fsck`", errUnreadable},
		{"`gc` or `repack` was overtaken by writers", repo.ErrOutdated},
		{"`gc` finds no repository where one was", &repo.UnreadableError{Root: "DIR", Err: some}},
		{"no repository here or above", repo.ErrNoRepository},
		{"another process is changing the repository", refs.ErrLocked},
		{"another process is writing the catalog", catalog.ErrBusy},
		{"another process works on the store", disk.ErrLocked},
		{"stored bytes are not what was written", object.ErrCorrupt},
		{"the catalog is damaged", &catalog.DamagedError{Err: some}},
		{"`fsck` found damage", errProblems},
		{"interrupted, by Ctrl-C say", context.Canceled},
		{"anything else", errors.New("the message says it")},
	}
	slices.SortStableFunc(rows, func(a, b struct {
		when string
		err  error
	}) int {
		return status(a.err) - status(b.err)
	})
	var b strings.Builder
	b.WriteString("| exit status | when | what to do |\n|---|---|---|\n")
	b.WriteString("| 1 | differences, a merge that is none, conflicts, or nothing to commit: the output says it | |\n")
	for i, row := range rows {
		if code := status(row.err); code == exitNoRepository && status(rows[max(0, i-1)].err) == exitError {
			b.WriteString("| 4, 5, 6 | what `verify-merge` found: another base, another scale, and more | the output says it |\n")
		}
		code := status(row.err)
		fmt.Fprintf(&b, "| %d | %s | %s |\n", code, row.when, cell(nextOf(cmd, row.err, code)))
	}
	return b.String()
}

// nextOf is what dits says to do about an error: its advice, else its own words.
func nextOf(cmd *cobra.Command, err error, code int) string {
	next := advice(cmd, err, code)
	if code == exitUsage {
		return "`dits COMMAND --help` says how it is used"
	}
	if next == "" {
		next = err.Error()
	}
	return next
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
}

// messagesOf are the texts of errors in the code of some folders, sorted, each once.
func messagesOf(t *testing.T, dirs []string) (texts []string) {
	t.Helper()
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no code: %v", dir, err)
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				texts = append(texts, errorLiterals(t, name)...)
			}
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// errorLiterals are the texts of errors that a source file makes: of calls that make one, and of methods Error.
func errorLiterals(t *testing.T, name string) (texts []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if len(n.Args) > 0 && makesError(n.Fun) {
				texts = appendMessage(texts, n.Args[0])
			}
		case *ast.FuncDecl:
			if n.Name.Name == "Error" {
				ast.Inspect(n.Body, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok {
						texts = appendMessage(texts, lit)
					}
					return true
				})
			}
		}
		return true
	})
	return texts
}

// makesError says that a function makes an error of its first argument.
func makesError(fun ast.Expr) bool {
	switch fun := fun.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"usagef", "absent"}, fun.Name)
	case *ast.SelectorExpr:
		on, ok := fun.X.(*ast.Ident)
		return ok && slices.Contains([]string{"fmt.Errorf", "errors.New", "object.Absent"}, on.Name+"."+fun.Sel.Name)
	}
	return false
}

var (
	verb  = regexp.MustCompile(`%[-+# 0]*[0-9.*]*[a-zA-Z]`)
	words = regexp.MustCompile(`\pL{2,}`)
)

// appendMessage adds a text if it has words of its own: what only wraps another error has not.
func appendMessage(texts []string, arg ast.Expr) []string {
	text := literalOf(arg)
	plain := verb.ReplaceAllString(text, "")
	if len(words.FindAllString(plain, -1)) < 3 {
		return texts
	}
	text = verb.ReplaceAllStringFunc(text, func(v string) string {
		if strings.ContainsAny(v[len(v)-1:], "dgfx") {
			return "N"
		}
		return "…"
	})
	text = strings.ReplaceAll(strings.ReplaceAll(text, "%%", "%"), "`", "'")
	text = strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ": …") // a reason from below
	return append(texts, text)
}

// literalOf is a text in the code, also one that is put together; … stands for what is no text.
func literalOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return literalOf(e.X) + literalOf(e.Y)
		}
	}
	return "…"
}
