package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
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
	"dits/repo/lora"
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
	{"The repository and its history", "", []string{"repo", "repo/history", "repo/merge", "repo/lineage", "repo/object", "repo/relatives"}},
	{"The working folder", "", []string{"repo/work"}},
	{"Models and adapters", "Files that are no valid safetensors or GGUF, adapters that do not fit, and what cannot be compared.",
		[]string{"formats", "formats/safetensors", "formats/gguf", "formats/imatrix", "formats/number", "repo/diff", "repo/inspect", "repo/lora"}},
	{"Mounts", "", []string{"mount"}},
	{"The store", "Packs, the catalog, and what is read from them. What names a pack, a chunk or a record is damage, exit status 12: " +
		"`dits fsck` says what it means and what to do.",
		[]string{"catalog", "tensorstore", "tensorstore/digest", "tensorstore/disk", "tensorstore/pack", "tensorstore/upkeep"}},
	{"The server", "What clients of `dits serve` and its page are told, and who starts it.", []string{"hub", "explore"}},
}

// inner are the folders whose errors are read as damage of what has a name of its own, or as a defect of dits: coders,
// predictions and cut points, of which only what they are about reaches people.
var inner = []string{"cdc", "formats/ggml", "tensorstore/choose", "tensorstore/codec", "tensorstore/codec/blocks",
	"tensorstore/codec/entropy", "tensorstore/predict"}

// TestErrorsPageIsWhole wants each folder of the program that makes errors in an area, or among those inside.
func TestErrorsPageIsWhole(t *testing.T) {
	of := slices.Clone(inner)
	for _, a := range areas {
		of = append(of, a.dirs...)
	}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		dir := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), filepath.Join("..", "..")+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"scripts", "testdata", "tools", "faultfs"}, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(dir, "test"):
			return nil
		case len(errorLiterals(t, path)) > 0 && !slices.Contains(of, dir):
			t.Errorf("%s: errors that no area of docs/errors.md has", dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestErrorsPageHas wants what reaches people in more ways than by a call that makes an error.
func TestErrorsPageHas(t *testing.T) {
	page := errorsText(t)
	for _, text := range []string{
		"cut off: … of … bytes missing", "cut off within its header", "a Git LFS pointer", "a web page, not a model", // what a file lacks
		"not tracked", "no such path", "unknown revision", "already exists", "truncated", "nothing to commit", // what errors are
		"number out of range", "has a part that begins with a dot", "branch … has no commits yet", // why a name is refused
	} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not listed", text)
		}
	}
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
			fmt.Fprintf(&b, "| 4, 5, 6 | what `verify-merge` found: %d another scale, %d another base, %d more than the adapter | "+
				"the output says it |\n",
				mergeStatuses[lora.OtherScale], mergeStatuses[lora.OtherBase], mergeStatuses[lora.MergedAndMore])
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
				texts = appendMessage(texts, n.Args[0], fewestWords(n.Fun))
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && slices.Contains(reasons, key.Name) {
				texts = appendMessage(texts, n.Value, 2)
			}
		case *ast.AssignStmt:
			if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && slices.Contains(reasons, to.Sel.Name) {
				texts = appendMessage(texts, n.Rhs[0], 2)
			}
		case *ast.ValueSpec:
			texts = appendNamed(texts, n)
		case *ast.FuncDecl:
			if n.Name.Name == "Error" || slices.Contains(reasonNames, n.Name.Name) {
				ast.Inspect(n.Body, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok {
						texts = appendMessage(texts, lit, 3)
					}
					return true
				})
			}
		}
		return true
	})
	return texts
}

// reasons are fields that say why something is refused: of [object.Flaw], [object.NoPathError].
var reasons = []string{"Text", "Why"}

// reasonNames are constants and functions that are such a reason.
var reasonNames = []string{"NotTracked", "BadRefName", "noRemotes", "instead"}

// fewestWords is how many words of its own a message has, by what makes it: one that only wraps another has few.
func fewestWords(fun ast.Expr) int {
	if name, ok := fun.(*ast.Ident); ok && name.Name == "bad" {
		return 1
	}
	return 3
}

// appendNamed adds the text of a constant or a variable that stands for a whole kind of errors, be it one word.
func appendNamed(texts []string, n *ast.ValueSpec) []string {
	if len(n.Values) == 0 {
		return texts
	}
	value := n.Values[0]
	if call, ok := value.(*ast.CallExpr); ok && strings.HasPrefix(n.Names[0].Name, "Err") && makesError(call.Fun) {
		return appendMessage(texts, call.Args[0], 1)
	}
	if slices.Contains(reasonNames, n.Names[0].Name) {
		return appendMessage(texts, value, 1)
	}
	return texts
}

// makesError says that a function makes an error of its first argument.
func makesError(fun ast.Expr) bool {
	switch fun := fun.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"usagef", "absent", "Absent", "Missing", "bad"}, fun.Name)
	case *ast.SelectorExpr:
		on, ok := fun.X.(*ast.Ident)
		return ok && slices.Contains([]string{"fmt.Errorf", "errors.New", "object.Absent", "refs.Missing"}, on.Name+"."+fun.Sel.Name)
	}
	return false
}

var (
	verb  = regexp.MustCompile(`%[-+# 0]*[0-9.*]*[a-zA-Z]`)
	words = regexp.MustCompile(`\pL{2,}`)
)

// appendMessage adds a text if it has at least so many words of its own: what only wraps another error has few.
func appendMessage(texts []string, arg ast.Expr, fewest int) []string {
	text := literalOf(arg)
	plain := verb.ReplaceAllString(text, "")
	if len(words.FindAllString(plain, -1)) < fewest {
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
	if strings.HasPrefix(text, "(") {                                         // what follows another
		return texts
	}
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
	case *ast.CallExpr:
		if on, ok := e.Fun.(*ast.SelectorExpr); ok && on.Sel.Name == "Sprintf" {
			return literalOf(e.Args[0])
		}
	}
	return "…"
}
