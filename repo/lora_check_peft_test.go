package repo

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/diff"
	"dits/repo/lora"
	"dits/repo/refs"
)

// peftEnv names the Python that has the packages of scripts/oracle/peft-requirements.txt, and a torch.
const peftEnv = "DITS_PEFT_PYTHON"

// A peftCase is a line of scripts/oracle/peft_merges.py.
type peftCase struct {
	Case  string
	Wrong map[string][]string
}

// peftMerges runs the script.
func peftMerges(t *testing.T) (dir string, cases []peftCase) {
	t.Helper()
	python := os.Getenv(peftEnv)
	if python == "" {
		t.Skipf("%s is unset: no Python with torch and scripts/oracle/peft-requirements.txt to compare with", peftEnv)
	}
	dir = t.TempDir()
	var stderr bytes.Buffer
	cmd := exec.Command(python, filepath.Join("..", "scripts", "oracle", "peft_merges.py"), dir)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	for line := range bytes.Lines(out) {
		var c peftCase
		require.NoError(t, json.Unmarshal(line, &c), "%s", line)
		cases = append(cases, c)
	}
	require.Greater(t, len(cases), 20)
	return dir, cases
}

// TestExpectLoRAOfPeft: what the real peft merges is accepted, and each of its merges gone wrong is refused
// with the tensors that are off, no other.
func TestExpectLoRAOfPeft(t *testing.T) {
	dir, cases := peftMerges(t)
	wrong := 0
	for _, c := range cases {
		t.Run(c.Case, func(t *testing.T) {
			folder := filepath.Join(dir, c.Case)
			f := newFixture(t)
			f.putFile("m.safetensors", filepath.Join(folder, "base.safetensors"))
			f.save("base")
			adapter := refs.Spec{Path: filepath.Join(folder, "adapter")}
			check := func(merged string) *lora.Check {
				f.putFile("m.safetensors", filepath.Join(folder, merged))
				got, err := f.ExpectLoRA(context.Background(), AtRevision("HEAD"), AtWork(), adapter, diff.Options{})
				require.NoError(t, err)
				return got
			}
			got := check("merged.safetensors")
			require.True(t, got.OK, "%s", asJSON(t, got, nil))
			require.Positive(t, got.Merged)
			for file, names := range c.Wrong {
				got := check(file)
				require.False(t, got.OK, file)
				require.Equal(t, names, offNames(got), file)
				wrong++
			}
		})
	}
	require.Equal(t, 15, wrong, "five wrong merges in three dtypes")
}

// offNames are the tensors that are off, ascending.
func offNames(c *lora.Check) []string {
	var names []string
	for _, t := range c.Tensors {
		if !t.OK {
			names = append(names, t.Name)
		}
	}
	slices.Sort(names)
	return names
}

// putFile is put with the content of a file.
func (f *fixture) putFile(name, from string) {
	f.t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(f.t, err)
	f.put(name, string(b))
}
