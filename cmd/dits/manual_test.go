package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
)

const manualPath = "../../docs/manual.md"

// twoModels puts a base, its merge with an adapter, and that adapter into the folder.
const twoModels = "cp $FAMILY/base.safetensors $FAMILY/merged-lora.safetensors .; mkdir adapter; cp $FAMILY/adapter_* adapter"

// beforeManual is what is done to the repository of testdata/manual.sh before a section's examples.
var beforeManual = map[string]string{
	"dits init": "rm -r .dits",
	"dits add": `rm -r .dits *; dits init; cp $FAMILY/*.safetensors $FAMILY/*.gguf $FAMILY/../ladder/*Q2_K.gguf .
		dits add base.safetensors adapter_model.safetensors; dits commit -m base`,
	"dits estimate": "rm -r .dits *; cp $FAMILY/*.safetensors $FAMILY/*.gguf .",
	"dits status": `echo '{}' > config.json; dits add config.json
		cp $FAMILY/base.safetensors model.safetensors; cp $FAMILY/*.gguf .`,
	"dits commit":   "dits reset --hard HEAD~2; cp $FAMILY/ft-customer.safetensors model.safetensors; dits add .",
	"dits switch":   "dits switch main; dits switch ft-customer; dits switch main",
	"dits restore":  "cp $FAMILY/base.safetensors model.safetensors",
	"dits mv":       "dits switch main",
	"dits checkout": "dits switch main",
	"dits undo":     "echo '{}' > config.json; dits commit -a -m 'another configuration'; cp $FAMILY/tokenizer.json .",
	"dits diff":     twoModels,
	"dits blame":    "dits switch main; dits merge lora-merged",
	"dits merge":    "dits switch lora-merged",
	"dits inspect": `cp $FAMILY/*.gguf .; mkdir adapter downloads; cp $FAMILY/adapter_* adapter
		head -c 2100848 $FAMILY/base.safetensors > downloads/model.safetensors`,
	"dits verify-merge": twoModels,
	"dits lineage":      "cp $FAMILY/*.gguf .; dits switch main; dits add .; dits commit -m quants",
	"dits derive":       "rm -r .dits *; dits init; cp $FAMILY/*.safetensors $FAMILY/base* .; dits add .; dits commit -m family",
	"dits sql":          "dits switch main; dits merge ft-customer; dits merge lora-merged --strategy average",
	"dits stats":        "dits switch main; cp $FAMILY/*.gguf .; dits add .; dits commit -m quants",
	"dits why":          "rm -r .dits *; dits init; cp $FAMILY/base* .; dits add base-Q4_K_M.gguf; dits add base.safetensors",
	"dits repack": `rm -r .dits *; dits init; cp $FAMILY/*.safetensors $FAMILY/*.gguf .
		for name in base-Q4_K_M.gguf ft-customer.safetensors base.safetensors; do dits add $name; done`,
	"dits forget":        "cp $FAMILY/base.safetensors secret.safetensors; dits add .; dits commit -m secret",
	"dits gc":            "dits switch main; dits branch -D lora-merged",
	"dits reflog expire": "dits switch main; dits branch -D lora-merged",
}

// manualStatus are the statuses of examples that end with something else than 0.
var manualStatus = map[string]int{
	"dits diff main main --expect-lora adapter":                          exitDifferent,
	"dits verify-merge merged-lora.safetensors base.safetensors adapter": 4,
	"dits merge ft-customer":                                             exitDifferent,
	"dits merge ft-customer --json":                                      exitDifferent,
	"dits inspect downloads":                                             exitDifferent,
}

// TestManualPrints types the examples of docs/manual.md, those of a section one after the other in a
// repository of its own, and wants what they say. "…" stands for anything, and JSON may be broken anywhere.
func TestManualPrints(t *testing.T) {
	script, err := os.ReadFile("testdata/manual.sh")
	if err != nil {
		t.Fatal(err)
	}
	template := newReadmeRun(t)
	if err := os.MkdirAll(template.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	template.sh("export FAMILY='" + family(t) + "'\n" + string(script))
	found := 0
	changes := sync.Map{}
	t.Run("sections", func(t *testing.T) {
		for name, text := range readManual(t) {
			commands := strings.Count(text, "\n    $ ")
			if found += commands; commands == 0 {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := copyOfRun(t, template)
				if before := beforeManual[name]; before != "" {
					r.sh("set -e; export FAMILY='" + family(t) + "'\n" + before)
				}
				for _, block := range examplesOf(text) {
					changes.Store(block, r.example(block))
				}
			})
		}
	})
	if found < 70 {
		t.Errorf("%d commands in docs/manual.md, want at least 70", found)
	}
	if *update {
		changes.Range(func(was, is any) bool { return rewrite(t, setIn(was.(string)), setIn(is.(string))) })
	}
}

