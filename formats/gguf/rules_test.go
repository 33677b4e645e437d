package gguf_test

import (
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"dits/formats"
	"dits/formats/formatstest"
)

// u64 is a little-endian number among raw bytes.
func u64(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }

func u32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// one is a file of one tensor and nothing else.
func one(x tensor) []byte {
	if x.Name == "" {
		x.Name = "a"
	}
	return formatstest.GGUF{Tensors: []tensor{x}}.Build()
}

func pair(key string, kind uint32, value any) []byte {
	return formatstest.GGUF{KVs: []kv{pairOf(key, kind, value)}}.Build()
}

func nested(levels int) any {
	v := array(0, uint8(1))
	for range levels - 1 {
		v = array(9, v)
	}
	return v
}

type rule struct {
	name string
	file []byte
	want string // part of the error, "" if the file is valid
}

// start is the magic and the version.
var start = join([]byte("GGUF"), u32(3))

func at(off uint64) *uint64 { return &off }

var rules = []rule{
	{"magic", []byte("GGML\x03\x00\x00\x00"), `offset 0: magic: got "GGML", want "GGUF"`},
	{"version 0", join([]byte("GGUF"), u32(0), make([]byte, 16)), "offset 4: version: got 0"},
	{"version 1", join([]byte("GGUF"), u32(1), make([]byte, 16)), "got 1, which has 32-bit lengths"},
	{"version 1, big endian", join([]byte("GGUF\x00\x00\x00\x01"), make([]byte, 16)), "got 1, which has 32-bit lengths"},
	{"version 4", join([]byte("GGUF"), u32(4), make([]byte, 16)), "version: got 4, want 2 or 3"},
	{"2^60 pairs", join(start, u64(0), u64(1<<60)), "offset 24: truncated: key-value count: got 1152921504606846976, want at most 0"},
	{"2^63 tensors", join(start, u64(1<<63), u64(0)), "offset 24: truncated: tensor count: got 9223372036854775808"},
	{"2^64-1 tensors", join(start, u64(1<<64-1), u64(0), make([]byte, 100)), "truncated: tensor count"},
	{"key of 2^62", join(start, u64(0), u64(1), u64(1<<62), make([]byte, 50)), "offset 32: truncated: key: got 50 bytes"},
	{"key of 65535", pair(strings.Repeat("k", 65535), 0, uint8(1)), ""},
	{"key of 65536", pair(strings.Repeat("k", 65536), 0, uint8(1)), "key length: got 65536, want at most 65535"},
	{"empty key", pair("", 0, uint8(1)), "offset 24: key is empty"},
	{"key not UTF-8", pair("\xff", 0, uint8(1)), `key "\xff" is not UTF-8`},
	{"value not UTF-8", pair("k", 8, "\xff"), ""},
	{"key twice", formatstest.GGUF{KVs: []kv{pairOf("k", 0, uint8(1)), pairOf("k", 0, uint8(1))}}.Build(), `offset 38: key "k" comes twice`},
	{"value type 13", pair("k", 13, uint8(1)), "value type: got 13, want at most 12"},
	{"element type 13", pair("k", 9, array(13)), "array element type: got 13"},
	{"string of 2^62", pair("k", 8, formatstest.Raw(u64(1<<62))), "truncated: string: got 0 bytes, want 4611686018427387904"},
	{"array of 2^62 u8", pair("k", 9, formatstest.Raw(join(u32(0), u64(1<<62)))), "truncated: array length: got 4611686018427387904"},
	{"array of 2^61 f64", pair("k", 9, formatstest.Raw(join(u32(12), u64(1<<61)))), "truncated: array length"},
	{"array of 2^61 strings", pair("k", 9, formatstest.Raw(join(u32(8), u64(1<<61)))), "truncated: array length"},
	{"array of 2^60 arrays", pair("k", 9, formatstest.Raw(join(u32(9), u64(1<<60), make([]byte, 64)))), "truncated: array length"},
	{"8 levels", pair("k", 9, nested(8)), ""},
	{"9 levels", pair("k", 9, nested(9)), "array of arrays: got more than 8 levels"},
	{"alignment 64", formatstest.GGUF{Align: 64, KVs: []kv{pairOf("general.alignment", 4, uint32(64))}, Tensors: []tensor{{Name: "a", Data: make([]byte, 4)}}}.Build(), ""},
	{"alignment 1", formatstest.GGUF{Align: 1, KVs: []kv{pairOf("general.alignment", 4, uint32(1))}, Tensors: []tensor{{Name: "a", Data: make([]byte, 4)}}}.Build(), ""},
	{"alignment 0", pair("general.alignment", 4, uint32(0)), "got 0, want a power of two"},
	{"alignment 24", pair("general.alignment", 4, uint32(24)), "got 24, want a power of two"},
	{"alignment u64", pair("general.alignment", 10, uint64(32)), "general.alignment: got type u64, want u32"},
	{"alignment array", pair("general.alignment", 9, array(4, uint32(32))), "got type arr, want u32"},
	{"name of 65535", one(tensor{Name: strings.Repeat("n", 65535), Data: make([]byte, 4)}), ""},
	{"name of 65536", one(tensor{Name: strings.Repeat("n", 65536), Data: make([]byte, 4)}), "tensor name length: got 65536"},
	{"name not UTF-8", one(tensor{Name: "\xff", Data: make([]byte, 4)}), "not UTF-8"},
	{"name twice", formatstest.GGUF{Tensors: []tensor{{Name: "a", Data: make([]byte, 4)}, {Name: "a", Data: make([]byte, 4)}}}.Build(), `tensor "a": offset 49: the name comes twice`},
	{"4 dimensions", one(tensor{Dims: []uint64{1, 1, 1, 1}, Data: make([]byte, 4)}), ""},
	{"5 dimensions", one(tensor{Dims: []uint64{1, 1, 1, 1, 1}, Data: make([]byte, 4)}), "dimension count: got 5, want at most 4"},
	{"dimension of 2^63", one(tensor{Dims: []uint64{1 << 63}}), "dimension: got 9223372036854775808, want less than 2^63"},
	{"shape overflows", one(tensor{Dims: []uint64{1 << 32, 1 << 32, 2}}), "below 2^63 bytes"},
	{"bytes overflow", one(tensor{Dims: []uint64{1 << 62}}), "below 2^63 bytes"},
	{"part of a block", one(tensor{Dims: []uint64{31}, Type: 2, Data: make([]byte, 18)}), "Q4_0[31]: rows of Q4_0 are whole blocks of 32"},
	{"block across rows", one(tensor{Dims: []uint64{16, 2}, Type: 2, Data: make([]byte, 18)}), "rows of Q4_0 are whole blocks"},
	{"scalar of blocks", one(tensor{Type: 2, Data: make([]byte, 18)}), "rows of Q4_0 are whole blocks"},
	{"removed type", one(tensor{Dims: []uint64{32}, Type: 31, Data: make([]byte, 18)}), `tensor "a": offset 45: ggml type 31 (Q4_0_4_4) was removed`},
	{"unknown type", one(tensor{Dims: []uint64{32}, Type: 43, Data: make([]byte, 18)}), "ggml type: got 43, want at most 42"},
	{"negative type", one(tensor{Dims: []uint64{32}, Type: 1<<32 - 1}), "ggml type: got 4294967295"},
	{"offset not aligned", one(tensor{Data: make([]byte, 8), Off: at(4)}), "tensor offset: got 4, want a multiple of 32"},
	{"offset of 2^63", one(tensor{Data: make([]byte, 8), Off: at(1 << 63)}), "below 2^63"},
	{"offset beyond the end", one(tensor{Data: make([]byte, 32), Off: at(64)}), "truncated: data at 64+64 of 4 bytes: want an end of at most 96"},
	{"offset at the end, empty", one(tensor{Dims: []uint64{0}, Off: at(0)}), ""},
	{"overlap", formatstest.GGUF{Tensors: []tensor{
		{Name: "a", Dims: []uint64{16}, Data: make([]byte, 64)},
		{Name: "b", Dims: []uint64{8}, Data: make([]byte, 32), Off: at(32)},
	}}.Build(), `tensor "b": offset 128: data range [128,160) overlaps what ends at 160`},
	{"same data", formatstest.GGUF{Tensors: []tensor{
		{Name: "a", Dims: []uint64{8}, Data: make([]byte, 32)},
		{Name: "b", Dims: []uint64{8}, Off: at(0)},
	}}.Build(), "overlaps"},
	{"gap", formatstest.GGUF{Tensors: []tensor{{Name: "a", Dims: []uint64{8}, Data: make([]byte, 96), Off: at(64)}}}.Build(), ""},
	{"data after the last tensor", append(one(tensor{Data: make([]byte, 4)}), 1), ""},
	{"data after no tensors", append(formatstest.GGUF{}.Build(), make([]byte, 100)...), ""},
}

