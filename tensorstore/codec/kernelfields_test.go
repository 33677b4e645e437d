package codec

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// TestAssembleAgrees has every window that elements of 2 bytes have, with every sign, any symbols, and raw bits
// that begin anywhere and end early, where both read zeros.
func TestAssembleAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 24))
	for _, e := range []Elem{BF16, F16} {
		f := splitter[uint16]{layout: e.layout()}
		for f.lo = 0; f.lo <= f.rest(); f.lo++ {
			for f.n = 0; f.lo+f.n <= f.rest(); f.n++ {
				for sign := range 3 {
					f.signed, f.stored = sign == 1, sign == 2
					for _, missing := range []int{-70, 0, 1, 40, 2000} {
						assembleAgrees(t, r, &f, missing)
					}
				}
			}
		}
	}
}

// assembleAgrees checks f with as many bytes of raw bits less than it takes.
func assembleAgrees(t *testing.T, r *rand.Rand, f *splitter[uint16], missing int) {
	t.Helper()
	const n = 355
	var base [entropy.MaxSymbols]uint16
	for i := range base {
		base[i] = uint16(r.Uint32())
	}
	tok, lean, raw := make([]uint8, n), make([]int8, n), make([]byte, max(n*10/8+9-missing, 0))
	for i := range tok {
		tok[i], lean[i] = uint8(r.Uint32()), int8(r.IntN(2*maxLean+1)-maxLean)
	}
	for i := range raw {
		raw[i] = uint8(r.Uint32())
	}
	s := new(scratch)
	want, wantBits := make([]uint16, n), entropy.BitReader{In: raw, Pos: r.UintN(20)}
	from := wantBits.Pos
	f.assemble(&wantBits, &s.set, &base, want, tok)
	if f.signed {
		turn(want, lean)
	}
	for _, in := range []kernel{kernelAVX2, kernelAVX512} {
		s.setKernel(in)
		out, bits := make([]byte, 2*n), entropy.BitReader{In: raw, Pos: from}
		k := f.assembleHalves(&s.dec, &s.set, &bits, &base, out, tok, lean)
		if k == 0 && s.kernel.use() != cpu.Go && missing <= 0 {
			t.Fatalf("kernel %d does nothing", s.kernel)
		}
		got := make([]uint16, n)
		entropy.Load(got[:k], out)
		f.assemble(&bits, &s.set, &base, got[k:], tok[k:])
		if f.signed {
			turn(got[k:], lean[k:])
		}
		if !slices.Equal(got, want) || bits.Pos != wantBits.Pos {
			t.Fatalf("%+v, %d bytes missing: kernel %d differs after %d elements", f, missing, s.kernel, k)
		}
		if !bytes.Equal(out[2*k:], make([]byte, 2*(n-k))) {
			t.Fatalf("kernel %d writes beyond %d elements", s.kernel, k)
		}
	}
}

// TestTablesAgree has tables by scales at the ends of 16 bits, of rows shorter and longer than vectors, with and
// without leans.
func TestTablesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 25))
	for _, width := range []int64{1, 7, 64, 300, 5000} {
		a := &Activity{mode: RowColScales | Leans, rows: 9000/width + 2, width: width}
		for range a.rows {
			a.row = append(a.row, int16(r.IntN(2*maxScale+1)-maxScale))
		}
		for range width {
			a.col = append(a.col, int16(r.IntN(90)))
			a.lean = append(a.lean, int8(r.IntN(2*maxLean+1)-maxLean))
		}
		for _, off := range []int{-1 << 16, -32768, -8192, 0, 50, 32704, 32705, 1 << 16} {
			for _, signed := range []bool{false, true} {
				f := splitter[uint16]{layout: BF16.layout(), expectation: expectation{act: a, first: width / 2, off: off}, signed: signed}
				tablesAgree(t, r, &f)
			}
		}
	}
}

func tablesAgree(t *testing.T, r *rand.Rand, f *splitter[uint16]) {
	t.Helper()
	const n, at = 1999, 33
	var want []uint8
	var e entropy.Encoder
	for c := range f.contexts() { // each half dozen contexts have other symbols
		for range 200 {
			e.Tok, e.Ctx = append(e.Tok, uint8(c/6*3+r.IntN(3))), append(e.Ctx, uint16(c))
		}
	}
	var d entropy.Decoder
	if _, err := d.Open(e.Append(nil, f.contexts(), entropy.MaxSymbols), f.contexts()); err != nil {
		t.Fatal(err)
	}
	if m := d.Map()[:f.contexts()]; slices.Max(m) < 8 {
		t.Fatalf("%d tables only", slices.Max(m)+1)
	}
	for _, k := range []kernel{kernelGo, kernelAVX2, kernelAVX512} {
		d.Level = cpu.Level(k)
		tab, ctx, lean := make([]uint8, n), make([]uint16, n), make([]int8, n)
		f.tablesOf(k, &d, tab, ctx, make([]int16, n), lean, at)
		if want == nil {
			want = tab
		}
		if !slices.Equal(tab, want) {
			t.Fatalf("width %d, offset %d, signs %v: kernel %d has other tables", f.act.width, f.off, f.signed, k)
		}
	}
}
