package gguf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

	"dits/formats"
	"dits/formats/formatstest"
	"dits/formats/gguf"

	"github.com/stretchr/testify/require"
)

type (
	kv     = formatstest.GGUFKV
	tensor = formatstest.GGUFTensor
)

func pairOf(key string, kind uint32, value any) kv {
	return kv{Key: key, Type: kind, Value: value}
}

func array(kind uint32, elements ...any) formatstest.GGUFArray {
	return formatstest.GGUFArray{Type: kind, Elements: elements}
}

// everyType has a pair of each value type, and arrays of all but the 16-bit ones.
func everyType() []kv {
	return []kv{
		pairOf("u8", 0, uint8(200)), pairOf("i8", 1, int8(-3)), pairOf("u16", 2, uint16(60000)), pairOf("i16", 3, int16(-300)),
		pairOf("u32", 4, uint32(4e9)), pairOf("i32", 5, int32(-70000)), pairOf("f32", 6, float32(1.5)), pairOf("bool", 7, true),
		pairOf("str", 8, "héllo"), pairOf("u64", 10, uint64(1<<63)), pairOf("i64", 11, int64(-1<<40)), pairOf("f64", 12, -0.25),
		pairOf("arr.u8", 9, array(0, uint8(1), uint8(2))), pairOf("arr.bool", 9, array(7, true, false)),
		pairOf("arr.i32", 9, array(5, int32(7), int32(-7))), pairOf("arr.f64", 9, array(12, 0.5)),
		pairOf("arr.str", 9, array(8, "a", "", "ccc")), pairOf("arr.empty", 9, array(6)),
	}
}

func files() []formatstest.File {
	two := []tensor{
		{Name: "a", Dims: []uint64{32, 2}, Type: 2, Data: make([]byte, 36)}, // Q4_0
		{Name: "b", Dims: []uint64{3}, Type: 0, Data: make([]byte, 12)},
	}
	odd := []tensor{
		{Name: "scalar", Type: 30, Data: make([]byte, 2)},
		{Name: "empty", Dims: []uint64{0, 5}, Type: 1},
		{Name: "four", Dims: []uint64{1, 2, 1, 2}, Type: 24, Data: make([]byte, 4)},
	}
	return []formatstest.File{
		{Name: "nothing", Bytes: formatstest.GGUF{}.Build()},
		{Name: "two tensors", Bytes: formatstest.GGUF{KVs: everyType(), Tensors: two}.Build()},
		{Name: "no padding at the end", Bytes: formatstest.GGUF{Tensors: odd, NoTail: true}.Build()},
		{Name: "version 2", Bytes: formatstest.GGUF{Version: 2, KVs: everyType()[:3], Tensors: odd}.Build()},
		{Name: "big endian", Bytes: formatstest.GGUF{Order: binary.BigEndian, KVs: everyType(), Tensors: two}.Build()},
		{Name: "alignment 8", Bytes: formatstest.GGUF{Align: 8, KVs: []kv{pairOf("general.alignment", 4, uint32(8))}, Tensors: two}.Build()},
		{Name: "nested arrays", Bytes: formatstest.GGUF{KVs: []kv{pairOf("n", 9, array(9, array(0, uint8(1)), array(8)))}}.Build()},
	}
}

func TestContract(t *testing.T) {
	formatstest.Run(t, gguf.Parser{}, files())
}

func parse(file []byte) (*formats.Layout, error) {
	return gguf.Parser{}.Parse(bytes.NewReader(file), int64(len(file)))
}

func readHeader(file []byte) (*gguf.Header, error) {
	return gguf.ReadHeader(bytes.NewReader(file), int64(len(file)))
}

func TestLayout(t *testing.T) {
	g := formatstest.GGUF{Tensors: []tensor{
		{Name: "late", Dims: []uint64{2}, Type: 0, Data: make([]byte, 64), Off: at(128)},
		{Name: "early", Dims: []uint64{32, 1}, Type: 8, Data: make([]byte, 34), Off: at(0)},
		{Name: "none", Dims: []uint64{0}, Type: 0, Data: make([]byte, 64), Off: at(0)},
	}}
	file := g.Build() // the data section is 64 + 64 + 64 bytes
	file = append(file, 1, 2, 3)
	got, err := parse(file)
	if err != nil {
		t.Fatal(err)
	}
	const header = 24 + (8 + 4 + 4 + 8 + 4 + 8) + (8 + 5 + 4 + 16 + 4 + 8) + (8 + 4 + 4 + 8 + 4 + 8)
	const base = 160 // header, aligned
	want := &formats.Layout{
		Format: "gguf",
		Size:   base + 192 + 3,
		Segments: []formats.Segment{
			{Kind: formats.Header, Off: 0, Len: header, Tensor: -1},
			{Kind: formats.Padding, Off: header, Len: base - header, Tensor: -1},
			{Kind: formats.Data, Off: base, Len: 34, Tensor: 1},
			{Kind: formats.Padding, Off: base + 34, Len: 30, Tensor: -1},
			{Kind: formats.Opaque, Off: base + 64, Len: 64, Tensor: -1},
			{Kind: formats.Data, Off: base + 128, Len: 8, Tensor: 0},
			{Kind: formats.Padding, Off: base + 136, Len: 24, Tensor: -1},
			{Kind: formats.Opaque, Off: base + 160, Len: 32 + 3, Tensor: -1},
		},
		Tensors: []formats.Tensor{
			{Name: "late", DType: "F32", Shape: []int64{2}, Off: base + 128, Len: 8},
			{Name: "early", DType: "Q8_0", Shape: []int64{1, 32}, Off: base, Len: 34},
			{Name: "none", DType: "F32", Shape: []int64{0}, Off: base, Len: 0},
		},
	}
	require.Equal(t, want, got)
}

func TestClaims(t *testing.T) {
	p := gguf.Parser{}
	for _, c := range []struct {
		head, path string
		want       bool
	}{
		{"GGUF\x03\x00\x00\x00", "", true},
		{"GGU", "", false},
		{"FUGG", "x.bin", false},
		{"", "dir/x.gguf", true},
		{"", "X.GGUF", true},
		{"", "x.gguf.part", false},
	} {
		if got := p.Claims([]byte(c.head), c.path); got != c.want {
			t.Errorf("%q %q: got %t, want %t", c.head, c.path, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range files() {
		f.Add(file.Bytes)
	}
	for _, file := range adversarial() {
		if len(file) < 1<<10 { // the fuzzer is slow with long ones
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := parse(file)
		damage := new(formats.Error)
		if err == nil {
			err = l.Validate()
		}
		if err != nil && !errors.As(err, &damage) {
			t.Fatal(err)
		}
		h, herr := readHeader(file)
		if h != nil && herr == nil && err == nil {
			if !reflect.DeepEqual(l.Tensors, h.Tensors) {
				t.Fatalf("Parse: %v, ReadHeader: %v", l.Tensors, h.Tensors)
			}
		}
		if err == nil && herr != nil {
			t.Fatalf("Parse accepts what ReadHeader refuses: %v", herr)
		}
	})
}
