package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sort"

	"dits/formats"
)

// A written tensor as the header has it.
type entry struct {
	DType   formats.DType `json:"dtype"`
	Shape   []int64       `json:"shape"`
	Offsets [2]int64      `json:"data_offsets"`
}

// MakeHeader is the header of a file of the given tensors, whose data follows it in the order
// in which they are returned: wider elements first, as upstream's serialize has them, then
// by name, so that each is aligned to its element. Of the tensors, Name, DType, Shape and
// Len count. metadata may be nil.
func MakeHeader(tensors []formats.Tensor, metadata map[string]string) ([]byte, []formats.Tensor, error) {
	sorted := append([]formats.Tensor{}, tensors...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		if x, y := width(a.DType), width(b.DType); x != y {
			return x > y
		}
		return a.Name < b.Name
	})
	var b bytes.Buffer
	b.WriteByte('{')
	if metadata != nil {
		if err := member(&b, "__metadata__", metadata); err != nil {
			return nil, nil, err
		}
	}
	var off int64
	for _, t := range sorted {
		if !t.DType.InSafetensors() {
			return nil, nil, fmt.Errorf("tensor %q: dtype %s is none of safetensors", t.Name, t.DType)
		}
		if err := member(&b, t.Name, entry{t.DType, append([]int64{}, t.Shape...), [2]int64{off, off + t.Len}}); err != nil {
			return nil, nil, err
		}
		off += t.Len
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	return append(binary.LittleEndian.AppendUint64(nil, uint64(b.Len())), b.Bytes()...), sorted, nil
}

// member appends a member to the object in b.
func member(b *bytes.Buffer, name string, v any) error {
	if b.Len() > 1 {
		b.WriteByte(',')
	}
	for i, x := range []any{name, v} {
		if i == 1 {
			b.WriteByte(':')
		}
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(x); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the newline
	}
	return nil
}

// width is the bytes of an element, 0 below a byte.
func width(d formats.DType) int64 {
	elems, bytes, _ := d.Block()
	if elems == 0 {
		return 0
	}
	return bytes / elems
}

// Metadata reads the __metadata__ of a header, the bytes of a file's first segment; nil
// when it has none.
func Metadata(header []byte) (map[string]string, error) {
	var h struct {
		Metadata map[string]string `json:"__metadata__"`
	}
	if len(header) < 8 {
		return nil, formats.Truncated(int64(len(header)), "header of %d bytes", len(header))
	}
	err := json.Unmarshal(header[8:], &h)
	return h.Metadata, err
}
