package safetensors_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"dits/formats"
	"dits/formats/formatstest"
	"dits/formats/safetensors"

	"github.com/google/go-cmp/cmp"
)

// entry is one tensor of a header.
func entry(name, dtype, shape string, start, end int) string {
	return fmt.Sprintf(`%q:{"dtype":%q,"shape":%s,"data_offsets":[%d,%d]}`, name, dtype, shape, start, end)
}

func files() []formatstest.File {
	two := "{" + entry("b", "F32", "[1,2]", 6, 14) + "," + entry("a", "BF16", "[3]", 0, 6) + "}"
	rich := `{"__metadata__":{"format":"pt","é":"\ud83d\ude00\n"}, "scalar" : {"shape":[],"dtype":"I64","data_offsets":[0,8],` +
		`"note":[true,false,null,-1.5e+3,0,{"x":"y","x":""}]},` +
		entry("empty", "F16", "[0,7]", 8, 8) + "," + entry("f4", "F4", "[3,2]", 8, 11) + "}  \n"
	return []formatstest.File{
		{Name: "no tensors", Bytes: formatstest.Safetensors("{}", nil)},
		{Name: "two out of order", Bytes: formatstest.Safetensors(two, make([]byte, 14))},
		{Name: "all of JSON", Bytes: formatstest.Safetensors(rich, make([]byte, 11))},
	}
}

func TestContract(t *testing.T) {
	formatstest.Run(t, safetensors.Parser{}, files())
}

func parse(file []byte) (*formats.Layout, error) {
	return safetensors.Parser{}.Parse(bytes.NewReader(file), int64(len(file)))
}

