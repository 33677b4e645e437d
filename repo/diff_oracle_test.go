package repo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/number"
	"dits/repo/diff"
)

// An oracleFigure is what numpy makes of a tensor, in float64.
type oracleFigure struct {
	Changed   int64   `json:"changed"`
	RelL2     float64 `json:"rel_l2"`
	MaxAbs    float64 `json:"max_abs"`
	Cosine    float64 `json:"cosine"`
	MeanShift float64 `json:"mean_shift"`
	Rank      *int64  `json:"rank"`
}

// oracleDiff asks numpy about pairs of files.
func oracleDiff(t *testing.T, pairs [][2]string) []map[string]oracleFigure {
	t.Helper()
	python := os.Getenv("DITS_ORACLE_PYTHON")
	if python == "" {
		t.Skip("DITS_ORACLE_PYTHON is unset: no Python with scripts/oracle/requirements.txt to compare with")
	}
	var lines, stderr bytes.Buffer
	for _, p := range pairs {
		fmt.Fprintf(&lines, "%s\t%s\n", p[0], p[1])
	}
	cmd := exec.Command(python, filepath.Join("..", "scripts", "oracle", "diff_oracle.py"))
	cmd.Stdin, cmd.Stderr = &lines, &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var reports []map[string]oracleFigure
	for line := range bytes.Lines(out) {
		var r map[string]oracleFigure
		require.NoError(t, json.Unmarshal(line, &r), "%s", line)
		reports = append(reports, r)
	}
	require.Len(t, reports, len(pairs))
	return reports
}

// TestDiffAgainstNumpy wants numpy's float64 figures to 1e-6 and numpy's ranks, within a format and
// across formats, dtypes, names and orders of rows.
func TestDiffAgainstNumpy(t *testing.T) {
	family, err := filepath.Abs(filepath.Join("..", "testdata", "family"))
	require.NoError(t, err)
	var pairs [][2]string
	for _, p := range []string{
		"base.safetensors merged-lora.safetensors", "base.safetensors ft-customer.safetensors",
		"base.safetensors base-Q8_0.gguf", "base.safetensors base-Q4_K_M.gguf", "base-Q8_0.gguf base-Q4_K_M.gguf",
		"base-Q4_K_M.gguf ft-customer.safetensors",
	} {
		a, b, _ := strings.Cut(p, " ")
		pairs = append(pairs, [2]string{filepath.Join(family, a), filepath.Join(family, b)})
	}
	reports := oracleDiff(t, pairs)
	f := newFixture(t)
	f.put("config.json", "{}")
	f.save("a repository")
	for i, p := range pairs {
		a, b := filepath.Base(p[0]), filepath.Base(p[1])
		f.putFile(a, p[0])
		f.putFile(b, p[1])
		d := f.diff(AtWork().At(a), AtWork().At(b), diff.Options{Rank: true})
		require.Len(t, d.Files[0].Tensors, len(reports[i]))
		for _, x := range d.Files[0].Tensors {
			want, ok := reports[i][x.Name]
			require.True(t, ok, x.Name)
			where := fmt.Sprintf("%s %s: %s", a, b, x.Name)
			require.Equal(t, want.Changed, x.Changed, where)
			near(t, want.RelL2, x.RelL2, where)
			near(t, want.MaxAbs, x.MaxAbs, where)
			near(t, want.Cosine, x.Cosine, where)
			near(t, want.MeanShift, x.MeanShift, where)
			if want.Rank != nil {
				require.Equal(t, *want.Rank, *x.Rank, where)
			}
		}
	}
}

// near wants a figure to be another to 1e-6 of it. Sums that all but cancel out have less.
func near(t *testing.T, want float64, got number.Number, where string) {
	t.Helper()
	if far := math.Abs(float64(got) - want); !(far <= 1e-6*math.Abs(want)+1e-15) {
		t.Errorf("%s: got %v, want %v", where, float64(got), want)
	}
}
