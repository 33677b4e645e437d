package entropy

import "encoding/binary"

// AppendFlags appends a section of flags: a length in bytes, then in bin a bit for each, given the one before.
func AppendFlags(dst []byte, flags []bool) []byte {
	w := newBinWriter(nil)
	var m [2]bit
	last := 0
	for _, set := range flags {
		v := 0
		if set {
			v = 1
		}
		w.bit(&m[last], v)
		last = v
	}
	out := w.close()
	dst = binary.AppendUvarint(dst, uint64(len(out)))
	return append(dst, out...)
}

// ReadFlags sets flags to those of a section, and returns what follows it.
func ReadFlags(flags []bool, in []byte) ([]byte, error) {
	sec, rest, ok := CutSection(in)
	if !ok {
		return nil, ErrShort
	}
	r := newBinReader(sec)
	var m [2]bit
	last := 0
	for i := range flags {
		last = r.bit(&m[last])
		flags[i] = last == 1
	}
	if !r.done() {
		return nil, ErrShort
	}
	return rest, nil
}
