package formats_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dits/formats"
)

func valid() *formats.Layout {
	return &formats.Layout{
		Format: "gguf",
		Size:   30,
		Segments: []formats.Segment{
			{Kind: formats.Header, Off: 0, Len: 10, Tensor: -1},
			{Kind: formats.Data, Off: 10, Len: 4, Tensor: 1},
			{Kind: formats.Padding, Off: 14, Len: 2, Tensor: -1},
			{Kind: formats.Data, Off: 16, Len: 8, Tensor: 0},
			{Kind: formats.Opaque, Off: 24, Len: 6, Tensor: -1},
		},
		Tensors: []formats.Tensor{
			{Name: "a", DType: "F32", Shape: []int64{2}, Off: 16, Len: 8},
			{Name: "b", DType: "F16", Shape: []int64{1, 2}, Off: 10, Len: 4},
			{Name: "none", DType: "F16", Shape: []int64{0}, Off: 30, Len: 0},
		},
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(l *formats.Layout)
		want   string
	}{
		{"valid", func(*formats.Layout) {}, ""},
		{"empty", func(l *formats.Layout) { *l = formats.Layout{} }, ""},
		{"negative size", func(l *formats.Layout) { *l = formats.Layout{Size: -1} }, "layout size: got -1"},
		{"kind", func(l *formats.Layout) { l.Segments[0].Kind = 5 }, "segment 0: kind: got 5"},
		{"no kind", func(l *formats.Layout) { l.Segments[0].Kind = 0 }, "segment 0: kind: got 0"},
		{"gap", func(l *formats.Layout) { l.Segments[2].Off = 15 }, "offset 15: segment 2: start: got 15, want 14"},
		{"overlap", func(l *formats.Layout) { l.Segments[2].Off = 13 }, "start: got 13, want 14"},
		{"late start", func(l *formats.Layout) { l.Segments = l.Segments[1:] }, "segment 0: start: got 10, want 0"},
		{"length 0", func(l *formats.Layout) { l.Segments[2].Len = 0 }, "length: got 0"},
		{"length below 0", func(l *formats.Layout) { l.Segments[2].Len = -1 }, "length: got -1"},
		{"beyond the end", func(l *formats.Layout) { l.Segments[4].Len = 7 }, "segment 4: length: got 7, want at most 6"},
		{"length overflows", func(l *formats.Layout) { l.Segments[4].Len = 1<<63 - 1 }, "want at most 6"},
		{"short of the end", func(l *formats.Layout) { l.Segments = l.Segments[:4] }, "offset 24: segments: end at 24, want 30"},
		{"tensor of padding", func(l *formats.Layout) { l.Segments[2].Tensor = 0 }, "tensor of a padding segment: got 0, want -1"},
		{"no such tensor", func(l *formats.Layout) { l.Segments[1].Tensor = 3 }, "tensor: got 3, want 0 to 2"},
		{"negative tensor", func(l *formats.Layout) { l.Segments[1].Tensor = -1 }, "tensor: got -1"},
		{"other tensor", func(l *formats.Layout) { l.Segments[1].Tensor = 0 }, `tensor "a": offset 10: segment 1: got [10,+4), want [16,+8)`},
		{"tensor twice", func(l *formats.Layout) {
			l.Tensors[0].Off, l.Tensors[0].Len = 10, 4
			l.Segments[1].Tensor, l.Segments[3] = 0, formats.Segment{Kind: formats.Data, Off: 16, Len: 8, Tensor: 0}
		}, "has a segment already"},
		{"tensor without segment", func(l *formats.Layout) { l.Segments[3].Kind, l.Segments[3].Tensor = formats.Opaque, -1 }, `tensor "a": offset 16: 8 bytes of data are in no segment`},
		{"shape", func(l *formats.Layout) { l.Tensors[0].Shape[0] = 3 }, "length: got 8, want 12 for F32[3]"},
		{"dtype", func(l *formats.Layout) { l.Tensors[0].DType = "X" }, "X[2] is no whole number of bytes"},
		{"empty tensor outside", func(l *formats.Layout) { l.Tensors[2].Off = 31 }, "start: got 31, want 0 to 30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := valid()
			c.change(l)
			err := l.Validate()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if damage := new(formats.Error); err != nil && !errors.As(err, &damage) {
				t.Errorf("%v is no *formats.Error", err)
			}
		})
	}
}

// TestKinds holds the numbers and names that manifests keep.
func TestKinds(t *testing.T) {
	for kind, want := range map[formats.Kind]string{
		1: "header", 2: "padding", 3: "data", 4: "opaque", 0: "kind 0", 9: "kind 9",
	} {
		if got := kind.String(); got != want {
			t.Errorf("%d: got %q, want %q", uint8(kind), got, want)
		}
	}
}

func TestDataSegments(t *testing.T) {
	l := formats.Layout{
		Tensors:  []formats.Tensor{{Name: "a"}, {Name: "empty"}, {Name: "b"}},
		Segments: []formats.Segment{{Kind: formats.Header, Tensor: -1}, {Kind: formats.Data, Tensor: 2}, {Kind: formats.Padding, Tensor: -1}, {Kind: formats.Data, Tensor: 0}},
	}
	if got, want := l.DataSegments(), []int{3, -1, 1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