// rewrite replaces an example of the manual.
func rewrite(t *testing.T, was, is string) bool {
	b, err := os.ReadFile(manualPath)
	b = bytes.Replace(b, []byte(was), []byte(is), 1)
	if err := errors.Join(err, os.WriteFile(manualPath, b, 0o644)); err != nil {
		t.Error(err)
	}
	return err == nil
}

// copyOfRun is a run of its own in a copy of another's folders.
func copyOfRun(t *testing.T, template *readmeRun) *readmeRun {
	r := newReadmeRun(t)
	if out, err := exec.Command("cp", "-a", template.home+"/.", r.home).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

// examplesOf are the blocks of a section that begin with a command, not set in.
func examplesOf(section string) (blocks []string) {
	block, blank := "", ""
	for line := range strings.Lines(section + "end\n") {
		text, isSetIn := strings.CutPrefix(line, "    ")
		switch {
		case isSetIn:
			block, blank = block+blank+text, ""
		case line == "\n" && block != "":
			blank += line
		default:
			if strings.HasPrefix(block, "$ dits ") {
				blocks = append(blocks, block)
			}
			block, blank = "", ""
		}
	}
	return blocks
}

// setIn is a block as it stands in the manual.
func setIn(block string) string {
	return regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(block, "    $1")
}

// example types the commands of a block, and returns the block with what they print where that is not as it says.
func (r *readmeRun) example(block string) string {
	var out strings.Builder
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		for strings.HasPrefix(want, "> ") {
			line, rest, _ := strings.Cut(want[len("> "):], "\n")
			command, want = command+"\n> "+line, rest
		}
		want = strings.TrimSuffix(want, "\n")
		got := strings.TrimRight(r.status(strings.ReplaceAll(command, "\n> ", "\n")), "\n")
		if !saysSo(want, got) {
			r.t.Errorf("$ %s\n%s\ndocs/manual.md has:\n%s", command, got, want)
			if !strings.Contains(want, "…") {
				want = got
			}
		}
		out.WriteString("$ " + command + "\n")
		if want != "" {
			out.WriteString(want + "\n")
		}
	}
	return out.String()
}

// status runs a command that may end with the status that manualStatus has for it, and returns what it prints.
func (r *readmeRun) status(command string) string {
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = r.dir, append(os.Environ(), "HOME="+r.home, "TZ=UTC")
	out, err := cmd.Output()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != manualStatus[command] {
		r.t.Errorf("%s: exit status %d, want %d", command, got, manualStatus[command])
	}
	return strings.ReplaceAll(string(out), r.home, "~")
}

// differing are what differs from one run to the next: ids of commits, days and times.
var differing = []*regexp.Regexp{
	regexp.MustCompile(`\b[0-9a-f]{64}\b`), changing,
	regexp.MustCompile(`[A-Z][a-z]{2} [A-Z][a-z]{2} \d+ \d\d:\d\d:\d\d \d{4}`),
	regexp.MustCompile(`\d{4}-\d\d-\d\d`), regexp.MustCompile(`\d\d:\d\d(:\d\d)?`),
}

// beginning is how an id begins.
var beginning = regexp.MustCompile(`\b[0-9a-f]{6}…`)

// saysSo says that a text of the manual is what was printed.
func saysSo(text, printed string) bool {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[{") {
		text = regexp.MustCompile(`\n *`).ReplaceAllString(text, "")
		printed = strings.ReplaceAll(printed, "\n", "")
	}
	text = beginning.ReplaceAllString(text, "…")
	for _, d := range differing {
		text, printed = d.ReplaceAllString(text, "0"), d.ReplaceAllString(printed, "0")
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(text), "…", "(?s:.*)")
	return regexp.MustCompile("^" + pattern + "$").MatchString(printed)
}
