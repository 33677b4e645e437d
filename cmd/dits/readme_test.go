package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// changing are what differs from one run to the next: ids of commits.
var changing = regexp.MustCompile(`\b[0-9a-f]{10}\b`)

// A readmeRun types a transcript of the README.
type readmeRun struct {
	t         *testing.T
	home, dir string
}

func newReadmeRun(t *testing.T) *readmeRun {
	home := t.TempDir()
	return &readmeRun{t, home, filepath.Join(home, "models", "llama-8b")}
}

// put puts a file of a folder into that of the run.
func (r *readmeRun) put(folder, from, to string) {
	r.t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, from))
	to = filepath.Join(r.dir, to)
	if err := errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, b, 0o644)); err != nil {
		r.t.Fatal(err)
	}
}

// sh runs a command, and returns what it prints; what goes to stderr is not in a transcript.
func (r *readmeRun) sh(command string) string {
	r.t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = r.dir, append(os.Environ(), "HOME="+r.home)
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("%s: %v", command, err)
	}
	return strings.ReplaceAll(string(out), r.home, "~")
}

// replay types a transcript and wants what it says; comment is what is done where it has one.
func (r *readmeRun) replay(transcript string, comment func()) {
	var got strings.Builder
	for line := range strings.Lines(transcript) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "#"):
			comment()
			got.WriteString(line)
		case strings.HasPrefix(command, "cd "):
			got.WriteString(line)
		case isCommand:
			got.WriteString(line + r.sh(command))
		}
	}
	mask := func(s string) string { return changing.ReplaceAllString(s, "0123456789") }
	if mask(got.String()) != mask(transcript) {
		r.t.Errorf("dits prints:\n%s\nREADME.md has:\n%s", got.String(), transcript)
	}
}

// transcripts are those of the README.
func transcripts(t *testing.T) (blocks []string) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, rest := range strings.Split(string(readme), "```console\n")[1:] {
		block, _, _ := strings.Cut(rest, "```")
		blocks = append(blocks, block)
	}
	if len(blocks) != 3 {
		t.Fatalf("%d transcripts in README.md, want 3", len(blocks))
	}
	return blocks
}

// TestReadmeIsTrue types what the README says, and wants what it says.
func TestReadmeIsTrue(t *testing.T) {
	blocks, family := transcripts(t), family(t)
	t.Run("walk-through", func(t *testing.T) {
		r := newReadmeRun(t)
		for _, name := range []string{"adapter_model.safetensors", "base-Q8_0.gguf", "base-Q4_K_M.gguf"} {
			r.put(family, name, name)
		}
		r.put(family, "base.safetensors", "model.safetensors")
		r.replay(blocks[0], func() { r.put(family, "ft-customer.safetensors", "model.safetensors") })
	})
	t.Run("without a repository", func(t *testing.T) {
		r := newReadmeRun(t)
		for _, name := range []string{"base.safetensors", "merged-lora.safetensors", "adapter_model.safetensors", "adapter_config.json"} {
			r.put(family, name, name)
		}
		r.replay(blocks[1], nil)
	})
	t.Run("a merge", func(t *testing.T) {
		corpus, err := filepath.Abs("../../../shared/corpus/safetensors")
		if _, serr := os.Stat(corpus); err != nil || serr != nil {
			t.Skip("the larger corpus is not here")
		}
		r := newReadmeRun(t)
		r.put(corpus, "base.safetensors", "model.safetensors")
		for _, name := range []string{"adapter_model.safetensors", "adapter_config.json"} {
			r.put(corpus, name, "adapter/"+name)
		}
		r.sh("dits init && dits add . && dits commit -m base && dits branch base")
		r.put(corpus, "merged-lora.safetensors", "model.safetensors")
		r.replay(blocks[2], nil)
	})
}
