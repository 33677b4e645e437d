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

	"github.com/stretchr/testify/require"
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
	require.Equal(t, want, got)
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
