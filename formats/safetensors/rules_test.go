package safetensors_test

import (
	"strings"
	"testing"

	"dits/formats/formatstest"
)

// described is a header of one tensor, a.
func described(dtype, shape, offsets string) string {
	return `{"a":{"dtype":` + dtype + `,"shape":` + shape + `,"data_offsets":` + offsets + `}}`
}

// nested is a header with n levels of array in a field that nobody knows.
func nested(n int) string {
	return `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}`
}

// rank is a header of one tensor of n dimensions.
func rank(n int) string {
	return described(`"U8"`, "[1"+strings.Repeat(",1", n-1)+"]", "[0,1]")
}

// named is a header of one tensor with a name of n bytes.
func named(n int) string { return "{" + entry(strings.Repeat("n", n), "U8", "[1]", 0, 1) + "}" }

var u8 = described(`"U8"`, "[1]", "[0,1]")

var rules = []struct {
	name, header string
	data         int
	want         string // part of the error, "" if the file is valid
}{
	{"valid", u8, 1, ""},
	{"data missing", u8, 0, `tensor "a": offset 61: truncated: data range [0,1): want an end of at most 0`},
	{"data left over", u8, 2, "offset 62: data after the last tensor: got 1 bytes, want 0"},
	{"data without tensors", "{}", 1, "offset 10: data after the last tensor: got 1 bytes"},
	{"gap", described(`"U8"`, "[1]", "[1,2]"), 2, `tensor "a": offset 8: data range [1,2), want start 0`},
	{"overlap", "{" + entry("a", "U8", "[2]", 0, 2) + "," + entry("b", "U8", "[2]", 1, 3) + "}", 3, "want start 2"},
	{"shared", "{" + entry("a", "U8", "[2]", 0, 2) + "," + entry("b", "U8", "[2]", 0, 2) + "}", 2, "want start 2"},
	{"reversed", described(`"U8"`, "[1]", "[1,0]"), 1, "ends before it starts"},
	{"size", described(`"U16"`, "[1]", "[0,1]"), 1, "want 2 bytes for U16[1]"},
	{"half a byte", described(`"F4"`, "[1]", "[0,1]"), 1, "no whole number of bytes"},
	{"bytes across rows", described(`"F6_E3M2"`, "[2,2]", "[0,3]"), 3, ""},
	{"shape overflows", described(`"U8"`, "[4294967296,4294967296,2]", "[0,0]"), 0, "no whole number of bytes below 2^63"},
	{"overflow before zero", described(`"U8"`, "[4294967296,4294967296,0]", "[0,0]"), 0, "no whole number of bytes below 2^63"},
	{"zero before overflow", described(`"U8"`, "[0,4294967296,4294967296]", "[0,0]"), 0, ""},
	{"dimension of 2^63", described(`"U8"`, "[0,9223372036854775808]", "[0,0]"), 0, "want an integer from 0 to 2^63-1"},
	{"unknown dtype", described(`"I4"`, "[1]", "[0,1]"), 1, `offset 22: dtype: got "I4"`},
	{"ggml dtype", described(`"Q8_0"`, "[32]", "[0,34]"), 34, `dtype: got "Q8_0"`},
	{"dtype is no string", described("4", "[1]", "[0,1]"), 1, "want a string"},
	{"shape is no array", described(`"U8"`, "1", "[0,1]"), 1, "want an array"},
	{"negative", described(`"U8"`, "[-1]", "[0,1]"), 1, `number: got "-1"`},
	{"minus zero", described(`"U8"`, "[0,-0]", "[0,0]"), 0, `number: got "-0"`},
	{"fraction", described(`"U8"`, "[1.0]", "[0,1]"), 1, `number: got "1.0"`},
	{"exponent", described(`"U8"`, "[1e0]", "[0,1]"), 1, `number: got "1e0"`},
	{"leading zero", described(`"U8"`, "[01]", "[0,1]"), 1, "no leading zero"},
	{"three offsets", described(`"U8"`, "[1]", "[0,1,1]"), 1, "more than 2"},
	{"one offset", described(`"U8"`, "[1]", "[0]"), 1, "got 1 numbers, want 2"},
	{"rank 64", rank(64), 1, ""},
	{"rank 65", rank(65), 1, "more than 64 dimensions"},
	{"name of 65535", named(65535), 1, ""},
	{"name of 65536", named(65536), 1, "tensor name length: got 65536, want at most 65535"},
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
	{"no digit before the point", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":.5}}`, 1, "offset 64: JSON: got '.', want a value"},
	{"no comma", `{"__metadata__":{"a":"b";"c":"d"}}`, 0, "offset 32: JSON: got ';', want ',' or '}'"},
	{"no colon", `{"__metadata__";{}}`, 0, "offset 23: JSON: got ';', want ':'"},
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
}

func TestRules(t *testing.T) {
	for _, c := range rules {

		t.Run(c.name, func(t *testing.T) {
			_, err := parse(formatstest.Safetensors(c.header, make([]byte, c.data)))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}
