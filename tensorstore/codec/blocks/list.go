package blocks

import (
	"slices"

	"dits/tensorstore/codec/entropy"
)

// appendList appends which blocks of the chunk are in list: none, all, or some, and then a
// bit for each in bin given the one before.
func (b *call) appendList(dst []byte, list []int32) []byte {
	switch len(list) {
	case 0:
		return append(dst, listNone)
	case b.n:
		return append(dst, listAll)
	}
	b.flags = slices.Grow(b.flags[:0], b.n)[:b.n]
	clear(b.flags)
	for _, i := range list {
		b.flags[i] = true
	}
	return entropy.AppendFlags(append(dst, listSome), b.flags)
}

// readList reads what appendList wrote. The list is valid until the next call.
func (b *call) readList(enc []byte) (list []int32, rest []byte, err error) {
	if len(enc) == 0 {
		return nil, nil, entropy.ErrShort
	}
	switch enc[0] {
	case listNone:
		return nil, enc[1:], nil
	case listAll:
		return b.every, enc[1:], nil
	case listSome:
		return b.readSome(enc[1:])
	}
	return nil, nil, errHeader
}

// readSome is readList for a list of some blocks.
func (b *call) readSome(enc []byte) (list []int32, rest []byte, err error) {
	b.flags = slices.Grow(b.flags[:0], b.n)[:b.n]
	if rest, err = entropy.ReadFlags(b.flags, enc); err != nil {
		return nil, nil, err
	}
	b.some = b.some[:0]
	for i, in := range b.flags {
		if in {
			b.some = append(b.some, int32(i))
		}
	}
	if len(b.some) == 0 {
		return nil, nil, errHeader
	}
	return b.some, rest, nil
}
