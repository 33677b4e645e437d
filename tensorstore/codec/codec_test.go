package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"dits/tensorstore/codec/blocks/blockstest"
)

// encodings are those every test of the contract runs on.
var encodings = map[string]Encoding{"raw": Raw, "zstd": Zstd, "fields": Fields, "delta": Delta}

var elems = map[string]Elem{
	"bytes": Bytes, "bf16": BF16, "f16": F16, "f32": F32, "f64": F64, "e4m3": E4M3,
	"e5m2": E5M2, "i8": I8, "i16": I16, "i32": I32, "i64": I64,
}

func codecFor(tb testing.TB, e Encoding) Codec {
	tb.Helper()
	c, err := For(e)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// weights are n bytes of elements that look like weights: normal values of the
// scale given, cut to the element type by keeping its top bits.
func weights(r *rand.Rand, e Elem, n int, scale float64) []byte {
	var b []byte
	for len(b) < n {
		x := r.NormFloat64() * scale
		switch e {
		case BF16:
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(float32(x))>>16))
		case F32:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
		case F64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		case F16:
			b = binary.LittleEndian.AppendUint16(b, half(float32(x)))
		case E4M3:
			h := half(float32(x) / 256) // bias 7 against 15
			b = append(b, byte(h>>8&0x80|h>>7&0x7f))
		case E5M2:
			b = append(b, byte(half(float32(x))>>8))
		case I16:
			b = binary.LittleEndian.AppendUint16(b, uint16(int64(x*1000)))
		case I32:
			b = binary.LittleEndian.AppendUint32(b, uint32(int64(x*1000)))
		case I64:
			b = binary.LittleEndian.AppendUint64(b, uint64(int64(x*1000)))
		default:
			b = append(b, byte(int64(x*20)))
		}
	}
	return b[:n]
}

// half is x cut to F16; what is too small is zero.
func half(x float32) uint16 {
	u := math.Float32bits(x)
	e := int(u>>23&255) - 127 + 15
	if e <= 0 {
		return uint16(u >> 16 & 0x8000)
	}
	return uint16(u>>16&0x8000) | uint16(min(e, 31))<<10 | uint16(u>>13&0x3ff)
}

// near is src with some elements moved by a few in the last place.
func near(r *rand.Rand, src []byte, size, every int) []byte {
	b := bytes.Clone(src)
	for i := r.IntN(every); i*size < len(b); i += 1 + r.IntN(2*every) {
		b[i*size] += byte(r.IntN(7)) - 3
	}
	return b
}

// A sample is a chunk with what is known of it.
type sample struct {
	name string
	src  []byte
	in   Input
}

// samples are chunks of e of all kinds and lengths, with and without context.
func samples(e Elem) (all []sample) {
	r := rand.New(rand.NewPCG(1, uint64(e)))
	size := e.Size()
	add := func(name string, src, pred []byte) {
		for _, mode := range []Mode{NoScales, RowScales, ColScales, RowColScales, RowColScales | Leans} {
			in := Input{Elem: e, Pred: pred}
			const width = 24
			rows := int64(len(src)/size)/width + 2
			if mode != NoScales {
				if len(src) < 20*size {
					break
				}
				m := NewMeter(e, rows, width, mode)
				in.First, in.Width = 17, width
				if mode&Leans != 0 { // of values, as for Fields
					m.Add(src, nil, in.First)
				} else {
					m.Add(src, pred, in.First)
				}
				if in.Act = m.Activity(); in.Act == nil {
					continue
				}
			}
			all = append(all, sample{fmt.Sprintf("%s/%d+%d bytes/mode %d", name, len(src)/size*size, len(src)%size, mode), src, in})
		}
	}
	for _, n := range []int{0, 1, 2, 33, 257, 2900} {
		for _, tail := range []int{0, size - 1} {
			l := n*size + tail
			noise := make([]byte, l)
			for i := range noise {
				noise[i] = byte(r.Uint32())
			}
			w := weights(r, e, l, 0.02)
			lean := weights(r, e, l, 0.02)
			for i := size - 1; i < l; i += 3 * size {
				lean[i] &= 0x7f
			}
			constant := bytes.Repeat([]byte{0x3f}, l)
			add("noise", noise, noise2(r, l))
			add("weights", w, near(r, w, size, 2))
			add("sparse", w, near(r, w, size, 1000))
			add("lean", lean, weights(r, e, l, 0.02))
			add("same", w, w)
			add("constant", constant, w)
			add("zero", make([]byte, l), constant)
			add("no prediction", w, nil)
		}
	}
	return all
}

