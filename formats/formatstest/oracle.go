package formatstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dits/formats"
)

// oracleEnv names the Python that has the packages of scripts/oracle/requirements.txt.
const oracleEnv = "DITS_ORACLE_PYTHON"

// A Verdict is what the real package makes of a file.
type Verdict struct {
	Accepted bool            `json:"accepted"`
	Error    string          `json:"error"`
	Tensors  []VerdictTensor `json:"tensors"`
	Pairs    []VerdictPair   `json:"pairs"` // GGUF only
}

// A VerdictTensor is a tensor as the real package describes it; Offset is in
// bytes from the start of the file.
type VerdictTensor struct {
	Name   string   `json:"name"`
	DType  string   `json:"dtype"`
	Shape  []uint64 `json:"shape"`
	Offset int64    `json:"offset"`
	Bytes  int64    `json:"bytes"`
	SHA256 string   `json:"sha256"`
}

// A VerdictPair is a key-value pair as the real package describes it; Value is
// as in scripts/oracle/gguf_oracle.py.
type VerdictPair struct {
	Key    string  `json:"key"`
	Type   uint32  `json:"type"`
	Offset int64   `json:"offset"`
	Bytes  int64   `json:"bytes"`
	Value  *string `json:"value"`
}

// Ask returns the verdict of a script of scripts/oracle on each file. It skips the
// test if there is no Python with the packages.
func Ask(t *testing.T, script string, files [][]byte) []Verdict {
	t.Helper()
	python := os.Getenv(oracleEnv)
	if python == "" {
		t.Skipf("%s is unset: no Python with scripts/oracle/requirements.txt to compare with", oracleEnv)
	}
	dir := t.TempDir()
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(dir, fmt.Sprintf("%d.bin", i))
		if err := os.WriteFile(paths[i], f, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return AskPaths(t, script, paths)
}

// AskPaths is [Ask] for files that exist.
func AskPaths(t *testing.T, script string, paths []string) []Verdict {
	t.Helper()
	python := os.Getenv(oracleEnv)
	if python == "" {
		t.Skipf("%s is unset: no Python with scripts/oracle/requirements.txt to compare with", oracleEnv)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(python, filepath.Join("..", "..", "scripts", "oracle", script))
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\n") + "\n")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.String())
	}
	verdicts := make([]Verdict, len(paths))
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(paths) {
		t.Fatalf("%s: got %d verdicts, want %d\n%s", script, len(lines), len(paths), stderr.String())
	}
	for i, line := range lines {
		if err := json.Unmarshal(line, &verdicts[i]); err != nil {
			t.Fatalf("%s: %v in %s", script, err, line)
		}
	}
	return verdicts
}

// Describe puts the tensors of a layout as an oracle does.
func Describe(l *formats.Layout, file []byte) []VerdictTensor {
	described := make([]VerdictTensor, len(l.Tensors))
	for i, t := range l.Tensors {
		sum := sha256.Sum256(file[t.Off : t.Off+t.Len])
		shape := make([]uint64, len(t.Shape))
		for k, n := range t.Shape {
			shape[k] = uint64(n)
		}
		described[i] = VerdictTensor{t.Name, string(t.DType), shape, t.Off, t.Len, hex.EncodeToString(sum[:])}
	}
	return described
}
