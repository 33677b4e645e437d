package main

// Chunk lengths of xet-core: a boundary where the top 16 bits of the hash are zero.
const (
	xetMin  = 8 << 10
	xetMax  = 128 << 10
	xetMask = 0xffff << 48
)

var gear = func() (t [256]uint64) {
	s := uint64(1)
	for i := range t {
		s += 0x9e3779b97f4a7c15
		z := (s ^ s>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		t[i] = z ^ z>>31
	}
	return t
}()

// xetCut is the length of the first chunk of b. Bytes that cannot matter to a boundary
// at or after the minimum are not hashed.
func xetCut(b []byte) int {
	if len(b) <= xetMin {
		return len(b)
	}
	b = b[:min(len(b), xetMax)]
	var h uint64
	for _, v := range b[xetMin-64 : xetMin] {
		h = h<<1 + gear[v]
	}
	for i, v := range b[xetMin:] {
		h = h<<1 + gear[v]
		if h&xetMask == 0 {
			return xetMin + i + 1
		}
	}
	return len(b)
}
