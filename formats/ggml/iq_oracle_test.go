package ggml_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dits/formats/ggml"
)

// iqKinds are the types in iqArithmetics that the oracles know: all but Q2_0.
var iqKinds = []ggml.Type{
	ggml.IQ1_S, ggml.IQ1_M, ggml.IQ2_XXS, ggml.IQ2_XS, ggml.IQ2_S, ggml.IQ3_XXS, ggml.IQ3_S, ggml.IQ4_NL, ggml.IQ4_XS,
	ggml.TQ1_0, ggml.TQ2_0, ggml.MXFP4, ggml.NVFP4, ggml.Q1_0,
}

// TestIQOracleQuantise compares every block with upstream's quantisers, also those
// of hostile rows: unlike the K-quants', what they make of them is well defined.
func TestIQOracleQuantise(t *testing.T) {
	oraclePython(t)
	var requests []request
	var names []string
	var ours [][]byte
	for _, kind := range iqKinds {
		if !kind.CanQuantise() {
			continue
		}
		for _, s := range iqSources(kind) {
			src := writeFile(t, "src", floatBytes(s.rows))
			for _, weights := range iqWeights(kind, s.columns) {
				path := ""
				if weights != nil {
					path = writeFile(t, "weights", floatBytes(weights))
				}
				names = append(names, fmt.Sprintf("%v of %s, weighted %t", kind, s.name, weights != nil))
				requests = append(requests, request{"quantise", uint32(kind), s.columns, src, path, filepath.Join(t.TempDir(), "dst")})
				ours = append(ours, quantised(t, &ggml.Quantiser{Type: kind, Columns: s.columns, Weights: weights}, s.rows))
			}
		}
	}
	for i, want := range ask(t, requests) {
		kind := ggml.Type(requests[i].Type)
		if len(want) != len(ours[i]) {
			t.Errorf("%s: got %d bytes, want %d", names[i], len(ours[i]), len(want))
		} else if n := differing(ours[i], want, kind); n > 0 {
			t.Errorf("%s: %d of %d blocks differ", names[i], n, len(want)/int(kind.BlockBytes()))
		}
	}
}

// TestIQOracleDequantise compares the values of arbitrary blocks with upstream's,
// and with gguf-py's.
func TestIQOracleDequantise(t *testing.T) {
	var requests []request
	var ours [][]byte
	for _, kind := range iqKinds {
		blocks := randomBlocks(kind, 512)
		values := dequantised(t, kind, blocks)
		requests = append(requests, request{"dequantise", uint32(kind), len(values), writeFile(t, "src", blocks), "", filepath.Join(t.TempDir(), "dst")})
		ours = append(ours, floatBytes(values))
	}
	for i, want := range ask(t, requests) {
		if n := differentFloats(ours[i], want); n > 0 {
			t.Errorf("%v: %d values differ from upstream's", iqKinds[i], n)
		}
	}
	for i, want := range askNumpy(t, requests[:len(requests)-1]) { // it has no Q1_0
		if n := differentFloats(ours[i], want); n > 0 {
			t.Errorf("%v: %d values differ from gguf-py's", iqKinds[i], n)
		}
	}
}

// askNumpy has gguf-py answer requests to dequantise.
func askNumpy(t *testing.T, requests []request) [][]byte {
	t.Helper()
	var in strings.Builder
	paths := make([]string, len(requests))
	for i, r := range requests {
		paths[i] = filepath.Join(t.TempDir(), "numpy")
		fmt.Fprintln(&in, r.Type, r.Src, paths[i])
	}
	runScript(t, "ggml_iq.py", in.String())
	answers := make([][]byte, len(paths))
	for i, path := range paths {
		var err error
		if answers[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// TestIQGrids holds iq_grids.bin to its generator.
func TestIQGrids(t *testing.T) {
	runScript(t, "ggml_iq_grids.py", "", "--check")
}

// oraclePython skips the test if there is no Python to compare with.
func oraclePython(t *testing.T) string {
	t.Helper()
	python := os.Getenv("DITS_ORACLE_PYTHON")
	if python == "" {
		t.Skip("DITS_ORACLE_PYTHON is unset: no Python with scripts/oracle/requirements.txt to compare with")
	}
	return python
}

// runScript runs a script of scripts/oracle.
func runScript(t *testing.T, script, input string, args ...string) {
	t.Helper()
	cmd := exec.Command(oraclePython(t), slices.Insert(args, 0, filepath.Join("..", "..", "scripts", "oracle", script))...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// differentFloats counts the floats whose bits differ; any NaN equals any other.
func differentFloats(got, want []byte) (n int) {
	if len(got) != len(want) {
		return max(len(got), len(want))
	}
	for at := 0; at < len(got); at += 4 {
		a, b := got[at:at+4], want[at:at+4]
		if !bytes.Equal(a, b) && !(isNaN(a) && isNaN(b)) {
			n++
		}
	}
	return n
}
