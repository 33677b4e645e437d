package main

import (
	"encoding/binary"
	"fmt"
	"io"

	"dits/cdc"
)

// A rule says which of the positions between Min and Max a chunk ends at. Rules
// are compared with one simple hash, so that nothing but the rule differs.
type rule struct {
	name  string
	p     cdc.Params
	level int  // FastCDC's normalisation: bits more before Avg, and fewer after it
	least bool // without a position below the threshold, take the least; else Max
}

// rules are those of 512 KiB on average.
func rules() []rule {
	half := cdc.Params{Min: 256 << 10, Avg: 512 << 10, Max: 1 << 20, Align: 2}
	late := half
	late.Min = 350 << 10
	return []rule{
		{"one threshold, forced at max", half, 0, false},
		{"one threshold, else the least (cdc)", half, 0, true},
		{"normalised, level 1, forced at max", half, 1, false},
		{"normalised, level 1, else the least", half, 1, true},
		{"normalised, level 2, forced at max", half, 2, false},
		{"one threshold, else the least, larger min", late, 0, true},
	}
}

// hash is of the eight bytes before position i, by the finish of splitmix64.
func hash(data []byte, i int) uint64 {
	z := binary.LittleEndian.Uint64(data[i-8:])
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// cut is a cutter. It adds the bytes that it had to hash to scanned.
func (r rule) cut(data []byte, scanned *int) int {
	if len(data) < r.p.Max {
		return len(data) // the end of a blob is left out of the comparison
	}
	base := ^uint64(0) / uint64((r.p.Avg-r.p.Min)/r.p.Align)
	t := base >> r.level
	at, least := r.p.Max, ^uint64(0)
	for i := r.p.Min; i <= r.p.Max; i += r.p.Align {
		if i >= r.p.Avg {
			t = base << r.level
		}
		h := hash(data, i)
		if h < t {
			*scanned += i - r.p.Min
			return i
		}
		if r.least && h < least {
			at, least = i, h
		}
	}
	*scanned += r.p.Max - r.p.Min
	return at
}

// writeRules writes a row for each rule.
func writeRules(w io.Writer, vocab blob) {
	fmt.Fprintln(w, "\n| rule | min / avg / max KiB | mean KiB | deviation / mean | bytes hashed | rows in or out: MiB again, mean / worst |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	for _, r := range rules() {
		scanned := 0
		cut := func(data []byte) int { return r.cut(data, &scanned) }
		mean, deviation := spread(lengths(cut, vocab.data))
		hashed := 100 * float64(scanned) / float64(len(vocab.data))
		g := measureGrowth(cut, vocab)
		fmt.Fprintf(w, "| %s | %d / %d / %d | %.0f | %.2f | %.0f%% | %.2f / %.2f |\n", r.name,
			r.p.Min/kib, r.p.Avg/kib, r.p.Max/kib, mean/kib, deviation/mean, hashed, g.mean/mib, g.worst/mib)
	}
}
