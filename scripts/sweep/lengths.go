package main

import (
	"fmt"
	"io"

	"dits/cdc"
)

const (
	mib = 1 << 20
	kib = 1 << 10
)

// Bytes that a chunk takes besides its content.
const (
	indexBytes   = 52 // its entry in the index of a pack
	catalogBytes = 40 // its row in the catalog
	listBytes    = 32 // its digest in the list of a blob of several chunks
)

// A stored says what a set of blobs takes.
type stored struct {
	chunks, bytes, overhead int
}

// store cuts all blobs, aligned to their elements.
func store(p cdc.Params, blobs []blob) (s stored) {
	k := known{}
	for _, b := range blobs {
		cut := aligned(p, b.align).Cut
		chunks, size := k.add(cut, b.data)
		s.chunks += chunks
		s.bytes += size
		s.overhead += chunks * (indexBytes + catalogBytes)
		if n := len(lengths(cut, b.data)); n > 1 {
			s.overhead += n * listBytes
		}
	}
	return s
}

// aligned is p for elements of n bytes.
func aligned(p cdc.Params, n int) cdc.Params {
	p.Align = n
	if p.Validate() != nil {
		p.Align = 1
	}
	return p
}

const edits = 16

// writeLengths writes a row for each choice of lengths.
func writeLengths(w io.Writer, corpus []blob, vocab, quants blob) error {
	total := 0
	for _, b := range corpus {
		total += len(b.data)
	}
	fmt.Fprintf(w, "Corpus: %d distinct tensors and headers, %.2f MiB. Matrices: BF16 %.1f MiB, Q4_K %.1f MiB.\n\n",
		len(corpus), float64(total)/mib, float64(len(vocab.data))/mib, float64(len(quants.data))/mib)
	fmt.Fprintln(w, "| min / avg / max KiB | corpus: chunks | stored MiB | overhead KiB | matrix: chunks | overhead KiB | bits a weight | as a delta |"+
		" rows in or out: MiB again, mean / worst | Q4_K rows: mean / worst | an edited weight: KiB | GB/s BF16 | Q4_K |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	tune := tuned(vocab)
	for _, p := range grid() {
		if err := writeRow(w, p, corpus, vocab, quants, tune); err != nil {
			return err
		}
	}
	return nil
}

func writeRow(w io.Writer, p cdc.Params, corpus []blob, vocab, quants blob, tune []byte) error {
	v, q := aligned(p, vocab.align).Cut, aligned(p, quants.align).Cut
	alone, err := codedBits(v, vocab, nil)
	if err != nil {
		return err
	}
	delta, err := codedBits(v, vocab, tune)
	if err != nil {
		return err
	}
	c, m := store(p, corpus), store(p, []blob{vocab})
	gv, gq := measureGrowth(v, vocab), measureGrowth(q, quants)
	_, err = fmt.Fprintf(w, "| %d / %d / %d | %d | %.2f | %.1f | %d | %.1f | %.4f | %.4f | %.2f / %.2f | %.2f / %.2f | %.0f | %.1f | %.1f |\n",
		p.Min/kib, p.Avg/kib, p.Max/kib, c.chunks, float64(c.bytes)/mib, float64(c.overhead)/kib,
		m.chunks, float64(m.overhead)/kib, alone, delta,
		gv.mean/mib, gv.worst/mib, gq.mean/mib, gq.worst/mib,
		scattered(v, vocab, edits)/kib, speed(v, vocab.data)/1e9, speed(q, quants.data)/1e9)
	return err
}
