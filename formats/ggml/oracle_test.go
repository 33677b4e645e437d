package ggml_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"dits/formats/ggml"
)

// A request is one to scripts/oracle/ggml_oracle.py.
type request struct {
	Op      string `json:"op"`
	Type    uint32 `json:"type"`
	Columns int    `json:"columns"`
	Src     string `json:"src"`
	Weights string `json:"weights"`
	Dst     string `json:"dst"`
}

// ask has upstream's code answer the requests: what it wrote for each, nil where it
// refused. It skips the test if there is no Python with the packages.
func ask(t *testing.T, requests []request) [][]byte {
	t.Helper()
	python := os.Getenv("DITS_ORACLE_PYTHON")
	if python == "" {
		t.Skip("DITS_ORACLE_PYTHON is unset: no Python with scripts/oracle/requirements.txt to compare with")
	}
	var in, stderr bytes.Buffer
	for _, r := range requests {
		if err := json.NewEncoder(&in).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, filepath.Join("..", "..", "scripts", "oracle", "ggml_oracle.py"))
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v\n%s", err, stderr.String())
	}
	answers := make([][]byte, len(requests))
	if len(requests) == 0 {
		return answers
	}
	for i, line := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		var verdict struct{ Error string }
		if err := json.Unmarshal(line, &verdict); err != nil {
			t.Fatal(err)
		}
		if verdict.Error != "" {
			t.Logf("%+v: %s", requests[i], verdict.Error)
			continue
		}
		if answers[i], err = os.ReadFile(requests[i].Dst); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

func floatBytes(values []float32) []byte {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// oracleKinds are the types of files that the oracle quantises and this package
// has in arithmetics; the others have a test of their own.
var oracleKinds = []ggml.Type{
	ggml.F16, ggml.BF16, ggml.Q4_0, ggml.Q4_1, ggml.Q5_0, ggml.Q5_1, ggml.Q8_0,
	ggml.Q2_K, ggml.Q3_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K,
}

// TestOracleQuantise compares every byte with upstream's quantisers, and with its
// dequantisers what they made.
func TestOracleQuantise(t *testing.T) {
	ask(t, nil)
	var requests []request
	var names []string
	var ours [][]byte
	for _, s := range slices.Concat(sources(), hostile()) {
		for i, v := range s.rows {
			if v != v {
				s.rows[i] = math.Float32frombits(0xffc00000) // upstream takes the payload for an integer
			}
		}
		src := writeFile(t, "src", floatBytes(s.rows))
		for i, weights := range [][]float32{nil, importances(s.columns), negated(importances(s.columns))} {
			path := ""
			if weights != nil {
				path = writeFile(t, "weights", floatBytes(weights))
			}
			for _, kind := range oracleKinds {
				q := ggml.Quantiser{Type: kind, Columns: s.columns, Weights: weights}
				got := make([]byte, len(s.rows)/int(kind.BlockElems())*int(kind.BlockBytes()))
				if err := q.Rows(got, s.rows); err != nil {
					t.Fatal(err)
				}
				names = append(names, fmt.Sprintf("%v of %s, weights %d", kind, s.name, i))
				requests = append(requests, request{"quantise", uint32(kind), s.columns, src, path, filepath.Join(t.TempDir(), "dst")})
				ours = append(ours, got)
			}
		}
	}
	for i, want := range ask(t, requests) {
		kind := ggml.Type(requests[i].Type)
		if len(want) != len(ours[i]) {
			t.Errorf("%s: got %d bytes, want %d", names[i], len(ours[i]), len(want))
			continue
		}
		if n := differing(ours[i], want, kind); n > 0 {
			t.Errorf("%s: %d of %d blocks differ", names[i], n, len(want)/int(kind.BlockBytes()))
		}
	}
}

// TestOracleDequantise compares every bit of the values of arbitrary blocks.
func TestOracleDequantise(t *testing.T) {
	var requests []request
	var ours [][]byte
	for _, kind := range oracleKinds {
		blocks := randomBlocks(kind, 512)
		values := make([]float32, 512*kind.BlockElems())
		if err := kind.Dequantise(values, blocks); err != nil {
			t.Fatal(err)
		}
		requests = append(requests, request{"dequantise", uint32(kind), len(values), writeFile(t, "src", blocks), "", filepath.Join(t.TempDir(), "dst")})
		ours = append(ours, floatBytes(values))
	}
	for i, want := range ask(t, requests) {
		if len(want) != len(ours[i]) {
			t.Errorf("%v: got %d bytes, want %d", ggml.Type(requests[i].Type), len(ours[i]), len(want))
			continue
		}
		for at := 0; at < len(want); at += 4 {
			got, want := ours[i][at:at+4], want[at:at+4]
			if !bytes.Equal(got, want) && !(isNaN(got) && isNaN(want)) {
				t.Fatalf("%v: value %d: got %x, want %x", ggml.Type(requests[i].Type), at/4, got, want)
			}
		}
	}
}

func isNaN(raw []byte) bool {
	v := math.Float32frombits(binary.LittleEndian.Uint32(raw))
	return v != v
}