func TestLayout(t *testing.T) {
	header := "{" + entry("b", "F32", "[1,2]", 6, 14) + "," + entry("none", "U8", "[2,0]", 6, 6) + "," +
		entry("a", "BF16", "[3]", 0, 6) + "}  "
	got, err := parse(formatstest.Safetensors(header, make([]byte, 14)))
	if err != nil {
		t.Fatal(err)
	}
	n := int64(8 + len(header))
	want := &formats.Layout{
		Format: "safetensors",
		Size:   n + 14,
		Segments: []formats.Segment{
			{Kind: formats.Header, Off: 0, Len: n, Tensor: -1},
			{Kind: formats.Data, Off: n, Len: 6, Tensor: 0},
			{Kind: formats.Data, Off: n + 6, Len: 8, Tensor: 2},
		},
		Tensors: []formats.Tensor{
			{Name: "a", DType: "BF16", Shape: []int64{3}, Off: n, Len: 6},
			{Name: "none", DType: "U8", Shape: []int64{2, 0}, Off: n + 6, Len: 0},
			{Name: "b", DType: "F32", Shape: []int64{1, 2}, Off: n + 6, Len: 8},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

func TestRules(t *testing.T) {
	a := func(dtype, shape, offsets string) string {
		return `{"a":{"dtype":` + dtype + `,"shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	u8 := a(`"U8"`, "[1]", "[0,1]")
	nested := func(n int) string {
		return `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}`
	}
	rank := func(n int) string {
		return a(`"U8"`, "[1"+strings.Repeat(",1", n-1)+"]", "[0,1]")
	}
	for _, c := range []struct {
		name, header string
		data         int
		want         string // part of the error, "" if the file is valid
	}{
		{"valid", u8, 1, ""},
		{"data missing", u8, 0, `tensor "a": offset 61: truncated: data range [0,1): want an end of at most 0`},
		{"data left over", u8, 2, "offset 62: data after the last tensor: got 1 bytes, want 0"},
		{"data without tensors", "{}", 1, "offset 10: data after the last tensor: got 1 bytes"},
		{"gap", a(`"U8"`, "[1]", "[1,2]"), 2, `tensor "a": offset 8: data range [1,2), want start 0`},
		{"overlap", "{" + entry("a", "U8", "[2]", 0, 2) + "," + entry("b", "U8", "[2]", 1, 3) + "}", 3, "want start 2"},
		{"shared", "{" + entry("a", "U8", "[2]", 0, 2) + "," + entry("b", "U8", "[2]", 0, 2) + "}", 2, "want start 2"},
		{"reversed", a(`"U8"`, "[1]", "[1,0]"), 1, "ends before it starts"},
		{"size", a(`"U16"`, "[1]", "[0,1]"), 1, "want 2 bytes for U16[1]"},
		{"half a byte", a(`"F4"`, "[1]", "[0,1]"), 1, "no whole number of bytes"},
		{"bytes across rows", a(`"F6_E3M2"`, "[2,2]", "[0,3]"), 3, ""},
		{"shape overflows", a(`"U8"`, "[4294967296,4294967296,2]", "[0,0]"), 0, "no whole number of bytes below 2^63"},
		{"overflow before zero", a(`"U8"`, "[4294967296,4294967296,0]", "[0,0]"), 0, "no whole number of bytes below 2^63"},
		{"zero before overflow", a(`"U8"`, "[0,4294967296,4294967296]", "[0,0]"), 0, ""},
		{"dimension of 2^63", a(`"U8"`, "[0,9223372036854775808]", "[0,0]"), 0, "want an integer from 0 to 2^63-1"},
		{"unknown dtype", a(`"I4"`, "[1]", "[0,1]"), 1, `offset 22: dtype: got "I4"`},
		{"ggml dtype", a(`"Q8_0"`, "[32]", "[0,34]"), 34, `dtype: got "Q8_0"`},
		{"dtype is no string", a("4", "[1]", "[0,1]"), 1, "want a string"},
		{"shape is no array", a(`"U8"`, "1", "[0,1]"), 1, "want an array"},
		{"negative", a(`"U8"`, "[-1]", "[0,1]"), 1, `number: got "-1"`},
		{"minus zero", a(`"U8"`, "[0,-0]", "[0,0]"), 0, `number: got "-0"`},
		{"fraction", a(`"U8"`, "[1.0]", "[0,1]"), 1, `number: got "1.0"`},
		{"exponent", a(`"U8"`, "[1e0]", "[0,1]"), 1, `number: got "1e0"`},
		{"leading zero", a(`"U8"`, "[01]", "[0,1]"), 1, "no leading zero"},
		{"three offsets", a(`"U8"`, "[1]", "[0,1,1]"), 1, "more than 2"},
		{"one offset", a(`"U8"`, "[1]", "[0]"), 1, "got 1 numbers, want 2"},
		{"rank 64", rank(64), 1, ""},
		{"rank 65", rank(65), 1, "more than 64 dimensions"},
		{"no dtype", `{"a":{"shape":[1],"data_offsets":[0,1]}}`, 1, "dtype is missing"},
		{"no shape", `{"a":{"dtype":"U8","data_offsets":[0,1]}}`, 1, "shape is missing"},
		{"no offsets", `{"a":{"dtype":"U8","shape":[1]}}`, 1, "data_offsets are missing"},
		{"dtype twice", `{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, `key "dtype" comes twice`},
		{"unknown field twice", `{"a":{"dtype":"U8","x":1,"x":2,"shape":[1],"data_offsets":[0,1]}}`, 1, ""},
		{"name twice", "{" + entry("a", "U8", "[1]", 0, 1) + "," + entry("a", "U8", "[1]", 0, 1) + "}", 1, `key "a" comes twice`},
		{"escaped name twice", "{" + entry("a", "U8", "[0]", 0, 0) + "," + `"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, 0, "twice"},
		{"tensor is an array", `{"a":["U8",[1],[0,1]]}`, 1, "want an object"},
		{"metadata null", `{"__metadata__":null}`, 0, ""},
		{"metadata number", `{"__metadata__":{"a":1}}`, 0, "want a string"},
		{"metadata nested", `{"__metadata__":{"a":{}}}`, 0, "want a string"},
		{"metadata string", `{"__metadata__":"a"}`, 0, "want an object"},
		{"metadata key twice", `{"__metadata__":{"a":"","a":""}}`, 0, "twice"},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, 0, "twice"},
		{"empty header", "", 0, "JSON ends early"},
		{"space in front", " {}", 0, "header starts with ' ', want '{'"},
		{"array", "[]", 0, "want '{'"},
		{"trailing space", "{} \t\r\n", 0, ""},
		{"trailing zero", "{}\x00", 0, "offset 10: JSON: got '\\x00' after the end"},
		{"trailing object", "{}{}", 0, "after the end"},
		{"trailing comma", `{"__metadata__":{},}`, 0, "want a string"},
		{"cut off", `{"a":`, 0, "offset 13: JSON ends early"},
		{"not UTF-8", "{\"__metadata__\":{\"\xff\":\"\"}}", 0, "not UTF-8"},
		{"overlong UTF-8", "{\"__metadata__\":{\"\xc0\xaf\":\"\"}}", 0, "not UTF-8"},
		{"control character", "{\"__metadata__\":{\"\n\":\"\"}}", 0, "control character"},
		{"lone surrogate", `{"__metadata__":{"\ud800":""}}`, 0, "want \\"},
		{"high surrogate twice", `{"__metadata__":{"\ud800\ud800":""}}`, 0, "half of a surrogate pair"},
		{"low surrogate first", `{"__metadata__":{"\udc00\ud800":""}}`, 0, "half of a surrogate pair"},
		{"bad escape", `{"__metadata__":{"\x":""}}`, 0, `escape \x`},
		{"bad hex", `{"__metadata__":{"\u00g0":""}}`, 0, "four hexadecimal digits"},
		{"number too large", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1e999}}`, 1, "float64"},
		{"bare word", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":nul}}`, 1, "want null"},
		{"127 levels", nested(125), 1, ""},
		{"128 levels", nested(126), 1, "more than 127 levels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(formatstest.Safetensors(c.header, make([]byte, c.data)))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestHeaderLength(t *testing.T) {
	length := func(n uint64) []byte {
		return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), byte(n >> 32), byte(n >> 40), byte(n >> 48), byte(n >> 56), '{', '}'}
	}
	for n, want := range map[uint64]string{
		2:           "",
		3:           "offset 0: truncated: header length: got 3, want at most the 2 bytes that follow",
		100_000_000: "offset 0: truncated: header length: got 100000000",
		100_000_001: "offset 0: header length: got 100000001, want at most 100000000",
		1 << 63:     "offset 0: header length: got 9223372036854775808",
	} {
		_, err := parse(length(n))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("length %d: got %v, want %q", n, err, want)
		}
		if truncated := strings.Contains(want, "truncated"); errors.Is(err, formats.ErrTruncated) != truncated {
			t.Errorf("length %d: got %v, want truncated: %t", n, err, truncated)
		}
	}
}

// TestClaims holds names apart from guesses: only the name claims.
func TestClaims(t *testing.T) {
	p := safetensors.Parser{}
	head := formatstest.Safetensors("{}      ", nil)
	for path, want := range map[string]bool{
		"model.safetensors": true, "dir/M.SafeTensors": true, "model.safetensors.index.json": false, "safetensors": false, "": false,
	} {
		if got := p.Claims(head, path); got != want {
			t.Errorf("%q: got %t, want %t", path, got, want)
		}
	}
	if !p.Guess(head, 16) || p.Guess(head, 15) || p.Guess(head[:8], 16) || p.Guess([]byte("garbage garbage {"), 100) {
		t.Error("a guess takes a length that the file has room for, and a brace")
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range files() {
		f.Add(file.Bytes)
	}
	for _, file := range adversarial() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := parse(file)
		if err == nil {
			err = l.Validate()
		}
		damage := new(formats.Error)
		if err != nil && !errors.As(err, &damage) {
			t.Fatal(err)
		}
	})
}
