package main

import (
	"fmt"
	"io"

	"dits/cdc"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// headerGrid is lengths for what is no tensor: headers with tokenizers in them,
// which are nearly the same from file to file.
func headerGrid() (out []cdc.Params) {
	for avg := 2 << 10; avg <= 512<<10; avg *= 2 {
		out = append(out, cdc.Params{Min: avg / 2, Avg: avg, Max: 2 * avg})
	}
	return out
}

// writeHeaders writes a row for each choice of lengths, over the blobs that are no
// tensors, each chunk compressed by itself.
func writeHeaders(w io.Writer, corpus []blob) error {
	var heads []blob
	total := 0
	for _, b := range corpus {
		if b.head {
			heads = append(heads, b)
			total += len(b.data)
		}
	}
	if len(heads) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nHeaders and other files: %d, %.1f KiB.\n\n", len(heads), float64(total)/kib)
	fmt.Fprintln(w, "| min / avg / max KiB | chunks | new KiB | compressed KiB | overhead KiB | together KiB |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	for _, p := range headerGrid() {
		s := store(p, heads)
		packed, err := compressed(p, heads)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %d / %d / %d | %d | %.1f | %.1f | %.1f | %.1f |\n", p.Min/kib, p.Avg/kib, p.Max/kib, s.chunks,
			float64(s.bytes)/kib, float64(packed)/kib, float64(s.overhead)/kib, float64(packed+s.overhead)/kib)
	}
	return nil
}

// compressed is the bytes that the distinct chunks of blobs take as the store
// compresses text.
func compressed(p cdc.Params, blobs []blob) (total int, err error) {
	c, err := codec.For(codec.Zstd)
	if err != nil {
		return 0, err
	}
	seen := map[digest.ID]bool{}
	for _, b := range blobs {
		rest := b.data
		for _, n := range lengths(p.Cut, b.data) {
			if id := digest.Sum(rest[:n]); !seen[id] {
				seen[id] = true
				out, ok := c.Encode(nil, rest[:n], codec.Input{})
				if !ok {
					out = rest[:n]
				}
				total += len(out)
			}
			rest = rest[n:]
		}
	}
	return total, nil
}
