package safetensors_test

import (
	"maps"
	"slices"
	"strings"

	"dits/formats/formatstest"
)

// stricter are files that upstream accepts and this package refuses on purpose: the
// list of docs/formats.md. Keys are a part of our error.
var stricter = map[string][]byte{
	"comes twice":             formatstest.Safetensors("{"+entry("a", "U8", "[1]", 0, 1)+","+entry("a", "I8", "[1]", 0, 1)+"}", []byte{1}),
	`key "k" comes twice`:     formatstest.Safetensors(`{"__metadata__":{"k":"1","k":"2"}}`, nil),
	"header starts with ' '":  formatstest.Safetensors(" {}", nil),
	`starts with '\n'`:        formatstest.Safetensors("\n{}", nil),
	"want an object":          formatstest.Safetensors(`{"a":["U8",[1],[0,1]]}`, []byte{1}),
	"want a string":           formatstest.Safetensors(`{"a":{"dtype":{"U8":null},"shape":[1],"data_offsets":[0,1]}}`, []byte{1}),
	"2^63-1":                  formatstest.Safetensors(`{"a":{"dtype":"U8","shape":[0,9223372036854775808],"data_offsets":[0,0]}}`, nil),
	"more than 64 dimensions": formatstest.Safetensors(`{"a":{"dtype":"U8","shape":[1`+strings.Repeat(",1", 64)+`],"data_offsets":[0,1]}}`, []byte{1}),
}

// adversarial are files made to be wrong in one way each.
func adversarial() [][]byte {
	a := func(dtype, shape, offsets string) string {
		return `{"a":{"dtype":"` + dtype + `","shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	files := slices.Collect(maps.Values(stricter))
	for _, header := range []string{
		"", "{", "}", "[]", "null", "{}", "{}  ", "  {}", "{}\x00", "{,}", `{"a"}`, `{"a":}`, `{"a":1}`, "\xef\xbb\xbf{}",
		`{"__metadata__":null}`, `{"__metadata__":{"a":null}}`, `{"__metadata__":[]}`, `{"__metadata__":{}}`,
		a("U8", "[1]", "[0,1]"), a("U8", "[]", "[0,1]"), a("u8", "[1]", "[0,1]"), a("F4", "[1]", "[0,1]"), a("F4", "[2]", "[0,1]"),
		a("U8", "[0]", "[0,0]"), a("U8", "[0]", "[1,1]"), a("U8", "[1]", "[1,0]"), a("U8", "[1]", "[0,2]"), a("U8", "[2]", "[0,1]"),
		a("U8", "[18446744073709551615]", "[0,1]"), a("U8", "[18446744073709551616]", "[0,1]"), a("U8", "[1.5]", "[0,1]"),
		a("U8", "[1e0]", "[0,1]"), a("U8", "[-0,0]", "[0,0]"), a("U8", "[01]", "[0,1]"), a("U8", "[1,]", "[0,1]"),
		a("U8", "[4294967296,4294967296,0]", "[0,0]"), a("U8", "[0,4294967296,4294967296]", "[0,0]"),
		a("U8", "[9223372036854775807,2,0]", "[0,0]"), a("C64", "[9223372036854775807]", "[0,1]"),
		a("U8", "[1]", "[0,1,2]"), a("U8", "[1]", "[0]"), a("U8", "[1]", "[]"), a("U8", "[1]", `{"0":0}`), a("U8", "{}", "[0,1]"),
		a("U8", "[1]", "[0,18446744073709551615]"), a("U8", "[1]", "[18446744073709551615,0]"),
		`{"a":{}}`, `{"a":[]}`, `{"a":null}`, `{"":` + `{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`,
		`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":` + strings.Repeat("[", 125) + strings.Repeat("]", 125) + `}}`,
		`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":` + strings.Repeat("[", 126) + strings.Repeat("]", 126) + `}}`,
		`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1e999}}`, `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1e-999}}`,
		`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":-}}`, `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":.5}}`,
		`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1.}}`, `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":tru}}`,
		`{"\u00e9":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, `{"\ud83d\ude00":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`,
		`{"\ud83d":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, `{"\ude00\ud83d":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`,
		"{\"\xff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", "{\"\t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
		"{" + entry("a", "U8", "[1]", 0, 1) + "," + entry("b", "U8", "[1]", 0, 1) + "}",
		"{" + entry("a", "U8", "[0]", 0, 0) + "," + entry("b", "U8", "[1]", 0, 1) + "," + entry("c", "U8", "[0]", 1, 1) + "}",
		"{" + entry("a", "F8_E8M0", "[1]", 0, 1) + "}", "{" + entry("a", "F8_E4M3FNUZ", "[1]", 0, 1) + "}", "{" + entry("a", "BOOL", "[1]", 0, 1) + "}",
	} {
		files = append(files, formatstest.Safetensors(header, []byte{7}), formatstest.Safetensors(header, nil))
	}
	valid := formatstest.Safetensors(a("U8", "[1]", "[0,1]"), []byte{7})
	for n := range valid {
		files = append(files, valid[:n])
	}
	huge := slices.Clone(valid)
	huge[7] = 0x80
	return append(files, append(valid, 0), huge)
}
