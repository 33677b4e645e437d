package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"dits/tensorstore/digest"
)

// xet is the chunk store of xet-core: chunks of 8, about 64, at most 128 KiB by a gear hash, each
// stored once, by LZ4 of its bytes or of its bytes in four groups, as a divergence of
// bit counts suggests (bg4_prediction.rs), or raw. The encoding is the list of chunks with what
// the store does not have: 32 + 4 bytes a chunk, about what xet's lists take.
//
//	for each chunk: 32 id, u32 length of what follows, 0 when the store had it
//	new: 1 scheme, u32 length of the chunk, payload
type xet struct {
	store  map[digest.ID]xetChunk // the base's
	groups []byte
}

type xetChunk struct {
	scheme  byte
	length  int
	payload []byte
}

// Schemes of a chunk.
const (
	xetRaw byte = iota
	xetLZ4
	xetGrouped
)

func (x *xet) prepare(base []byte) error {
	x.store = map[digest.ID]xetChunk{}
	for len(base) > 0 {
		n := xetCut(base)
		id := digest.Sum(base[:n])
		if _, ok := x.store[id]; !ok {
			c, err := x.compress(base[:n])
			if err != nil {
				return err
			}
			x.store[id] = c
		}
		base = base[n:]
	}
	return nil
}

func (x *xet) encode(dst []byte, p piece) ([]byte, error) {
	fresh := map[digest.ID]bool{}
	for b := p.data; len(b) > 0; {
		n := xetCut(b)
		id := digest.Sum(b[:n])
		dst = append(dst, id[:]...)
		if _, known := x.store[id]; known || fresh[id] {
			dst = binary.LittleEndian.AppendUint32(dst, 0)
		} else {
			fresh[id] = true
			c, err := x.compress(b[:n])
			if err != nil {
				return nil, err
			}
			dst = binary.LittleEndian.AppendUint32(dst, uint32(5+len(c.payload)))
			dst = append(dst, c.scheme)
			dst = binary.LittleEndian.AppendUint32(dst, uint32(c.length))
			dst = append(dst, c.payload...)
		}
		b = b[n:]
	}
	return dst, nil
}

// compress keeps the payload in memory of its own.
func (x *xet) compress(b []byte) (xetChunk, error) {
	c := xetChunk{scheme: xetLZ4, length: len(b)}
	src := b
	if groupingHelps(b) {
		c.scheme = xetGrouped
		x.groups = sized(x.groups, len(b))
		group(x.groups, b)
		src = x.groups
	}
	enc, err := lz4Compress(src)
	if err != nil {
		return c, err
	}
	if c.payload = enc; len(enc) >= len(b) {
		c.scheme, c.payload = xetRaw, append([]byte(nil), b...)
	}
	return c, nil
}

func (x *xet) decode(dst, enc []byte, p piece) error {
	fresh := map[digest.ID]xetChunk{}
	for len(dst) > 0 {
		if len(enc) < digest.Size+4 {
			return fmt.Errorf("chunk list: got %d bytes, want %d", len(enc), digest.Size+4)
		}
		id := digest.ID(enc[:digest.Size])
		n := int(binary.LittleEndian.Uint32(enc[digest.Size:]))
		enc = enc[digest.Size+4:]
		c, ok := x.store[id]
		if n > 0 {
			c = xetChunk{enc[0], int(binary.LittleEndian.Uint32(enc[1:])), enc[5:n]}
			fresh[id], ok = c, true
			enc = enc[n:]
		} else if !ok {
			c, ok = fresh[id]
		}
		if !ok || c.length > len(dst) {
			return fmt.Errorf("chunk %s: got %d bytes, want at most %d", id, c.length, len(dst))
		}
		if err := x.expand(dst[:c.length], c); err != nil {
			return fmt.Errorf("chunk %s: %w", id, err)
		}
		dst = dst[c.length:]
	}
	return nil
}

func (x *xet) expand(dst []byte, c xetChunk) error {
	switch c.scheme {
	case xetRaw:
		copy(dst, c.payload)
		return nil
	case xetLZ4:
		return lz4Decompress(dst, c.payload)
	}
	x.groups = sized(x.groups, len(dst))
	if err := lz4Decompress(x.groups, c.payload); err != nil {
		return err
	}
	ungroup(dst, x.groups)
	return nil
}

// group puts every fourth byte together.
func group(dst, src []byte) {
	at := 0
	for k := range 4 {
		for i := k; i < len(src); i += 4 {
			dst[at] = src[i]
			at++
		}
	}
}

func ungroup(dst, src []byte) {
	at := 0
	for k := range 4 {
		for i := k; i < len(dst); i += 4 {
			dst[i] = src[at]
			at++
		}
	}
}

// groupingHelps says that the numbers of one bits in bytes 0, 1, 2 or 3 of four differ from
// those of all by more than 0.02 nats.
func groupingHelps(b []byte) bool {
	var hist [4][9]float64
	var all [9]float64
	for i, v := range b {
		hist[i%4][bits.OnesCount8(v)]++
	}
	total := 9.0
	for j := range all {
		all[j] = 1
		for k := range hist {
			all[j] += hist[k][j]
			total += hist[k][j]
		}
	}
	for k := range hist {
		n, divergence := float64((len(b)+3-k)/4), 0.0
		for j, c := range hist[k] {
			if c > 0 {
				divergence += c / n * math.Log(c/n/(all[j]/total))
			}
		}
		if divergence > 0.02 {
			return true
		}
	}
	return false
}
