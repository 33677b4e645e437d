package repo

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/diff"
	"dits/repo/lora"
)

// peftEnv names the Python that has the packages of scripts/oracle/peft-requirements.txt, and a torch.
const peftEnv = "DITS_PEFT_PYTHON"

// A peftCase is a line of scripts/oracle/peft_merges.py.
type peftCase struct {
	Case     string
	Adapters []string
	Files    map[string]struct {
		Verdict string
		Off     []string // nil: of no account
	}
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

// TestVerifyMergeOfPeft: what the real peft merges is found to be merged, also where it was cast afterwards, and each
// of its merges gone wrong is called what it is, with the tensors that are off, no other.
func TestVerifyMergeOfPeft(t *testing.T) {
	dir, cases := peftMerges(t)
	verdicts := map[string]int{}
	for _, c := range cases {
		for file, want := range c.Files {
			t.Run(c.Case+" "+file, func(t *testing.T) {
				got := verifyFiles(t, filepath.Join(dir, c.Case), file, c.Adapters)
				require.Equal(t, want.Verdict, got.Verdict, "%s: scale %v", got.Reason, got.Scale)
				require.Equal(t, strings.HasPrefix(want.Verdict, lora.Merged) && want.Verdict != lora.MergedAndMore, got.OK)
				if want.Off != nil {
					require.Equal(t, want.Off, append([]string{}, offNames(got)...))
				}
			})
			verdicts[want.Verdict]++
		}
	}
	for _, v := range []string{lora.Merged, lora.MergedThenCast, lora.MergedAndMore, lora.OtherScale, lora.OtherBase, lora.NotMerged} {
		require.Greater(t, verdicts[v], 5, v)
	}
}

// verifyFiles checks a file of a folder against its base.safetensors and adapters.
func verifyFiles(t *testing.T, folder, file string, adapters []string) *lora.Check {
	t.Helper()
	before, err := diff.ReadDisk(filepath.Join(folder, "base.safetensors"))
	require.NoError(t, err)
	after, err := diff.ReadDisk(filepath.Join(folder, file))
	require.NoError(t, err)
	var open []*lora.Adapter
	for _, name := range adapters {
		l, err := lora.ReadAdapter(t.Context(), filepath.Join(folder, name))
		require.NoError(t, err)
		defer l.Close()
		open = append(open, l)
	}
	got, err := lora.CheckMerge(t.Context(), open, before, after, diff.Options{})
	require.NoError(t, err)
	return got
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
