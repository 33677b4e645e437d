package number

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"dits/formats"
)

// numberTypes are the dtypes that have to be compared by value, and their size.
var numberTypes = []struct {
	dtype formats.DType
	size  int
}{
	{"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"F8_E4M3FNUZ", 1}, {"F8_E5M2FNUZ", 1},
	{"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2},
	{"I32", 4}, {"U32", 4}, {"F32", 4}, {"I64", 8}, {"U64", 8}, {"F64", 8},
}

// exactValue is the value of one element, written apart from the code under test: the
// floats from sign, exponent and mantissa. special is NaN or ±Inf, else v is the value.
func exactValue(d formats.DType, raw []byte) (v *big.Float, special float64) {
	var u uint64
	for i := len(raw) - 1; i >= 0; i-- {
		u = u<<8 | uint64(raw[i])
	}
	signed := int64(u<<(64-8*len(raw))) >> (64 - 8*len(raw))
	switch d {
	case "BOOL":
		if u != 0 {
			u = 1
		}
		return new(big.Float).SetUint64(u), 0
	case "U8", "U16", "U32", "U64":
		return new(big.Float).SetUint64(u), 0
	case "I8", "I16", "I32", "I64":
		return new(big.Float).SetInt64(signed), 0
	}
	exp := map[formats.DType]int{"F8_E4M3": 4, "F8_E4M3FNUZ": 4, "F8_E5M2": 5, "F8_E5M2FNUZ": 5, "F16": 5, "BF16": 8, "F32": 8, "F64": 11}[d]
	man := 8*len(raw) - 1 - exp
	bias := 1<<(exp-1) - 1
	neg := u>>(exp+man) == 1
	e, m := int(u>>man)&(1<<exp-1), u&(1<<man-1)
	switch d {
	case "F8_E4M3FNUZ", "F8_E5M2FNUZ":
		if u == 0x80 {
			return nil, math.NaN()
		}
		bias++
	case "F8_E4M3":
		if e == 15 && m == 7 {
			return nil, math.NaN()
		}
	default:
		if e == 1<<exp-1 {
			if m != 0 {
				return nil, math.NaN()
			}
			return nil, math.Inf(1 - 2*int(u>>(exp+man)))
		}
	}
	if e == 0 {
		e = 1
	} else {
		m |= 1 << man
	}
	v = new(big.Float).SetMantExp(new(big.Float).SetUint64(m), e-bias-man)
	if neg {
		v.Neg(v)
	}
	return v, 0
}

// naiveCompare is Compare from its documentation, one element after the other.
func naiveCompare(da, db formats.DType, a, b []byte, sa, sb int) Comparison {
	var s sums
	n := len(a) / sa
	for i := range n {
		ra, rb := a[i*sa:(i+1)*sa], b[i*sb:(i+1)*sb]
		va, xa := exactValue(da, ra)
		vb, xb := exactValue(db, rb)
		equal := va != nil && vb != nil && va.Cmp(vb) == 0 || va == nil && vb == nil && (xa == xb || xa != xa && xb != xb)
		changed := !equal
		if da == db {
			changed = !bytes.Equal(ra, rb)
		}
		if va != nil {
			xa, _ = va.Float64()
		}
		if vb != nil {
			xb, _ = vb.Float64()
		}
		d := 0.0
		if !equal {
			d = xb - xa
			if va != nil && vb != nil {
				d, _ = new(big.Float).SetPrec(256).Sub(vb, va).Float64()
			}
		}
		if changed {
			s.changed++
		}
		s.aa, s.bb, s.ab, s.dd, s.d = s.aa+xa*xa, s.bb+xb*xb, s.ab+xa*xb, s.dd+d*d, s.d+d
		if d != d || math.Abs(d) > s.max { // NaN stays: nothing is larger
			s.max = math.Abs(d)
		}
	}
	c := Comparison{Elements: int64(n), Changed: s.changed, MaxAbs: s.max, MeanShift: s.d / float64(n), DiffSq: s.dd, BaseSq: s.aa}
	c.RelL2 = math.Sqrt(s.dd) / math.Sqrt(s.aa)
	if s.dd == 0 {
		c.RelL2 = 0
	}
	c.Cosine = s.ab / (math.Sqrt(s.aa) * math.Sqrt(s.bb))
	if s.changed == 0 {
		c.Cosine = 1
	}
	return c
}

// nearly says that two figures agree but for the order of the sums.
func nearly(got, want, scale float64) bool {
	return got == want || got != got && want != want || math.Abs(got-want) <= 1e-9*math.Max(scale, math.Abs(want))
}

func checkComparison(t *testing.T, name string, got, want Comparison) {
	t.Helper()
	if got.Elements != want.Elements || got.Changed != want.Changed {
		t.Errorf("%s: changed %d of %d, want %d of %d", name, got.Changed, got.Elements, want.Changed, want.Elements)
	}
	for _, f := range []struct {
		name             string
		got, want, scale float64
	}{
		{"rel_l2", got.RelL2, want.RelL2, 0},
		{"max_abs", got.MaxAbs, want.MaxAbs, 0},
		{"cosine", got.Cosine, want.Cosine, 1},
		{"mean_shift", got.MeanShift, want.MeanShift, want.MaxAbs},
		{"‖b−a‖²", got.DiffSq, want.DiffSq, 0},
		{"‖a‖²", got.BaseSq, want.BaseSq, 0},
	} {
		if !nearly(f.got, f.want, f.scale) {
			t.Errorf("%s: %s = %v, want %v", name, f.name, f.got, f.want)
		}
	}
}

func mustCompare(t *testing.T, da, db formats.DType, a, b []byte, n int64, workers int) Comparison {
	t.Helper()
	c, err := Compare(context.Background(), Operand{bytes.NewReader(a), 0, da, false}, Operand{bytes.NewReader(b), 0, db, false}, n, workers)
	if err != nil {
		t.Fatalf("%s, %s: %v", da, db, err)
	}
	return c
}

// randomElements are bytes of n elements: tame ones (no exponent so large that squares
// overflow) or any bits.
func randomElements(rng *rand.Rand, d formats.DType, size, n int, tame bool) []byte {
	p := make([]byte, 0, n*size)
	for len(p) < n*size {
		raw := binary.LittleEndian.AppendUint64(nil, rng.Uint64())[:size]
		if tame {
			v, special := exactValue(d, raw)
			if special != 0 || v != nil && v.Sign() != 0 && (v.MantExp(nil) > 64 || v.MantExp(nil) < -64) {
				continue
			}
		}
		p = append(p, raw...)
	}
	return p
}

func TestCompareEveryPairOfDTypes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, a := range numberTypes {
		for _, b := range numberTypes {
			for _, n := range []int{1, 7, 1025, 3000} {
				for _, tame := range []bool{true, false} {
					name := fmt.Sprintf("%s, %s, %d elements, tame %v", a.dtype, b.dtype, n, tame)
					pa, pb := randomElements(rng, a.dtype, a.size, n, tame), randomElements(rng, b.dtype, b.size, n, tame)
					got := mustCompare(t, a.dtype, b.dtype, pa, pb, int64(n), 2)
					checkComparison(t, name, got, naiveCompare(a.dtype, b.dtype, pa, pb, a.size, b.size))
				}
			}
		}
	}
}

// A fine-tune of part of a tensor: most elements equal, in runs and alone.
func TestComparePartlyEqual(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, d := range numberTypes {
		for _, every := range []int{1, 2, 5, 300, 4000, 1 << 30} {
			const n = 10001
			pa := randomElements(rng, d.dtype, d.size, n, true)
			pb := bytes.Clone(pa)
			for i := every; i < n; i += every {
				pb[i*d.size] ^= 1
			}
			name := fmt.Sprintf("%s, every %d", d.dtype, every)
			got := mustCompare(t, d.dtype, d.dtype, pa, pb, n, 1)
			checkComparison(t, name, got, naiveCompare(d.dtype, d.dtype, pa, pb, d.size, d.size))
			if want := int64((n - 1) / every); got.Changed != want {
				t.Errorf("%s: changed %d, want %d", name, got.Changed, want)
			}
		}
	}
}

func f32s(v ...float32) []byte {
	var p []byte
	for _, x := range v {
		p = binary.LittleEndian.AppendUint32(p, math.Float32bits(x))
	}
	return p
}

func u64s(v ...uint64) []byte {
	var p []byte
	for _, x := range v {
		p = binary.LittleEndian.AppendUint64(p, x)
	}
	return p
}

func TestCompareCorners(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	payload := math.Float32frombits(0x7fc00001)
	negZero := float32(math.Copysign(0, -1))
	none := math.NaN()
	tests := []struct {
		name    string
		da, db  formats.DType
		a, b    []byte
		changed int64
		rel     float64
		max     float64
		cosine  float64
	}{
		{"untouched NaN hides no change", "F32", "F32", f32s(nan, 1), f32s(nan, 3), 1, none, 2, none},
		{"untouched infinity hides no change", "F32", "F32", f32s(-inf, 1), f32s(-inf, 3), 1, 0, 2, none},
		{"new NaN", "F32", "F32", f32s(1, 1), f32s(nan, 1), 1, none, none, none},
		{"new infinity", "F32", "F32", f32s(1, 1), f32s(inf, 1), 1, math.Inf(1), math.Inf(1), none},
		{"other NaN is another bit pattern", "F32", "F32", f32s(nan, 1), f32s(payload, 1), 1, 0, 0, none},
		{"sign of zero is a bit", "F32", "F32", f32s(0, 1), f32s(negZero, 1), 1, 0, 0, 1},
		{"from all zeros", "F32", "F32", f32s(0, 0), f32s(1, 0), 1, math.Inf(1), 1, none},
		{"zeros of both signs", "F32", "F32", f32s(0), f32s(negZero), 1, 0, 0, none},
		{"opposite", "F32", "F32", f32s(1, 2), f32s(-1, -2), 2, 2, 4, -1},
		{"large integers", "U64", "I64", u64s(1<<63-1, 1<<53+1), u64s(1<<63-2, 1<<53+1), 1, 1 / math.Sqrt(0x1p126+0x1p106), 1, 1},
		{"integer against the float it rounds to", "I64", "F64", u64s(1<<53 + 1), u64s(math.Float64bits(1 << 53)), 1, 0x1p-53, 1, 1},
		{"largest integers", "U64", "U64", u64s(math.MaxUint64), u64s(math.MaxUint64 - 1), 1, 0x1p-64, 1, 1},
		{"smallest integers", "I64", "I64", u64s(1 << 63), u64s(1<<63 + 1), 1, 0x1p-63, 1, 1},
		{"across dtypes zeros are equal", "F32", "F16", f32s(negZero, 1), []byte{0, 0, 0, 0x3c}, 0, 0, 0, 1},
		{"across dtypes NaNs are equal", "F32", "BF16", f32s(nan, 1), []byte{0xff, 0xff, 0x80, 0x3f}, 0, 0, 0, 1},
		{"across dtypes infinities are equal", "F32", "F8_E5M2", f32s(inf, -inf), []byte{0x7c, 0xfc}, 0, 0, 0, 1},
	}
	for _, tt := range tests {
		n := int64(len(tt.a)) / map[formats.DType]int64{"F32": 4, "U64": 8, "I64": 8}[tt.da]
		got := mustCompare(t, tt.da, tt.db, tt.a, tt.b, n, 1)
		if got.Changed != tt.changed || !nearly(got.RelL2, tt.rel, 0) || !nearly(got.MaxAbs, tt.max, 0) || !nearly(got.Cosine, tt.cosine, 0) {
			t.Errorf("%s: got %+v, want changed %d, rel_l2 %v, max_abs %v, cosine %v", tt.name, got, tt.changed, tt.rel, tt.max, tt.cosine)
		}
	}
}

// Every bit pattern of the small dtypes reads as its value.
func TestValuesOfEveryPattern(t *testing.T) {
	for _, d := range numberTypes {
		if d.size > 2 {
			continue
		}
		for u := range 1 << (8 * d.size) {
			raw := []byte{byte(u), byte(u >> 8)}[:d.size]
			want, special := exactValue(d.dtype, raw)
			var got [1]float64
			valuesOf[d.dtype].hi(got[:], raw)
			if want == nil {
				if !nearly(got[0], special, 0) {
					t.Errorf("%s %#x: got %v, want %v", d.dtype, u, got[0], special)
				}
				continue
			}
			if f, _ := want.Float64(); f != got[0] || math.Signbit(f) != math.Signbit(got[0]) {
				t.Errorf("%s %#x: got %v, want %v", d.dtype, u, got[0], f)
			}
		}
	}
}

func TestCompareDoesNotDependOnWorkers(t *testing.T) {
	const n = 5*compareBlock/2 + 3
	rng := rand.New(rand.NewPCG(5, 6))
	pa, pb := randomElements(rng, "BF16", 2, n, true), randomElements(rng, "BF16", 2, n, true)
	want := mustCompare(t, "BF16", "BF16", pa, pb, n, 1)
	for _, workers := range []int{2, 3, 8} {
		if got := mustCompare(t, "BF16", "BF16", pa, pb, n, workers); got != want {
			t.Errorf("%d workers: got %+v, want %+v", workers, got, want)
		}
	}
}

// Blocks of ggml are compared by value; what has no values by its bytes.
func TestCompareBlocks(t *testing.T) {
	q := make([]byte, 10*34) // Q8_0: a float16 scale and 32 quants, in 34 bytes
	for i := range 10 {
		q[34*i+1] = 0x3c // 1
		for k := range 32 {
			q[34*i+2+k] = byte(k - 16)
		}
	}
	r := bytes.Clone(q)
	r[2+31] += 2     // 15 becomes 17
	r[34*9+1] = 0x40 // 2: all but the zero change
	got := mustCompare(t, "Q8_0", "Q8_0", q, r, 320, 2)
	if got.Changed != 32 || got.Elements != 320 || got.MaxAbs != 16 || got.DiffSq != 2*2+16*171 || got.BaseSq != 10*16*171 {
		t.Errorf("Q8_0: got %+v, want 32 of 320 changed, by 16 at most", got)
	}
	if got := mustCompare(t, "Q8_0", "Q8_0", q, q, 320, 2); got.Changed != 0 || got.RelL2 != 0 || got.Cosine != 1 {
		t.Errorf("Q8_0 against itself: got %+v", got)
	}
	floats := make([]byte, 0, 4*320)
	for i := range 320 {
		floats = binary.LittleEndian.AppendUint32(floats, math.Float32bits(float32(i%32-16)))
	}
	if got := mustCompare(t, "F32", "Q8_0", floats, r, 320, 2); got.Changed != 32 || got.MaxAbs != 16 {
		t.Errorf("F32 against Q8_0: got %+v, want 32 of 320 changed", got)
	}
	if got := mustCompare(t, "F6_E2M3", "F6_E2M3", []byte{1, 2, 3, 4, 5, 6}, []byte{1, 2, 3, 4, 5, 7}, 8, 1); got.Changed != 4 || !math.IsNaN(got.RelL2) {
		t.Errorf("F6_E2M3: got %+v, want 4 changed and no figures", got)
	}
	if got := mustCompare(t, "F4", "F4", []byte{1, 2, 3}, []byte{1, 3, 3}, 6, 1); got.Changed != 2 {
		t.Errorf("F4: got %+v, want both elements of the byte changed", got)
	}
	for _, d := range []formats.DType{"F4", "F6_E3M2"} {
		if got := mustCompare(t, "BF16", d, nil, nil, 320, 2); got.Changed != 320 || !math.IsNaN(got.RelL2) {
			t.Errorf("BF16 against %s: got %+v, want all changed and no figures", d, got)
		}
	}
	if got := mustCompare(t, "Q8_0", "Q4_K", q, nil, 320, 2); got.Changed != 320 || !math.IsNaN(got.RelL2) {
		t.Errorf("320 elements of Q4_K, whose blocks have 256: got %+v, want no figures", got)
	}
}

func TestCompareErrors(t *testing.T) {
	short := Operand{bytes.NewReader(make([]byte, 6)), 0, "F32", false}
	whole := Operand{bytes.NewReader(make([]byte, 8)), 0, "F32", false}
	if _, err := Compare(context.Background(), whole, short, 2, 1); !errors.Is(err, formats.ErrTruncated) {
		t.Errorf("short operand: got %v, want formats.ErrTruncated", err)
	}
	if _, err := Compare(context.Background(), whole, Operand{whole.R, 0, "F31", false}, 2, 1); err == nil {
		t.Error("unknown dtype: got no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Compare(ctx, whole, whole, 2, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}
