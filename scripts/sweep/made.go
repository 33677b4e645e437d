package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// generator is the same on every run.
func generator(seed byte) *rand.Rand { return rand.New(rand.NewChaCha8([32]byte{seed})) }

// weights is a vocabulary matrix of about n bytes: BF16, rows of 4,096 weights,
// normal with σ 0.02, as an embedding is before it has learnt much.
func weights(n int) blob {
	const row = 2 * 4096
	g := generator(1)
	b := blob{data: make([]byte, n/row*row), align: 2, row: row}
	for i := 0; i < len(b.data); i += 2 {
		bits := math.Float32bits(float32(g.NormFloat64() * 0.02))
		binary.LittleEndian.PutUint16(b.data[i:], uint16(bits>>16))
	}
	return b
}

// tuned is b, BF16, after a light fine-tune: every weight moved by σ 1e-5, which
// is less than half a unit in the last place of most.
func tuned(b blob) []byte {
	g := generator(5)
	out := make([]byte, len(b.data))
	for i := 0; i < len(out); i += 2 {
		w := math.Float32frombits(uint32(binary.LittleEndian.Uint16(b.data[i:])) << 16)
		bits := math.Float32bits(w + float32(g.NormFloat64()*1e-5))
		binary.LittleEndian.PutUint16(out[i:], uint16((bits+0x7fff+bits>>16&1)>>16))
	}
	return out
}

// blocks is a matrix of about n bytes in the blocks of Q4_K, 144 bytes for 256
// weights, rows of 4,096 weights. Its content is random: quants nearly are.
func blocks(n int) blob {
	const row = 144 * 16
	b := blob{data: make([]byte, n/row*row), align: 144, row: row}
	_, _ = rand.NewChaCha8([32]byte{2}).Read(b.data)
	return b
}

// An edit is a blob that was made from another by a small change.
type edit struct {
	data  []byte
	added int // bytes that no chunking could find in the old blob
}

// eachGrowth makes b grow at its front, middle and end by 1 to 64 rows, and lose
// as many there, and calls f with each result. The result is valid until f returns.
func eachGrowth(b blob, f func(edit)) {
	g := generator(3)
	buf := make([]byte, 0, len(b.data)+64*b.row)
	fresh := make([]byte, 64*b.row)
	for rows := 1; rows <= 64; rows *= 2 {
		n := rows * b.row
		for i := range fresh[:n] {
			fresh[i] = byte(g.Uint32())
		}
		for part := range 3 {
			at := len(b.data) / b.row * part / 2 * b.row
			buf = append(append(append(buf[:0], b.data[:at]...), fresh[:n]...), b.data[at:]...)
			f(edit{buf, n})
			at = min(at, len(b.data)-n)
			buf = append(append(buf[:0], b.data[:at]...), b.data[at+n:]...)
			f(edit{buf, 0})
		}
	}
}

// scatter changes the lowest bit of n weights of b, each in another n-th of it.
func scatter(b blob, n int) edit {
	g := generator(4)
	e := edit{data: append([]byte(nil), b.data...), added: n * b.align}
	part := len(b.data) / n
	for i := range n {
		e.data[i*part+g.IntN(part)] ^= 1
	}
	return e
}
