package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"dits/tensorstore/digest"
)

// minEntry is the size of the smallest entry in an index: seven uvarints of one
// byte, an ID and a checksum.
const minEntry = 7 + digest.Size + 8

// appendIndex appends the encoding of entries.
func appendIndex(b []byte, entries []Entry) []byte {
	imports, refs := number(entries)
	b = binary.AppendUvarint(b, uint64(len(imports)))
	for _, id := range imports {
		b = append(b, id[:]...)
	}
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for i := range entries {
		b = appendEntry(b, &entries[i], refs[entries[i].Prediction])
	}
	return b
}

func appendEntry(b []byte, e *Entry, ref uint64) []byte {
	b = binary.AppendUvarint(b, uint64(e.Kind))
	b = binary.AppendUvarint(b, uint64(e.Encoding))
	b = append(b, e.ID[:]...)
	b = binary.AppendUvarint(b, uint64(e.Len))
	b = binary.AppendUvarint(b, uint64(e.RawLen))
	b = binary.AppendUvarint(b, ref)
	b = binary.AppendUvarint(b, uint64(e.First))
	b = binary.AppendUvarint(b, uint64(e.Depth))
	return binary.LittleEndian.AppendUint64(b, e.Sum)
}

// number returns the predictions that entries need and are not among them, in
// the order of their first use, and the number that each prediction goes by.
func number(entries []Entry) (imports []digest.ID, refs map[digest.ID]uint64) {
	refs = map[digest.ID]uint64{{}: 0}
	local := map[digest.ID]uint64{}
	n := uint64(0)
	for i := range entries {
		if entries[i].Kind != Prediction {
			continue
		}
		if _, ok := local[entries[i].ID]; !ok {
			local[entries[i].ID] = n
		}
		n++
	}
	for i := range entries {
		id := entries[i].Prediction
		if _, ok := local[id]; ok {
			continue
		}
		if _, ok := refs[id]; !ok {
			imports = append(imports, id)
			refs[id] = uint64(len(imports))
		}
	}
	for id, k := range local {
		refs[id] = uint64(len(imports)) + 1 + k
	}
	return imports, refs
}

// parseIndex decodes an index, whose payloads take payload bytes after the
// header. It takes memory in proportion to len(b).
func parseIndex(b []byte, payload int64) ([]Entry, error) {
	p := &parser{rest: b, size: len(b)}
	imports := make([]digest.ID, p.count("imports", digest.Size))
	for i := range imports {
		imports[i] = p.id()
	}
	entries := make([]Entry, p.count("entries", minEntry))
	refs := make([]uint64, len(entries))
	off, end := int64(headerSize), headerSize+payload
	for i := range entries {
		e := &entries[i]
		refs[i] = p.entry(e)
		if p.err == nil && e.Len > end-off {
			p.err = fmt.Errorf("payload of %d bytes, want at most %d", e.Len, end-off)
		}
		if p.err != nil {
			return nil, fmt.Errorf("entry %d: offset %d: %w", i, p.off(), p.err)
		}
		e.Off = off
		off += e.Len
	}
	switch {
	case p.err != nil:
		return nil, fmt.Errorf("offset %d: %w", p.off(), p.err)
	case len(entries) == 0:
		return nil, ErrEmpty
	case off != end:
		return nil, fmt.Errorf("payloads end at %d, want %d", off, end)
	}
	if err := resolve(entries, imports, refs); err != nil {
		return nil, err
	}
	// What is left of the rules, and of the bytes: the same entries have one index.
	if !bytes.Equal(appendIndex(make([]byte, 0, len(b)), entries), b) {
		return nil, errors.New("not the encoding of its entries that a writer makes")
	}
	return entries, nil
}

// resolve fills in the predictions that refs number.
func resolve(entries []Entry, imports []digest.ID, refs []uint64) error {
	ids := append([]digest.ID{{}}, imports...)
	for i := range entries {
		if entries[i].Kind == Prediction {
			ids = append(ids, entries[i].ID)
		}
	}
	for i, ref := range refs {
		if ref >= uint64(len(ids)) {
			return fmt.Errorf("entry %d: prediction %d, want at most %d", i, ref, len(ids)-1)
		}
		entries[i].Prediction = ids[ref]
		if err := entries[i].check(); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}
