package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// beforeExample is what has to be done before some examples, by how they begin; the longest that fits counts.
var beforeExample = map[string]string{
	"dits commit":                "cp base.safetensors new.safetensors && dits add new.safetensors && echo 1 > config.json",
	"dits derive merged":         "dits add base.safetensors",
	"dits branch ft-customer":    "dits branch -D ft-customer",
	"dits branch -d ft-customer": "dits merge ft-customer",
	"dits branch -m new-name":    "dits switch new-branch",
	"dits checkout -":            "dits switch ft-customer && dits switch main",
	"dits switch -":              "dits switch ft-customer && dits switch main",
	"dits undo":                  "echo 1 > config.json && dits commit -a -m wip",
	"dits restore":               "echo 1 > config.json && dits add config.json",
	"dits reset":                 "echo 1 > config.json && dits add config.json",
	"dits tag v1-customer-lora":  "dits tag -d v1-customer-lora",
	"dits tag -m":                "dits tag -d v1",
	"dits mv model":              "rm base.safetensors",
	"dits lineage --dot":         "printf 'cat >/dev/null' > ../home/dot && chmod +x ../home/dot", // stands for Graphviz
	"dits mount":                 "for i in $(seq 100); do sleep 0.1; umount ~/models || umount ~/v1 || fusermount3 -u ~/models || fusermount3 -u ~/v1; done &",
	"dits serve --addr":          "echo secret > token",
	"dits serve acme":            "dits init ../models/qwen",
	"dits report -o all":         "dits init ../models/qwen",
	"dits gc --forget":           "dits init ../mnt/gone --store .dits/store && rm -r ../mnt/gone",
}

// exampleStatus are the statuses of examples that do not end with 0, and should not.
var exampleStatus = map[string]int{
	"dits diff --exit-code --name-only HEAD~1 HEAD":                         exitDifferent,
	"dits verify-merge llama-8b llama-8b-tone adapters/tone adapters/style": exitDifferent, // style is not in it
}

// TestExamplesRun types every example of every help, each in a repository of its own. None may fail.
func TestExamplesRun(t *testing.T) {
	script, err := os.ReadFile("testdata/examples.sh")
	if err != nil {
		t.Fatal(err)
	}
	template := filepath.Join(t.TempDir(), "template")
	if err := os.MkdirAll(filepath.Join(template, "work"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := readmeRun{t, filepath.Join(template, "home"), template}
	for _, name := range []string{"imatrix.gguf", "work/imatrix.gguf"} {
		writeImatrix(t, filepath.Join(template, name))
	}
	r.sh("export FAMILY='" + family(t) + "'\n" + string(script))
	found := 0
	walk(fullRoot(), func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			example, _, _ := strings.Cut(line, " #")
			if example = strings.TrimSpace(example); !strings.HasPrefix(example, "dits ") || cmd.Name() == "completion" {
				continue
			}
			found++
			if cmd.Name() == "mount" && !mountable() {
				t.Logf("%s: no FUSE here for this user", example)
				continue
			}
			t.Run(example, func(t *testing.T) {
				t.Parallel()
				runExample(t, template, example)
			})
		}
	})
	if found < 100 {
		t.Errorf("%d examples, want at least 100", found)
	}
}

// runExample types an example in a copy of the template, whose folder stands for the root of the file system.
func runExample(t *testing.T, template, example string) {
	root := filepath.Join(t.TempDir(), "root")
	if out, err := exec.Command("cp", "-a", template, root).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	script := "set -e\n"
	if prepare := beforeOf(example); prepare != "" {
		script += "( " + prepare + " ) >/dev/null 2>&1 || exit 99\n"
	}
	example = absolute.ReplaceAllString(example, " "+root+"/$1")
	run := example
	if strings.HasPrefix(example, "dits serve") {
		run = "exec " + example + " --addr 127.0.0.1:0" // the last counts: that of the example may be taken
	}
	cmd := exec.Command("sh", "-c", script+run)
	cmd.Dir = filepath.Join(root, "work")
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(root, "home"), "PATH="+filepath.Join(root, "home")+":"+os.Getenv("PATH"))
	var out []byte
	if strings.HasPrefix(example, "dits serve") {
		out = servesUntilInterrupted(t, cmd)
	} else {
		out, _ = cmd.CombinedOutput()
	}
	if got := cmd.ProcessState.ExitCode(); got != exampleStatus[example] {
		t.Errorf("exit status %d, want %d:\n%s", got, exampleStatus[example], out)
	}
}

// servesUntilInterrupted starts a server, and interrupts it when it has printed its address.
func servesUntilInterrupted(t *testing.T, cmd *exec.Cmd) []byte {
	var all bytes.Buffer
	out, err := cmd.StdoutPipe()
	cmd.Stderr = &all
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "HF_ENDPOINT=") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait()
	return all.Bytes()
}

// writeImatrix writes an importance matrix of one tensor, in llama.cpp's older format.
func writeImatrix(t *testing.T, path string) {
	const tensor = "blk.0.attn_q.weight"
	importances := make([]float32, 128)
	for i := range importances {
		importances[i] = float32(i + 1)
	}
	var b bytes.Buffer
	for _, v := range []any{int32(1), int32(len(tensor)), []byte(tensor), int32(1), int32(len(importances)), importances} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// absolute are the paths in examples that begin at the root.
var absolute = regexp.MustCompile(` /(models|backup|mnt)`)

// beforeOf is what has to be done before an example.
func beforeOf(example string) string {
	best := ""
	for prefix := range beforeExample {
		if strings.HasPrefix(example, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return beforeExample[best]
}
