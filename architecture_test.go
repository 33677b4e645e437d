package dits_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const architecture = "docs/architecture.md"

// A vocabulary is the names that the tree has.
type vocabulary struct {
	files  map[string]bool              // and folders, by path
	names  map[string]bool              // "Name" of anything, "Type.Member", "package.Name", "package.Type.Member"
	values map[string]map[string]string // of constants, by file and name
}

// readTree reads the names of all Go code but tests.
func readTree(t *testing.T) *vocabulary {
	t.Helper()
	v := &vocabulary{map[string]bool{}, map[string]bool{}, map[string]map[string]string{}}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && d.Name() != "." {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		file = filepath.ToSlash(file)
		v.files[file] = true
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			v.read(t, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *vocabulary) read(t *testing.T, file string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, v0 := path.Base(path.Dir(file)), map[string]string{}
	v.values[file] = v0
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				v.add(pkg, d.Name.Name)
			} else {
				v.add(pkg, receiver(d.Recv.List[0].Type), d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				v.spec(pkg, s, v0)
			}
		}
	}
}

func (v *vocabulary) spec(pkg string, s ast.Spec, values map[string]string) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for i, name := range s.Names {
			v.add(pkg, name.Name)
			values[name.Name] = ""
			if i < len(s.Values) {
				var b bytes.Buffer
				_ = printer.Fprint(&b, token.NewFileSet(), s.Values[i])
				values[name.Name] = withoutSpaces(b.String())
			}
		}
	case *ast.TypeSpec:
		v.add(pkg, s.Name.Name)
		var fields *ast.FieldList
		switch typ := s.Type.(type) {
		case *ast.StructType:
			fields = typ.Fields
		case *ast.InterfaceType:
			fields = typ.Methods
		}
		if fields == nil {
			return
		}
		for _, f := range fields.List {
			for _, name := range f.Names {
				v.add(pkg, s.Name.Name, name.Name)
			}
		}
	}
}

// add takes up a name of a package, or of a type in one and its member.
func (v *vocabulary) add(pkg string, names ...string) {
	all := strings.Join(names, ".")
	v.names[all], v.names[pkg+"."+all], v.names[names[len(names)-1]] = true, true, true
}

// receiver is the name of the type that has a method.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func withoutSpaces(s string) string { return strings.ReplaceAll(s, " ", "") }

var (
	quoted = regexp.MustCompile("`([^`\n]+)`")
	// A path has a slash or ends as files of the tree do.
	pathLike = regexp.MustCompile(`^[\w-]+(/[\w.-]+)+$|^[\w-]+\.(go|md|tsv|sql)$`)
	// A name of code has dots, or a capital within.
	nameLike = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Za-z]\w*)+$|^[a-z]+[A-Z]\w*$`)
	inBlock  = regexp.MustCompile(`[\w-]+(?:/[\w.-]+)+|[A-Za-z]\w*\.[A-Za-z]\w*(?:\.[A-Za-z]\w*)*`)
	// What is in a folder .dits or in models is no name of the tree.
	foreign = regexp.MustCompile(`\.(safetensors|gguf|db|toml|json|pack|lock|dat|weight|imatrix)$|^refs/|^model\.|^blk\.`)
)

// TestArchitectureIsTrue wants every file and every name of code that the page has in
// backticks or drawings.
func TestArchitectureIsTrue(t *testing.T) {
	v := readTree(t)
	for n, line := range pageLines(t) {
		for _, word := range wordsOf(line) {
			switch {
			case foreign.MatchString(word):
			case pathLike.MatchString(word):
				if !v.files[word] {
					t.Errorf("%s:%d: %s: no such file", architecture, n+1, word)
				}
			case nameLike.MatchString(word):
				if !v.names[word] {
					t.Errorf("%s:%d: %s: no such name in the code", architecture, n+1, word)
				}
			}
		}
	}
}

func pageLines(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(b), "\n")
}

// wordsOf are the names and paths of a line: in a drawing all that look so, else those in backticks.
func wordsOf(line string) (words []string) {
	if strings.HasPrefix(line, "    ") {
		return inBlock.FindAllString(line, -1)
	}
	for _, m := range quoted.FindAllStringSubmatch(line, -1) {
		words = append(words, strings.TrimSuffix(m[1], "()"))
	}
	return words
}

// TestArchitectureThresholds wants each constant of the table of thresholds in the file that its row names, with
// the value that the row has.
func TestArchitectureThresholds(t *testing.T) {
	v := readTree(t)
	checked := 0
	for n, line := range pageLines(t) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.HasPrefix(line, "| `") {
			continue
		}
		names, values, file := quoted.FindAllStringSubmatch(cells[1], -1), quoted.FindAllStringSubmatch(cells[2], -1), quoted.FindStringSubmatch(cells[3])
		if file == nil || len(names) != len(values) {
			continue // of another table, or a threshold without a name
		}
		for i, name := range names {
			value, ok := v.values[file[1]][name[1]]
			if !ok {
				t.Errorf("%s:%d: %s has no %s", architecture, n+1, file[1], name[1])
			} else if value != withoutSpaces(values[i][1]) {
				t.Errorf("%s:%d: %s is %s, want %s", architecture, n+1, name[1], value, values[i][1])
			}
			checked++
		}
	}
	if checked < 30 {
		t.Errorf("%s: %d thresholds, want 30 or more", architecture, checked)
	}
}

// TestArchitectureHasAllPackages wants a row for each package that has a level, lower ones first.
func TestArchitectureHasAllPackages(t *testing.T) {
	row := regexp.MustCompile("^\\| (\\d+) \\| `([a-z0-9/]+)` \\|")
	var listed []string
	for n, line := range pageLines(t) {
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		level, known := levels[m[2]]
		if !known || m[1] != strconv.Itoa(level) {
			t.Errorf("%s:%d: %s: level %s, want %d", architecture, n+1, m[2], m[1], level)
		}
		listed = append(listed, m[2])
	}
	for p := range levels {
		if _, err := os.Stat(p); err == nil && !slices.Contains(listed, p) {
			t.Errorf("%s: package %s is missing", architecture, p)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

// TestLinks wants every file that a page of the repository links to.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, page := range append(pages, "README.md") {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s: link to %s: no such file", page, m[1])
			}
		}
	}
}
