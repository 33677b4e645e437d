package main

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"dits/tensorstore/codec"
)

// zipLLM is BitX of ZipLLM (NSDI '26; bitx_bytes.rs): XOR with the base, the exponent in one stream,
// sign and mantissa in another, each by zstd -3. Without a base it is what ZipNN does, but
// for the coder. Elements other than BF16 are coded as one stream, as ZipLLM does.
//
//	uvarint  length of the first stream; streams
type zipLLM struct{ xored, exp, rest []byte }

func (z *zipLLM) encode(dst []byte, p piece) ([]byte, error) {
	x := z.xor(p)
	if p.elem != codec.BF16 {
		return zstdCompress(dst, x, zstdOptions{level: 3})
	}
	n := len(x) / 2
	z.exp, z.rest = sized(z.exp, n), sized(z.rest, n)
	for i := range n {
		v := binary.LittleEndian.Uint16(x[2*i:])
		z.exp[i] = byte(v >> 7)
		z.rest[i] = byte(v>>8)&0x80 | byte(v)&0x7f
	}
	return appendStreams(dst, 3, z.exp, z.rest)
}

// xor is the data against the base, or the data.
func (z *zipLLM) xor(p piece) []byte {
	if p.base == nil {
		return p.data
	}
	z.xored = sized(z.xored, len(p.data))
	subtle.XORBytes(z.xored, p.data, p.base)
	return z.xored
}

func (z *zipLLM) decode(dst, enc []byte, p piece) error {
	if p.elem != codec.BF16 {
		if err := zstdDecompress(dst, enc, nil); err != nil {
			return err
		}
	} else if err := z.join(dst, enc); err != nil {
		return err
	}
	if p.base != nil {
		subtle.XORBytes(dst, dst, p.base)
	}
	return nil
}

// join decodes both streams into elements.
func (z *zipLLM) join(dst, enc []byte) error {
	n := len(dst) / 2
	z.exp, z.rest = sized(z.exp, n), sized(z.rest, n)
	if err := readStreams(enc, z.exp, z.rest); err != nil {
		return err
	}
	for i := range n {
		e, r := uint16(z.exp[i]), uint16(z.rest[i])
		binary.LittleEndian.PutUint16(dst[2*i:], r&0x80<<8|e<<7|r&0x7f)
	}
	return nil
}

// appendStreams codes each stream by zstd, the length before it.
func appendStreams(dst []byte, level int, streams ...[]byte) ([]byte, error) {
	for _, s := range streams {
		enc, err := zstdCompress(nil, s, zstdOptions{level: level})
		if err != nil {
			return nil, err
		}
		dst = binary.AppendUvarint(dst, uint64(len(enc)))
		dst = append(dst, enc...)
	}
	return dst, nil
}

// readStreams fills the streams from what appendStreams wrote.
func readStreams(enc []byte, streams ...[]byte) error {
	for i, s := range streams {
		n, k := binary.Uvarint(enc)
		if k <= 0 || n > uint64(len(enc)-k) {
			return fmt.Errorf("stream %d: got %d bytes, want %d", i, len(enc), n)
		}
		if err := zstdDecompress(s, enc[k:k+int(n)], nil); err != nil {
			return fmt.Errorf("stream %d: %w", i, err)
		}
		enc = enc[k+int(n):]
	}
	return nil
}

// sized is b with n bytes, of any content.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
