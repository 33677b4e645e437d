package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGuides types what the guides say. Nothing of it may fail, and what they show is printed.
func TestGuides(t *testing.T) {
	for _, guide := range []string{"variants", "ladder", "ci"} {
		t.Run(guide, func(t *testing.T) {
			text, err := os.ReadFile("../../docs/" + guide + ".md")
			if err != nil {
				t.Fatal(err)
			}
			r := newReadmeRun(t)
			for as, name := range map[string]string{
				"base.safetensors": "base.safetensors", "tuned.safetensors": "ft-customer.safetensors",
				"merged.safetensors": "merged-lora.safetensors", "adapter_model.safetensors": "adapter_model.safetensors",
				"adapter_config.json": "adapter_config.json", "base-Q8_0.gguf": "base-Q8_0.gguf", "base-Q4_K_M.gguf": "base-Q4_K_M.gguf",
			} {
				r.put(family(t), name, "../../files/"+as)
			}
			if err := os.MkdirAll(r.dir, 0o755); err != nil {
				t.Fatal(err)
			}
			script := "set -ex\n"
			blocks := strings.Split(string(text), "```sh\n")[1:]
			for _, rest := range blocks {
				block, _, _ := strings.Cut(rest, "```")
				script += block
			}
			out := r.sh(script)
			if len(blocks) == 0 || len(out) == 0 {
				t.Errorf("%d blocks print %q", len(blocks), out)
			}
			for _, rest := range strings.Split(string(text), "```text\n")[1:] {
				if shown, _, _ := strings.Cut(rest, "```"); !strings.Contains(string(out), shown) {
					t.Errorf("it shows\n%s\nand prints\n%s", shown, out)
				}
			}
		})
	}
}

// TestActionFile holds that the workflow to copy is the one that the guide shows.
func TestActionFile(t *testing.T) {
	guide, err := os.ReadFile("../../docs/ci.md")
	require.NoError(t, err)
	file, err := os.ReadFile("../../docs/layers-on-pull-request.yml")
	require.NoError(t, err)
	_, shown, _ := strings.Cut(string(guide), "```yaml\n")
	shown, _, _ = strings.Cut(shown, "\n```\n")
	_, workflow, _ := strings.Cut(string(file), "\n") // below the line that says what it is
	require.Equal(t, shown+"\n", workflow)
}