func noise2(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// roundTrip encodes, checks the contract, decodes, and returns the encoding.
func roundTrip(t *testing.T, c Codec, s sample) ([]byte, bool) {
	t.Helper()
	head := []byte("head")
	enc, ok := c.Encode(head, s.src, s.in)
	if !bytes.HasPrefix(enc, head) || (!ok && len(enc) != len(head)) {
		t.Fatalf("%s: dst is not kept: %x, applies %v", s.name, enc, ok)
	}
	sameEncoding(t, c, s, enc[len(head):], ok)
	if !ok {
		return nil, false
	}
	enc = enc[len(head):]
	if _, raw := c.(rawCodec); !raw && len(enc) >= len(s.src) {
		t.Fatalf("%s: %d bytes for %d", s.name, len(enc), len(s.src))
	}
	dst := bytes.Repeat([]byte{0xa5}, len(s.src))
	if err := c.Decode(dst, enc, s.in); err != nil {
		t.Fatalf("%s: decode: %v", s.name, err)
	}
	if !bytes.Equal(dst, s.src) {
		t.Fatalf("%s: decodes to other bytes", s.name)
	}
	if again, _ := c.Encode(nil, s.src, s.in); !bytes.Equal(again, enc) {
		t.Fatalf("%s: the second encoding differs", s.name)
	}
	return enc, true
}

func TestContract(t *testing.T) {
	for name, e := range encodings {
		for elem, el := range elems {
			t.Run(name+"/"+elem, func(t *testing.T) {
				t.Parallel()
				c, applied := codecFor(t, e), 0
				for _, s := range samples(el) {
					if _, ok := roundTrip(t, c, s); ok {
						applied++
					}
				}
				if applied < 10 {
					t.Errorf("applied to %d samples only", applied)
				}
			})
		}
	}
}

// TestAllPatterns has every 16-bit pattern as a value against itself turned
// round, and 16 values against every pattern as their prediction.
func TestAllPatterns(t *testing.T) {
	var up []byte
	for i := range 1 << 16 {
		up = binary.LittleEndian.AppendUint16(up, uint16(i))
	}
	for _, e := range []Elem{BF16, F16, I16, E4M3, E5M2, I8, Bytes, F32, I32, F64, I64} {
		for _, k := range []uint16{1, 0x7f81, 0x8000, 0xbf80} {
			src := make([]byte, len(up))
			for i := range 1 << 16 {
				binary.LittleEndian.PutUint16(src[2*i:], uint16(i)+k)
			}
			one := bytes.Repeat(up[2*int(k):2*int(k)+2], 1<<16)
			for _, in := range []Input{{Elem: e, Pred: up}, {Elem: e, Pred: one}} {
				roundTrip(t, deltaCodec{}, sample{fmt.Sprintf("elem %d, %#x", e, k), src, in})
				roundTrip(t, deltaCodec{}, sample{fmt.Sprintf("elem %d, one %#x", e, k), one, in})
			}
		}
		roundTrip(t, fieldsCodec{}, sample{"up", up, Input{Elem: e}})
		many := bytes.Repeat(weights(rand.New(rand.NewPCG(3, 3)), e, 1<<12, 1), 64)
		if _, ok := roundTrip(t, fieldsCodec{}, sample{"all and weights", append(many, up...), Input{Elem: e}}); !ok {
			t.Errorf("elem %d: fields does not apply to weights and all patterns", e)
		}
	}
}

// TestDamage decodes every prefix and every flipped bit of small encodings:
// bytes or an error, and the true bytes never from a prefix.
func TestDamage(t *testing.T) {
	for name, e := range encodings {
		for elem, el := range elems {
			t.Run(name+"/"+elem, func(t *testing.T) {
				t.Parallel()
				c := codecFor(t, e)
				for _, s := range samples(el) {
					if len(s.src) > 600*el.Size() || (len(s.src) > 40*el.Size() && s.in.Act != nil && s.in.Act.Mode() < RowColScales) {
						continue
					}
					if enc, ok := c.Encode(nil, s.src, s.in); ok {
						damage(t, c, s, enc)
					}
				}
			})
		}
	}
}

func damage(t *testing.T, c Codec, s sample, enc []byte) {
	t.Helper()
	dst := make([]byte, len(s.src))
	for n := 0; n < len(enc); n += 1 + len(enc)/100 {
		if err := c.Decode(dst, enc[:n:n], s.in); err == nil {
			t.Fatalf("%s: %d of %d bytes decode", s.name, n, len(enc))
		}
	}
	step := 1 + len(enc)/20
	for i := 0; i < 8*len(enc); i += step {
		bad := bytes.Clone(enc)
		bad[i/8] ^= 1 << (i % 8)
		sameDecoding(t, c, len(dst), bad, s.in)
	}
	if err := c.Decode(dst, append(bytes.Clone(enc), 0), s.in); err == nil {
		t.Fatalf("%s: one byte more decodes", s.name)
	}
	if len(dst) > 0 {
		_ = c.Decode(dst[:len(dst)-1], enc, s.in)
	}
	_ = c.Decode(append(dst, 0), enc, s.in)
}

func TestForUnknown(t *testing.T) {
	if _, err := For(0); err == nil || !strings.Contains(err.Error(), "encoding 0") {
		t.Errorf("encoding 0: %v", err)
	}
	if _, err := For(200); err == nil || !strings.Contains(err.Error(), "encoding 200") {
		t.Errorf("encoding 200: %v", err)
	}
}

// TestEncodingNames holds the names that commands print.
func TestEncodingNames(t *testing.T) {
	for name, e := range map[string]Encoding{"raw": 1, "zstd": 2, "fields": 3, "delta": 4, "blocks": 5, "encoding 6": 6} {
		if got := e.String(); got != name {
			t.Errorf("encoding %d: got %q, want %q", uint8(e), got, name)
		}
	}
}

// TestZstdClaim has frames that hold more than asked for.
func TestZstdClaim(t *testing.T) {
	enc, ok := zstdCodec{}.Encode(nil, make([]byte, 64<<20), Input{})
	if !ok {
		t.Fatal("zeros do not shrink")
	}
	zstdDecoder()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := (zstdCodec{}).Decode(make([]byte, 1000), enc, Input{}); err == nil {
		t.Error("64 MiB decode to 1,000 bytes")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("refusing took %d bytes", n)
	}
}

// TestNearCopies holds the cost of what hardly changed.
func TestNearCopies(t *testing.T) {
	const n = 256 << 10
	r := rand.New(rand.NewPCG(5, 5))
	pred := weights(r, BF16, 2*n, 0.02)
	in := Input{Elem: BF16, Pred: pred}
	if enc, ok := roundTrip(t, deltaCodec{}, sample{"same", pred, in}); !ok || len(enc) > 2 {
		t.Errorf("an identical chunk takes %d bytes, want at most 2", len(enc))
	}
	for _, tc := range []struct {
		name string
		most float64
		move func(u uint16) uint16
	}{
		{"grows", 0.0125, func(u uint16) uint16 { return u + 1 }},
		{"either way", 0.0135, func(u uint16) uint16 { return u + uint16(r.IntN(2))*2 - 1 }},
	} {
		src := bytes.Clone(pred)
		for _, i := range r.Perm(n)[:n/1000] {
			binary.LittleEndian.PutUint16(src[2*i:], tc.move(binary.LittleEndian.Uint16(src[2*i:])))
		}
		enc, _ := roundTrip(t, deltaCodec{}, sample{"near", src, in})
		b := 8 * float64(len(enc)) / n
		t.Logf("1 in 1,000 %s: %.5f bits a weight", tc.name, b)
		if b > tc.most {
			t.Errorf("1 in 1,000 %s takes %.5f bits a weight, want at most %.4f", tc.name, b, tc.most)
		}
	}
}

// TestLattice has wide elements that came from narrow ones: the low bits cost nothing.
func TestLattice(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	const n = 64 << 10
	src, pred := make([]byte, 4*n), make([]byte, 4*n)
	narrow, narrowPred := weights(r, BF16, 2*n, 0.02), []byte(nil)
	narrowPred = near(r, narrow, 2, 2)
	for i := range n {
		copy(src[4*i+2:], narrow[2*i:2*i+2])
		copy(pred[4*i+2:], narrowPred[2*i:2*i+2])
	}
	for _, c := range []Codec{fieldsCodec{}, deltaCodec{}} {
		wide, _ := roundTrip(t, c, sample{"wide", src, Input{Elem: F32, Pred: pred}})
		slim, _ := roundTrip(t, c, sample{"slim", narrow, Input{Elem: BF16, Pred: narrowPred}})
		if len(wide) > len(slim)+len(slim)/200+16 {
			t.Errorf("%T: F32 of BF16 takes %d bytes, BF16 %d", c, len(wide), len(slim))
		}
	}
}

// TestMixed has F32 of which most came from BF16: the others cost no more than
// their own bytes.
func TestMixed(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	src := weights(r, F32, 256<<10, 0.02)
	for i := 0; i < len(src); i += 4 {
		if r.IntN(10) > 0 {
			src[i], src[i+1] = 0, 0
		}
	}
	enc, ok := roundTrip(t, fieldsCodec{}, sample{"mixed", src, Input{Elem: F32}})
	if !ok || len(enc) > len(src)/2 || enc[0] != formBytes {
		t.Errorf("%d bytes, form %d, for %d of which 45%% are zero", len(enc), enc[0], len(src))
	}
}

// TestSteadyMemory holds that coding allocates next to nothing.
func TestSteadyMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	src := weights(r, BF16, 256<<10, 0.02)
	in := Input{Elem: BF16, Pred: near(r, src, 2, 3)}
	for _, c := range []Codec{fieldsCodec{}, deltaCodec{}} {
		enc, _ := c.Encode(nil, src, in)
		dst := make([]byte, len(src))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 50 {
			enc, _ = c.Encode(enc[:0], src, in)
			if err := c.Decode(dst, enc, in); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		limit := uint64(len(src))
		if underRace {
			limit *= 10 // the pool forgets scratch on purpose
		}
		if n := (after.TotalAlloc - before.TotalAlloc) / 50; n > limit {
			t.Errorf("%T: %d bytes for coding %d", c, n, len(src))
		}
	}
}

// TestBlocksAreRefused has quant blocks for coders of single values.
func TestBlocksAreRefused(t *testing.T) {
	for _, kind := range blockstest.Types() {
		src := make([]byte, 100*kind.BlockBytes())
		in := Input{Elem: BlockElem(kind), Pred: bytes.Repeat([]byte{1}, len(src))}
		as8 := in
		as8.Elem = Bytes
		for name, c := range map[string]Codec{"fields": fieldsCodec{}, "delta": deltaCodec{}} {
			if enc, ok := c.Encode([]byte{7}, src, in); ok || len(enc) != 1 {
				t.Errorf("%s encodes blocks of %v", name, kind)
			}
			enc, ok := c.Encode(nil, src, as8)
			if !ok {
				t.Fatal("does not apply to bytes")
			}
			for _, enc := range [][]byte{enc, {deltaSame}} {
				if err := c.Decode(make([]byte, len(src)), enc, in); err == nil {
					t.Errorf("%s decodes %s of %v", name, fmt.Sprintf("%.4x", enc), kind)
				}
			}
		}
	}
}
