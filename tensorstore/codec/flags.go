package codec

import "encoding/binary"

// appendFlags appends a section of flags: a length in bytes, then in bin a bit for each, given the one before.
func appendFlags(dst []byte, flags []bool) []byte {
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

// readFlags sets flags to those of a section, and returns what follows it.
func readFlags(flags []bool, in []byte) ([]byte, error) {
	sec, rest, ok := cutLen(in)
	if !ok {
		return nil, errShort
	}
	r := newBinReader(sec)
	var m [2]bit
	last := 0
	for i := range flags {
		last = r.bit(&m[last])
		flags[i] = last == 1
	}
	if !r.done() {
		return nil, errShort
	}
	return rest, nil
}