// TestRules reads each file in both ways, and never takes more memory than its
// length justifies, whatever it claims.
func TestRules(t *testing.T) {
	for _, c := range rules {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := parse(c.file)
			_, herr := readHeader(c.file)
			runtime.ReadMemStats(&after)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if layoutOnly := strings.Contains(c.want, "overlaps"); !layoutOnly && (herr == nil) != (err == nil) {
				t.Errorf("ReadHeader: got %v, want %v", herr, err)
			}
			if truncated := strings.Contains(c.want, "truncated"); errors.Is(err, formats.ErrTruncated) != truncated {
				t.Errorf("got %v, want truncated: %t", err, truncated)
			}
			if got, most := after.TotalAlloc-before.TotalAlloc, 2*formatstest.Budget(len(c.file)); got > most {
				t.Errorf("allocated %d bytes, want at most %d", got, most)
			}
		})
	}
}

// adversarial are the files of the rules and every prefix of a small one.
func adversarial() [][]byte {
	var all [][]byte
	for _, c := range rules {
		all = append(all, c.file)
	}
	small := formatstest.GGUF{KVs: everyType(), Tensors: []tensor{{Name: "a", Dims: []uint64{3}, Data: make([]byte, 12)}}, NoTail: true}.Build()
	for n := range small {
		all = append(all, small[:n])
	}
	return all
}

// TestHeaderLimit claims a string within the file but beyond the limit, without the
// file being there.
func TestHeaderLimit(t *testing.T) {
	long := pair("k", 8, formatstest.Raw(u64(1<<40)))
	_, err := sparse(long, 1<<41)
	if err == nil || !strings.Contains(err.Error(), "want a header of at most 268435456") {
		t.Errorf("string: got %v", err)
	}
	long = pair("k", 9, formatstest.Raw(join(u32(0), u64(1<<40))))
	if _, err = sparse(long, 1<<41); err == nil || !strings.Contains(err.Error(), "want a header of at most") {
		t.Errorf("array: got %v", err)
	}
}
