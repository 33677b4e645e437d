package codec

import (
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"math/bits"
	"os"
	"sort"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew: every store that exists breaks")

// pattern is n elements made with integers alone: exponents fall off as those of
// weights do, everything else is noise.
func pattern(e Elem, n int, seed uint64) (b []byte) {
	l := e.layout()
	for range n {
		seed = seed*6364136223846793005 + 1442695040888963407
		x := seed ^ seed>>29
		if l.exp > 0 {
			drop := uint64(bits.LeadingZeros64(x|1<<50)) / 2
			field := uint64(1)<<(l.exp-1) - 2 - min(drop, 1<<(l.exp-1)-3)
			x = x>>63<<(l.exp+l.mant) | field<<l.mant | x&(1<<l.mant-1)
		} else {
			x = uint64(int64(x) >> (8*e.Size() + 40&63))
			if e.Size() < 8 {
				x = x & 0x1f
			}
		}
		var w [8]byte
		binary.LittleEndian.PutUint64(w[:], x)
		b = append(b, w[:e.Size()]...)
	}
	return b
}

// goldens are the encodings that must never change, by name.
func goldens(t *testing.T) map[string][]byte {
	all := map[string][]byte{}
	for name, e := range elems {
		const n, width = 240, 12
		src := append(pattern(e, n, 1), make([]byte, e.Size()-1)...)
		pred := append(pattern(e, n, 1), make([]byte, e.Size()-1)...)
		for i := 0; i < len(pred)-e.Size(); i += 3 * e.Size() {
			pred[i] ^= 5
		}
		m := NewMeter(e, n/width, width, RowColScales)
		m.Add(src, nil, 0)
		fields := Input{Elem: e, Width: width, Act: m.Activity()}
		d := NewMeter(e, n/width, width, RowColScales)
		d.Add(src, pred, 0)
		delta := Input{Elem: e, Width: width, Pred: pred, Act: d.Activity()}
		for key, x := range map[string]struct {
			c  Codec
			in Input
		}{
			"fields": {fieldsCodec{}, Input{Elem: e}}, "fields in activity": {fieldsCodec{}, fields},
			"delta": {deltaCodec{}, Input{Elem: e, Pred: pred}}, "delta in activity": {deltaCodec{}, delta},
		} {
			enc, ok := roundTrip(t, x.c, sample{name, src, x.in})
			if ok {
				all[key+"/"+name] = enc
			}
		}
		if fields.Act != nil {
			all["activity/"+name] = fields.Act.Append(nil)
		}
	}
	var numbers []int16
	for i, b := range pattern(I8, 3000, 9) {
		numbers = append(numbers, int16(int8(b))<<(i%7)+int16(i%5))
	}
	numbers[1234] = MaxNumber
	all["numbers/of 7 columns"] = AppendNumbers(nil, numbers, 7)
	near := pattern(BF16, 4096, 7)
	src := append([]byte(nil), near...)
	for i := range 100 {
		src[1000+2*i] ^= 1
	}
	enc, _ := roundTrip(t, deltaCodec{}, sample{"near", src, Input{Elem: BF16, Pred: near}})
	all["delta/near copy"] = enc
	enc, _ = roundTrip(t, deltaCodec{}, sample{"same", src, Input{Elem: BF16, Pred: src}})
	all["delta/same"] = enc
	enc, _ = roundTrip(t, fieldsCodec{}, sample{"constant", make([]byte, 4096), Input{Elem: F32}})
	all["fields/zeros"] = enc
	return all
}

// TestGolden holds the bytes of every encoding. A change here breaks every
// store that exists: give the new bytes a new Encoding instead. Zstd is not
// held: its reader follows RFC 8878, its writer may improve.
func TestGolden(t *testing.T) {
	all := goldens(t)
	var names []string
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "%s: %s\n", n, hex.EncodeToString(all[n]))
	}
	const path = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, wants := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(got), len(wants)) {
		if got[i] != wants[i] {
			t.Fatalf("line %d: the encoding changed, which breaks every store:\ngot  %s\nwant %s", i+1, got[i], wants[i])
		}
	}
	if len(got) != len(wants) {
		t.Fatalf("%d encodings, want %d", len(got)-1, len(wants)-1)
	}
}

// TestGoldenZstd reads a frame written once.
func TestGoldenZstd(t *testing.T) {
	enc, err := hex.DecodeString(goldenZstd)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]byte, 52)
	if err := (zstdCodec{}).Decode(dst, enc, Input{}); err != nil || string(dst) != strings.Repeat("weights weigh", 4) {
		t.Errorf("%q, %v", dst, err)
	}
}

const goldenZstd = "28b52ffd00008d00004077656967687473200200601630a17001"
