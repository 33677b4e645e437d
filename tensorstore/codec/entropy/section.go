package entropy

import "encoding/binary"

// CutSection cuts a section off in: its length, then as many bytes.
func CutSection(in []byte) (section, rest []byte, ok bool) {
	n, k := binary.Uvarint(in)
	if k <= 0 || n > uint64(len(in)-k) {
		return nil, nil, false
	}
	return in[k : k+int(n)], in[k+int(n):], true
}
