package codec

import "encoding/binary"

// appendList appends which blocks of the chunk are in list: none, all, or some, and then a
// bit for each in bin given the one before.
func (b *blockCoder) appendList(dst []byte, list []int32) []byte {
	switch len(list) {
	case 0:
		return append(dst, listNone)
	case b.n:
		return append(dst, listAll)
	}
	w := newBinWriter(nil)
	var m [2]bit
	last := 0
	for i := range int32(b.n) {
		v := 0
		if len(list) > 0 && list[0] == i {
			v, list = 1, list[1:]
		}
		w.bit(&m[last], v)
		last = v
	}
	out := w.close()
	dst = binary.AppendUvarint(append(dst, listSome), uint64(len(out)))
	return append(dst, out...)
}

// readList reads what appendList wrote. The list is valid until the next call.
func (b *blockCoder) readList(enc []byte) (list []int32, rest []byte, err error) {
	if len(enc) == 0 {
		return nil, nil, errShort
	}
	switch enc[0] {
	case listNone:
		return nil, enc[1:], nil
	case listAll:
		return b.every, enc[1:], nil
	case listSome:
		return b.readSome(enc[1:])
	}
	return nil, nil, errBlocks
}

// readSome is readList for a list of some blocks.
func (b *blockCoder) readSome(enc []byte) (list []int32, rest []byte, err error) {
	sec, rest, ok := cutLen(enc)
	if !ok {
		return nil, nil, errShort
	}
	r := newBinReader(sec)
	var m [2]bit
	last := 0
	b.some = b.some[:0]
	for i := range int32(b.n) {
		if last = r.bit(&m[last]); last == 1 {
			b.some = append(b.some, i)
		}
	}
	if !r.done() || len(b.some) == 0 {
		return nil, nil, errShort
	}
	return b.some, rest, nil
}
