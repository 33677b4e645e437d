package gguf_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"dits/formats"
	"dits/formats/formatstest"
	"dits/formats/gguf"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadHeader(t *testing.T) {
	want := map[string]any{
		"u8": uint8(200), "i8": int8(-3), "u16": uint16(60000), "i16": int16(-300),
		"u32": uint32(4e9), "i32": int32(-70000), "f32": float32(1.5), "bool": true,
		"str": "héllo", "u64": uint64(1 << 63), "i64": int64(-1 << 40), "f64": -0.25,
		"arr.u8": []uint8{1, 2}, "arr.bool": []bool{true, false}, "arr.i32": []int32{7, -7},
		"arr.f64": []float64{0.5}, "arr.str": []string{"a", "", "ccc"}, "arr.empty": []float32{},
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		file := formatstest.GGUF{Order: order, KVs: everyType(), Tensors: []tensor{
			{Name: "a", Dims: []uint64{3, 2}, Type: 25, Data: make([]byte, 12)},
		}}.Build()
		h, err := readHeader(file)
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]any)
		for _, kv := range h.KVs {
			got[kv.Key] = kv.Value
		}
		require.Equal(t, want, got, "%v", order)
		if h.Version != 3 || h.ByteOrder != order.(binary.ByteOrder) || h.Alignment != 32 {
			t.Errorf("got version %d, %v, alignment %d", h.Version, h.ByteOrder, h.Alignment)
		}
		shape := []formats.Tensor{{Name: "a", DType: "I16", Shape: []int64{2, 3}, Off: h.DataOff, Len: 12}}
		assert.Equal(t, shape, h.Tensors)
	}
}

// TestKVRanges holds that pairs follow each other from byte 24 to the tensor infos.
func TestKVRanges(t *testing.T) {
	h, err := readHeader(formatstest.GGUF{KVs: everyType(), Tensors: []tensor{{Name: "a", Type: 0, Data: make([]byte, 4)}}}.Build())
	if err != nil {
		t.Fatal(err)
	}
	end := int64(24)
	for _, kv := range h.KVs {
		if kv.Off != end || kv.Len <= 0 {
			t.Fatalf("%s: got [%d,+%d), want start %d", kv.Key, kv.Off, kv.Len, end)
		}
		end += kv.Len
	}
	if end != h.InfoOff || h.Len != h.InfoOff+8+1+4+4+8 || h.DataOff != (h.Len+31)/32*32 {
		t.Errorf("got pairs to %d, infos from %d, header of %d, data from %d", end, h.InfoOff, h.Len, h.DataOff)
	}
}

func TestNestedArrays(t *testing.T) {
	nested := array(9, array(4, uint32(1), uint32(2)), array(8, "x"), array(9))
	h, err := readHeader(formatstest.GGUF{KVs: []kv{pairOf("n", 9, nested)}}.Build())
	if err != nil {
		t.Fatal(err)
	}
	want := []any{[]uint32{1, 2}, []string{"x"}, []any(nil)}
	require.Equal(t, want, valueOf(h, "n"))
	if got := valueOf(h, "absent"); got != nil {
		t.Errorf("absent key: got %v", got)
	}
}

// TestFloatBits holds that a NaN keeps its payload and that any byte but 0 is true.
func TestFloatBits(t *testing.T) {
	file := formatstest.GGUF{KVs: []kv{
		pairOf("nan", 12, formatstest.Raw{1, 2, 3, 4, 5, 6, 0xf0, 0x7f}),
		pairOf("bool", 7, formatstest.Raw{0x80}),
	}}.Build()
	h, err := readHeader(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := math.Float64bits(valueOf(h, "nan").(float64)); got != 0x7ff0060504030201 {
		t.Errorf("got %#x", got)
	}
	if got := valueOf(h, "bool"); got != true {
		t.Errorf("got %v, want true", got)
	}
}

// TestLongStrings reads values longer than any buffer, past the values skipped by Parse.
func TestLongStrings(t *testing.T) {
	long := string(bytes.Repeat([]byte("0123456789"), 20_000))
	file := formatstest.GGUF{
		KVs:     []kv{pairOf("a", 8, long), pairOf("b", 9, array(8, long, "x", long)), pairOf("general.alignment", 4, uint32(64))},
		Align:   64,
		Tensors: []tensor{{Name: "t", Dims: []uint64{5}, Type: 0, Data: make([]byte, 20)}},
	}.Build()
	h, err := readHeader(file)
	if err != nil {
		t.Fatal(err)
	}
	if valueOf(h, "a") != long {
		t.Error("long string differs")
	}
	assert.Equal(t, []string{long, "x", long}, valueOf(h, "b"))
	l, err := parse(file)
	if err != nil {
		t.Fatal(err)
	}
	assert.Equal(t, h.Tensors, l.Tensors, "ReadHeader, Parse")
}

func TestValueTypeNames(t *testing.T) {
	if got := gguf.Uint32.String(); got != "u32" {
		t.Errorf("got %q", got)
	}
	if got := gguf.ValueType(13).String(); got != "type 13" || gguf.ValueType(13).Known() {
		t.Errorf("got %q", got)
	}
}

// valueOf is the value of a key, nil if there is no such key.
func valueOf(h *gguf.Header, key string) any {
	for _, kv := range h.KVs {
		if kv.Key == key {
			return kv.Value
		}
	}
	return nil
}
