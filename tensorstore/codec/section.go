package codec

import "encoding/binary"

// cutLen cuts a section off in: its length, then as many bytes.
func cutLen(in []byte) (section, rest []byte, ok bool) {
	n, k := binary.Uvarint(in)
	if k <= 0 || n > uint64(len(in)-k) {
		return nil, nil, false
	}
	return in[k : k+int(n)], in[k+int(n):], true
}
