package safetensors_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"dits/formats"
	"dits/formats/safetensors"

	"github.com/stretchr/testify/require"
)

func TestParseIndex(t *testing.T) {
	const index = `
{"metadata": {"total_size": 14483464192, "other": [1.5, null]},
 "weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors", "model.norm.weight": "sub/model-00001-of-00002.safetensors"}}
`
	got, err := safetensors.ParseIndex(iotest.OneByteReader(strings.NewReader(index)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"lm_head.weight":    "model-00002-of-00002.safetensors",
		"model.norm.weight": "sub/model-00001-of-00002.safetensors",
	}
	require.Equal(t, want, got)
}

func TestParseIndexRefuses(t *testing.T) {
	for index, want := range map[string]string{
		"":                                        "JSON ends early",
		"[]":                                      "want an object",
		`{"metadata":{}}`:                         `no "weight_map"`,
		`{"weight_map":null}`:                     "want an object",
		`{"weight_map":{"a":1}}`:                  "want a string",
		`{"weight_map":{"a":"x","a":"y"}}`:        `key "a" comes twice`,
		`{"weight_map":{},"weight_map":{}}`:       "twice",
		`{"weight_map":{"a":"x"}`:                 "JSON ends early",
		`{"weight_map":{"a":"x"}}}`:               "after the end",
		`{"weight_map":{"a":""}}`:                 "below the index's folder",
		`{"weight_map":{"a":"../x"}}`:             `tensor "a": offset 19: file: got "../x"`,
		`{"weight_map":{"a":"x/../../y"}}`:        "below",
		`{"weight_map":{"a":"/etc/x"}}`:           "below",
		`{"weight_map":{"a":"C:x"}}`:              "below",
		`{"weight_map":{"a":"..\\x"}}`:            "below",
		`{"weight_map":{"a":"x\u0000"}}`:          "below",
		`{"weight_map":{"a":"./x"}}`:              "below",
		`{"metadata":` + strings.Repeat("[", 200): "127 levels",
	} {
		_, err := safetensors.ParseIndex(strings.NewReader(index))
		damage := new(formats.Error)
		if !errors.As(err, &damage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want %q", index, err, want)
		}
	}
}

// TestParseIndexIsBounded reads an index without an end.
func TestParseIndexIsBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`{"weight_map":{}`), spaces{})
	_, err := safetensors.ParseIndex(endless)
	if err == nil || !strings.Contains(err.Error(), "more than 100000000 bytes") {
		t.Fatalf("got %v", err)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestParseIndexFailingReader(t *testing.T) {
	disk := errors.New("input/output error")
	_, err := safetensors.ParseIndex(io.MultiReader(strings.NewReader(`{"weight_map":{}`), iotest.ErrReader(disk)))
	damage := new(formats.Error)
	if !errors.Is(err, disk) || errors.As(err, &damage) {
		t.Fatalf("got %v, want %v", err, disk)
	}
}
