package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dits/formats/formatstest"
	header "dits/formats/gguf"
)

// ggmlNumbers are the types in the family's Q4_K_M, with the places of 16-bit numbers in a block, by ggml-common.h.
var ggmlNumbers = map[string]struct {
	number    uint32
	block     int
	sixteenth []int
}{"Q4_K": {12, 144, []int{0, 2}}, "Q6_K": {14, 210, []int{208}}}

// bigEndian is a GGUF of floats and K-quants as a machine of the other byte order writes it, without its tokenizer.
func bigEndian(t *testing.T, file []byte) []byte {
	h, err := header.ReadHeader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	g := formatstest.GGUF{Order: binary.BigEndian}
	for _, kv := range h.KVs {
		if kv.Type != header.Array {
			g.KVs = append(g.KVs, formatstest.GGUFKV{Key: kv.Key, Type: uint32(kv.Type), Value: kv.Value})
		}
	}
	for _, x := range h.Tensors {
		data := bytes.Clone(file[x.Off : x.Off+x.Len])
		to := formatstest.GGUFTensor{Name: x.Name, Data: data}
		for _, d := range slices.Backward(x.Shape) {
			to.Dims = append(to.Dims, uint64(d))
		}
		if x.DType == "F32" {
			for ; len(data) > 0; data = data[4:] {
				slices.Reverse(data[:4])
			}
		} else {
			q, ok := ggmlNumbers[string(x.DType)]
			if !ok {
				t.Fatalf("type %s", x.DType)
			}
			to.Type = q.number
			for ; len(data) > 0; data = data[q.block:] {
				for _, at := range q.sixteenth {
					slices.Reverse(data[at : at+2])
				}
			}
		}
		g.Tensors = append(g.Tensors, to)
	}
	return g.Build()
}

// TestBigEndian adds, lists and compares a file of the other byte order.
func TestBigEndian(t *testing.T) {
	r := newReadmeRun(t)
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	little, err := os.ReadFile(filepath.Join(family(t), "base-Q4_K_M.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	big := bigEndian(t, little)
	for name, data := range map[string][]byte{"little.gguf": little, "big.gguf": big} {
		if err := os.WriteFile(filepath.Join(r.dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.put(family(t), "ft-customer.safetensors", "tuned.safetensors")
	prints := func(script string, want ...string) {
		t.Helper()
		out := string(r.sh("set -e\n" + script))
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: got\n%s\nwant %q in it", script, out, w)
			}
		}
	}
	prints("dits init -q; dits add -q .; dits cat big.gguf >big.out; cmp big.gguf big.out; dits fsck")
	prints("dits ls big.gguf", "big.gguf: gguf, big endian, 20 tensors, ", "token_embd.weight")
	prints("dits inspect big.gguf", "gguf, big endian, llama, ")
	// The values are the same, and so is how far they are from those of another model.
	prints("dits diff little.gguf big.gguf", "0.0% of weights differ")
	one := string(r.sh("dits diff --tensors tuned.safetensors little.gguf | grep q_proj"))
	prints("dits diff --tensors tuned.safetensors big.gguf | grep q_proj", one)
	if !strings.Contains(one, "%") {
		t.Errorf("got %q, want figures", one)
	}
}
