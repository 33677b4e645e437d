package main

import (
	"encoding/hex"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/history"
	"dits/repo/lineage"
	"dits/repo/lora"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// A manual is docs/manual.md: the text below each heading of a command, by the command's
// path ("dits add"), and what is outside of them under "dits".
type manual map[string]string

// words of a heading, up to its arguments: "### dits add PATH..." is "dits add".
var heading = regexp.MustCompile(`^#+ (dits(?: [a-z][a-z-]*)*)`)

func readManual(t *testing.T) manual {
	t.Helper()
	b, err := os.ReadFile("../../docs/manual.md")
	if err != nil {
		t.Fatal(err)
	}
	m := manual{}
	at := "dits"
	for line := range strings.Lines(string(b)) {
		if found := heading.FindStringSubmatch(line); found != nil {
			at = found[1]
		} else if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "####") {
			at = "dits"
		}
		m[at] += line
	}
	return m
}

// section is the text about a command, or about the nearest one above it that has one.
func (m manual) section(cmd *cobra.Command) string {
	for ; cmd.HasParent(); cmd = cmd.Parent() {
		if text, ok := m[cmd.CommandPath()]; ok {
			return text
		}
	}
	return m["dits"]
}

// fullRoot is the command line with what cobra adds to it when it runs.
func fullRoot() *cobra.Command {
	root := newRoot()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.InitDefaultVersionFlag()
	return root
}

// walk calls fn for cmd and for all commands below it.
func walk(cmd *cobra.Command, fn func(*cobra.Command)) {
	fn(cmd)
	for _, sub := range cmd.Commands() {
		walk(sub, fn)
	}
}

// says that text has word, apart from others around it.
func says(text, word string) bool {
	return regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(word) + `($|[^\w-])`).MatchString(text)
}

// TestManualIsComplete wants every command, and every flag with its short form, in
// the section of its command.
func TestManualIsComplete(t *testing.T) {
	m := readManual(t)
	walk(fullRoot(), func(cmd *cobra.Command) {
		text := m.section(cmd)
		if _, own := m[cmd.CommandPath()]; !own && !says(text, cmd.Name()) {
			t.Errorf("%s: not in docs/manual.md", cmd.CommandPath())
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { wantFlag(t, cmd, text, f) })
		cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { wantFlag(t, cmd, text, f) })
	})
}

func wantFlag(t *testing.T, cmd *cobra.Command, text string, f *pflag.Flag) {
	t.Helper()
	if !says(text, "--"+f.Name) {
		t.Errorf("%s: --%s is not in its section of docs/manual.md", cmd.CommandPath(), f.Name)
	}
	if f.Shorthand != "" && !says(text, "-"+f.Shorthand) {
		t.Errorf("%s: -%s is not in its section of docs/manual.md", cmd.CommandPath(), f.Shorthand)
	}
}

// TestManualIsTrue wants a command for every heading, and a flag for every row of
// the tables of flags.
func TestManualIsTrue(t *testing.T) {
	for path, text := range readManual(t) {
		cmd, rest, err := fullRoot().Find(strings.Fields(path)[1:])
		if err != nil || len(rest) > 0 {
			t.Errorf("docs/manual.md: heading %q: no such command (%v)", path, err)
			continue
		}
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "| `-") {
				continue
			}
			for _, flag := range regexp.MustCompile("`(-[^ `]+)").FindAllStringSubmatch(strings.SplitN(line, "|", 3)[1], -1) {
				if !hasFlag(cmd, flag[1]) {
					t.Errorf("docs/manual.md: %s: flag %s does not exist", path, flag[1])
				}
			}
		}
	}
}

// hasFlag says that a command knows a flag, "-n" or "--dry-run".
func hasFlag(cmd *cobra.Command, flag string) bool {
	cmd.InitDefaultHelpFlag()
	if name, long := strings.CutPrefix(flag, "--"); long {
		return cmd.Flag(name) != nil
	}
	short := flag[1:]
	return cmd.Flags().ShorthandLookup(short) != nil || cmd.InheritedFlags().ShorthandLookup(short) != nil ||
		cmd.PersistentFlags().ShorthandLookup(short) != nil
}

