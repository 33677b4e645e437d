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

// TestReadmeIsTrue types what the first transcript of the README says, and wants what it says.
func TestReadmeIsTrue(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```console\n")
	transcript, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("README.md has no transcript")
	}
	home := t.TempDir()
	dir := filepath.Join(home, "models", "llama-8b")
	put := func(from, to string) {
		b, err := os.ReadFile(filepath.Join(family(t), from))
		if err := errors.Join(err, os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, to), b, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"adapter_model.safetensors", "base-Q8_0.gguf", "base-Q4_K_M.gguf"} {
		put(name, name)
	}
	put("base.safetensors", "model.safetensors")
	var got strings.Builder
	for line := range strings.Lines(transcript) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "#"): // the weights are replaced
			put("ft-customer.safetensors", "model.safetensors")
		case !isCommand:
			continue
		}
		got.WriteString(line)
		if !isCommand || strings.HasPrefix(command, "cd ") {
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+home, "EMAIL=")
		out, err := cmd.Output() // what goes to stderr is not in a transcript
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		got.WriteString(strings.ReplaceAll(string(out), home, "~"))
	}
	mask := func(s string) string { return changing.ReplaceAllString(s, "0123456789") }
	if mask(got.String()) != mask(transcript) {
		t.Errorf("dits prints:\n%s\nREADME.md has:\n%s", got.String(), transcript)
	}
}
