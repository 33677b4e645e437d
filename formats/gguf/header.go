package gguf

import (
	"encoding/binary"
	"io"
	"unicode/utf8"

	"dits/formats"
)

const (
	alignmentKey     = "general.alignment"
	defaultAlignment = 32
	maxKeyLen        = 1<<16 - 1 // bytes, the limit that the specification gives
	maxKVs           = 1 << 20
)

// A Header is everything in a GGUF file but its tensors' elements.
type Header struct {
	Version   uint32           // 2 or 3
	ByteOrder binary.ByteOrder // of the header and of the elements
	Alignment int64            // bytes, a power of two
	KVs       []KV             // in file order
	Tensors   []formats.Tensor // in file order; Off counts from the start of the file
	InfoOff   int64            // where the tensor infos start, just behind the last pair
	Len       int64            // bytes from the start of the file to the end of the last tensor info
	DataOff   int64            // where the data section starts: Len, aligned
}

// A KV is one key-value pair of the metadata. Pairs follow each other without a gap.
type KV struct {
	Key  string
	Type ValueType
	// Value is a uint8, int8, uint16, int16, uint32, int32, float32, bool, string,
	// uint64, int64 or float64, as Type says; of an array it is a slice of those,
	// and of an array of arrays an []any of such slices. Strings are the bytes of the file,
	// UTF-8 or not. A bool is true for any byte but 0.
	Value    any
	Off, Len int64 // bytes from the start of the file, key and type included
}

// ReadHeader reads the header of a file of size bytes, metadata included. What is
// wrong with a file is a *formats.Error. The elements are not read, but their
// ranges lie within the file. Costs memory in proportion to the header.
func ReadHeader(r io.ReaderAt, size int64) (*Header, error) {
	h, err := readHeader(newReader(r, size), true)
	if err != nil {
		return nil, err
	}
	return h, h.placeTensors(size)
}

// EachKV gives visit the metadata of a file of size bytes, pair by pair, and ends with its first error. It costs the
// memory of one pair, so that a key that comes twice is not noticed. See [ReadHeader] for other errors.
func EachKV(r io.ReaderAt, size int64, visit func(KV) error) error {
	d := newReader(r, size)
	_, pairs, err := new(Header).readStart(d)
	if err != nil {
		return err
	}
	for range pairs {
		kv, err := readKV(d, true)
		if err != nil {
			return err
		}
		if err := visit(kv); err != nil {
			return err
		}
	}
	return nil
}

// IsBigEndian says that a file is of that byte order, by its first 8 bytes.
func IsBigEndian(start []byte) bool {
	return len(start) >= 8 && string(start[:4]) == magic && start[4] == 0 && start[5] == 0
}

// readHeader reads a header; without values, KV.Value is nil. Tensor.Off is left as the file has it.
func readHeader(d *reader, values bool) (*Header, error) {
	h := &Header{Alignment: defaultAlignment}
	tensors, pairs, err := h.readStart(d)
	if err != nil {
		return nil, err
	}
	if err := h.readKVs(d, pairs, values); err != nil {
		return nil, err
	}
	h.InfoOff = d.off
	if err := h.readInfos(d, tensors); err != nil {
		return nil, err
	}
	h.Len = d.off
	h.DataOff = (h.Len + h.Alignment - 1) &^ (h.Alignment - 1)
	return h, nil
}

// readStart reads what is ahead of the metadata: the version, and how many tensors and pairs there are.
func (h *Header) readStart(d *reader) (tensors, pairs uint64, err error) {
	if err := h.readVersion(d); err != nil {
		return 0, 0, err
	}
	if tensors, err = d.uint64("tensor count"); err != nil {
		return 0, 0, err
	}
	if pairs, err = d.uint64("key-value count"); err != nil {
		return 0, 0, err
	}
	const shortest = 8 + 4 + 1 // an empty key, a type, a value of one byte
	if err := d.roomFor(pairs, shortest, "key-value count"); err != nil {
		return 0, 0, err
	}
	if pairs > maxKVs {
		return 0, 0, formats.Damaged(d.off, "key-value count: got %d, want at most %d", pairs, maxKVs)
	}
	return tensors, pairs, nil
}

// readVersion reads the magic and the version, and takes the byte order from
// that: upstream's rule is that a version whose low 16 bits are 0 was written in
// the other order.
func (h *Header) readVersion(d *reader) error {
	var start [len(magic)]byte
	n := min(int64(len(start)), d.size)
	if err := d.full(start[:n], "magic"); err != nil {
		return err
	}
	if string(start[:n]) != magic[:n] {
		return formats.Damaged(0, "magic: got %q, want %q", start[:n], magic)
	}
	if n < int64(len(magic)) {
		return formats.Truncated(n, "magic: got %d bytes, want %d", n, len(magic))
	}
	at := d.off
	version, err := d.uint32("version")
	if err != nil {
		return err
	}
	if version&0xffff == 0 {
		d.order = binary.BigEndian
		version = binary.BigEndian.Uint32(d.small[:4])
	}
	switch {
	case version == 1:
		return formats.Damaged(at, "version: got 1, which has 32-bit lengths and is no longer read; want 2 or 3")
	case version != 2 && version != 3:
		return formats.Damaged(at, "version: got %d, want 2 or 3", version)
	}
	h.Version, h.ByteOrder = version, d.order
	return nil
}

// readKVs reads the metadata and takes the alignment from it.
func (h *Header) readKVs(d *reader, count uint64, values bool) error {
	seen := make(map[string]struct{})
	for range count {
		kv, err := readKV(d, values)
		if err != nil {
			return err
		}
		if _, again := seen[kv.Key]; again {
			return formats.Damaged(kv.Off, "key %.80q comes twice", kv.Key)
		}
		seen[kv.Key] = struct{}{}
		if kv.Key == alignmentKey {
			if err := h.setAlignment(kv); err != nil {
				return err
			}
		}
		if values {
			h.KVs = append(h.KVs, kv)
		}
	}
	return nil
}

func readKV(d *reader, values bool) (KV, error) {
	kv := KV{Off: d.off}
	var err error
	if kv.Key, err = d.name("key", maxKeyLen); err != nil {
		return kv, err
	}
	switch {
	case kv.Key == "":
		return kv, formats.Damaged(kv.Off, "key is empty")
	case !utf8.ValidString(kv.Key):
		return kv, formats.Damaged(kv.Off, "key %.80q is not UTF-8", kv.Key)
	}
	if kv.Type, err = d.valueType("value type"); err != nil {
		return kv, err
	}
	kv.Value, err = d.value(kv.Type, values || kv.Key == alignmentKey && kv.Type == Uint32)
	kv.Len = d.off - kv.Off
	return kv, err
}

func (h *Header) setAlignment(kv KV) error {
	n, ok := kv.Value.(uint32)
	switch {
	case !ok:
		return formats.Damaged(kv.Off, "%s: got type %v, want %v", alignmentKey, kv.Type, Uint32)
	case n == 0 || n&(n-1) != 0:
		return formats.Damaged(kv.Off, "%s: got %d, want a power of two", alignmentKey, n)
	}
	h.Alignment = int64(n)
	return nil
}
