package main

import (
	"encoding/binary"
	"fmt"

	"dits/tensorstore/codec"
)

// Lengths in bytes: of a chunk, about the mean of those in a store, and of the sample by
// which a way is chosen.
const (
	ditsChunk  = 512 << 10
	ditsSample = 128 << 10
)

// ditsCoder is package codec as the store uses it, without the store: the scales of rows and
// columns where a sample says that they pay, then each chunk by itself. A piece with
// a base is coded as differences to it, another by its fields.
//
//	uvarint  length of the activity, 0 for none; activity
//	each     uvarint: twice the length, plus 1 when the chunk is raw; payload
type ditsCoder struct{}

func (ditsCoder) encode(dst []byte, p piece) ([]byte, error) {
	act, err := chooseActivity(p)
	if err != nil {
		return nil, err
	}
	var side []byte
	if act != nil {
		side = act.Append(nil)
	}
	dst = binary.AppendUvarint(dst, uint64(len(side)))
	dst = append(dst, side...)
	var enc []byte
	for off := 0; off < len(p.data); off += ditsChunk {
		b := p.data[off:min(off+ditsChunk, len(p.data))]
		c, in, err := p.coding(act, off, len(b))
		if err != nil {
			return nil, err
		}
		var ok bool
		if enc, ok = c.Encode(enc[:0], b, in); ok && len(enc) < len(b) {
			dst = append(binary.AppendUvarint(dst, uint64(len(enc))<<1), enc...)
		} else {
			dst = append(binary.AppendUvarint(dst, uint64(len(b))<<1|1), b...)
		}
	}
	return dst, nil
}

// coding is the codec and the context of n bytes at off.
func (p piece) coding(act *codec.Activity, off, n int) (codec.Codec, codec.Input, error) {
	in := codec.Input{Elem: p.elem, First: int64(off / p.elem.Size()), Width: p.width, Act: act}
	if p.base == nil {
		c, err := codec.For(codec.Fields)
		return c, in, err
	}
	in.Pred = p.base[off : off+n]
	c, err := codec.For(codec.Delta)
	return c, in, err
}

// chooseActivity measures the scales of a matrix, and returns them if they make a sample smaller
// by more than their share.
func chooseActivity(p piece) (*codec.Activity, error) {
	if p.width == 0 {
		return nil, nil
	}
	elements := int64(len(p.data) / p.elem.Size())
	n := min(ditsSample, len(p.data))
	try := func(act *codec.Activity) (int, error) {
		c, in, err := p.coding(act, 0, n)
		if err != nil {
			return 0, err
		}
		enc, ok := c.Encode(nil, p.data[:n], in)
		if !ok {
			return n, nil
		}
		return len(enc), nil
	}
	without, err := try(nil)
	if err != nil || without < n/200 {
		return nil, err
	}
	m := codec.NewMeter(p.elem, elements/p.width, p.width, codec.RowColScales)
	m.Add(p.data, p.base, 0)
	act := m.Activity()
	if act == nil {
		return nil, nil
	}
	with, err := try(act)
	if err != nil || with+len(act.Append(nil))*n/len(p.data) >= without {
		return nil, err
	}
	return act, nil
}

func (ditsCoder) decode(dst, enc []byte, p piece) error {
	n, k := binary.Uvarint(enc)
	if k <= 0 || n > uint64(len(enc)-k) {
		return fmt.Errorf("activity: got %d bytes, want %d", len(enc), n)
	}
	var act *codec.Activity
	if n > 0 {
		var err error
		rows := int64(len(dst)/p.elem.Size()) / p.width
		if act, err = codec.ParseActivity(enc[k:k+int(n)], rows, p.width); err != nil {
			return err
		}
	}
	enc = enc[k+int(n):]
	for off := 0; off < len(dst); off += ditsChunk {
		b := dst[off:min(off+ditsChunk, len(dst))]
		n, k := binary.Uvarint(enc)
		if k <= 0 || n>>1 > uint64(len(enc)-k) {
			return fmt.Errorf("chunk at %d: got %d bytes, want %d", off, len(enc), n>>1)
		}
		payload := enc[k : k+int(n>>1)]
		enc = enc[k+int(n>>1):]
		if n&1 == 1 {
			copy(b, payload)
			continue
		}
		c, in, err := p.coding(act, off, len(b))
		if err == nil {
			err = c.Decode(b, payload, in)
		}
		if err != nil {
			return fmt.Errorf("chunk at %d: %w", off, err)
		}
	}
	return nil
}
