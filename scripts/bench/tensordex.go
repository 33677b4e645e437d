package main

import "crypto/subtle"

// tensorDex is TX of TensorDex (SOSP '26): XOR with the base, the bytes of each
// significance together, each such plane by zstd -1. How it chooses bases is left out: it gets
// the right one.
type tensorDex struct {
	xored  []byte
	planes [][]byte
}

func (t *tensorDex) encode(dst []byte, p piece) ([]byte, error) {
	x := p.data
	if p.base != nil {
		t.xored = sized(t.xored, len(x))
		subtle.XORBytes(t.xored, x, p.base)
		x = t.xored
	}
	t.size(len(x), p.elem.Size())
	if len(t.planes) == 2 {
		lo, hi := t.planes[0], t.planes[1]
		for i := range lo {
			lo[i], hi[i] = x[2*i], x[2*i+1]
		}
	} else {
		for k, plane := range t.planes {
			for i := range plane {
				plane[i] = x[i*len(t.planes)+k]
			}
		}
	}
	return appendStreams(dst, 1, t.planes...)
}

// size makes the planes of n bytes in elements of width bytes.
func (t *tensorDex) size(n, width int) {
	if len(t.planes) != width {
		t.planes = make([][]byte, width)
	}
	for k := range t.planes {
		t.planes[k] = sized(t.planes[k], n/width)
	}
}

func (t *tensorDex) decode(dst, enc []byte, p piece) error {
	t.size(len(dst), p.elem.Size())
	if err := readStreams(enc, t.planes...); err != nil {
		return err
	}
	if len(t.planes) == 2 {
		lo, hi := t.planes[0], t.planes[1]
		for i := range lo {
			dst[2*i], dst[2*i+1] = lo[i], hi[i]
		}
	} else {
		for k, plane := range t.planes {
			for i, b := range plane {
				dst[i*len(t.planes)+k] = b
			}
		}
	}
	if p.base != nil {
		subtle.XORBytes(dst, dst, p.base)
	}
	return nil
}