// TestManualHasJSON wants every field of what --json prints in the section of its command.
func TestManualHasJSON(t *testing.T) {
	printed := map[string][]any{
		"dits add":          {repo.Added{}},
		"dits status":       {work.Status{}},
		"dits commit":       {repo.CommitResult{}},
		"dits checkout":     {repo.CheckoutResult{}},
		"dits log":          {loggedCommit{}},
		"dits diff":         {diff.Diff{}},
		"dits blame":        {history.Blame{}},
		"dits branch":       {listedBranch{}},
		"dits tag":          {listedTag{}},
		"dits merge":        {repo.MergeResult{}},
		"dits export":       {lora.Exported{}},
		"dits ls":           {listedFolder{}, repo.FileListing{}},
		"dits inspect":      {inspected{}},
		"dits verify-merge": {lora.Check{}},
		"dits lineage":      {lineage.Lineage{}},
		"dits derive":       {lineage.Derivations{}, repo.DeriveCheck{}},
		"dits stats":        {repo.Stats{}},
		"dits repack":       {repo.Repacked{}},
		"dits gc":           {repo.Collected{}},
		"dits reflog":       {loggedMove{}},
		"dits forget":       {repo.Forgotten{}},
		"dits fsck":         {repo.Finding{}, repo.Lost{}},
		"dits version":      {build{}},
		"dits rm":           {removedFile{}},
		"dits mv":           {repo.Moved{}},
		"dits undo":         {repo.Undone{}},
	}
	m := readManual(t)
	for path, values := range printed {
		for _, v := range values {
			for _, key := range jsonKeys(reflect.TypeOf(v), nil) {
				if !strings.Contains(m[path], "`"+key+"`") {
					t.Errorf("%s: field `%s` of %T is not in its section of docs/manual.md", path, key, v)
				}
			}
		}
	}
}

// jsonKeys are the names of all fields in the JSON of a type, of nested types too.
func jsonKeys(typ reflect.Type, seen []reflect.Type) (keys []string) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return jsonKeys(typ.Elem(), seen)
	case reflect.Struct:
	default:
		return nil
	}
	if slices.Contains(seen, typ) {
		return nil
	}
	seen = append(seen, typ)
	for _, f := range reflect.VisibleFields(typ) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" || key == "-" {
			continue
		}
		keys = append(append(keys, key), jsonKeys(f.Type, seen)...)
	}
	return keys
}

// TestFormatExample hashes the examples of docs/format.md: "ID, N bytes:" before an
// indented block, of hexadecimal digits for a tree and of text for a commit.
func TestFormatExample(t *testing.T) {
	b, err := os.ReadFile("../../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"tree", "commit"} {
		found := regexp.MustCompile("(?m)^Example " + kind + " `([0-9a-f]{64})`.*\n\n((?:(?:    .*)?\n)+)").FindStringSubmatch(string(b))
		if found == nil {
			t.Fatalf("docs/format.md has no example of a %s", kind)
		}
		if got := digest.Sum(exampleBytes(t, kind, found[2])).String(); got != found[1] {
			t.Errorf("docs/format.md: the %s has id %s, want %s", kind, got, found[1])
		}
	}
}

// exampleBytes are the bytes that a block of docs/format.md shows. In hexadecimal
// each line ends with a comment after two spaces.
func exampleBytes(t *testing.T, kind, block string) []byte {
	t.Helper()
	var out []byte
	for line := range strings.Lines(strings.TrimRight(block, "\n") + "\n") {
		line = strings.TrimPrefix(line, "    ")
		if kind == "commit" {
			out = append(out, line...)
			continue
		}
		digits, _, _ := strings.Cut(line, "  ")
		b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, b...)
	}
	return out
}
