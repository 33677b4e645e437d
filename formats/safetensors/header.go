package safetensors

import (
	"cmp"
	"io"
	"slices"

	"dits/formats"
)

// maxMetadata bounds the keys of __metadata__, which are remembered to tell those that come twice.
const maxMetadata = 1 << 20

// metadataKey is the name that no tensor can have.
const metadataKey = "__metadata__"

// readHeader returns the tensors of a header, sorted by offset. Off and Len are
// still those of data_offsets, which count from the end of the header.
func readHeader(r io.Reader) ([]formats.Tensor, error) {
	s := newScanner(r, lengthLen)
	if err := s.startsWithBrace(); err != nil {
		return nil, err
	}
	var tensors []formats.Tensor
	dimensions := 0
	err := s.object(uniqueKeys(), func(name string, at int64) error {
		if name == metadataKey {
			return metadata(s)
		}
		t, err := tensor(s, name)
		tensors = append(tensors, t)
		dimensions += len(t.Shape)
		if err == nil {
			err = within(at, name, len(tensors), dimensions)
		}
		return err
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, err
	}
	return tensors, sortTensors(tensors)
}

// within holds a tensor to the bounds of layouts, together with those before it.
func within(at int64, name string, tensors, dimensions int) error {
	switch {
	case len(name) > formats.MaxName:
		return formats.Damaged(at, "tensor name length: got %d, want at most %d", len(name), formats.MaxName)
	case tensors > formats.MaxTensors:
		return formats.Damaged(at, "got more than %d tensors", formats.MaxTensors)
	case dimensions > formats.MaxShapes:
		return formats.Damaged(at, "got more than %d dimensions of all tensors", formats.MaxShapes)
	}
	return nil
}

// metadata reads the value of __metadata__: null, or an object of strings.
func metadata(s *scanner) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c == 'n' {
		return s.skip()
	}
	count := 0
	return s.object(uniqueKeys(), func(_ string, at int64) error {
		if count++; count > maxMetadata {
			return formats.Damaged(at, "%s: got more than %d keys", metadataKey, maxMetadata)
		}
		_, err := s.passText()
		return err
	})
}

// tensor reads the object that describes one tensor. Fields that upstream does
// not know are skipped, as upstream does.
func tensor(s *scanner, name string) (formats.Tensor, error) {
	t := formats.Tensor{Name: name, Off: -1}
	at := s.off
	err := s.object(uniqueOf("dtype", "shape", "data_offsets"), func(field string, _ int64) error {
		switch field {
		case "dtype":
			return dtype(s, &t)
		case "shape":
			return shape(s, &t)
		case "data_offsets":
			return offsets(s, &t)
		}
		return s.skip()
	})
	if err != nil {
		return t, inTensor(err, name)
	}
	switch {
	case t.DType == "":
		return t, formats.Damaged(at, "dtype is missing").In(name)
	case t.Shape == nil:
		return t, formats.Damaged(at, "shape is missing").In(name)
	case t.Off < 0:
		return t, formats.Damaged(at, "data_offsets are missing").In(name)
	}
	want, ok := t.DType.Bytes(t.Shape)
	switch {
	case !ok:
		return t, formats.Damaged(at, "%s%v is no whole number of bytes below 2^63", t.DType, t.Shape).In(name)
	case t.Len != want:
		return t, formats.Damaged(at, "data range [%d,%d): want %d bytes for %s%v",
			t.Off, t.Off+t.Len, want, t.DType, t.Shape).In(name)
	}
	return t, nil
}

func dtype(s *scanner, t *formats.Tensor) error {
	name, at, err := s.text()
	if err != nil {
		return err
	}
	t.DType = formats.DType(name)
	if !t.DType.InSafetensors() {
		return formats.Damaged(at, "dtype: got %.40q, want one of %v", name, formats.SafetensorsDTypes())
	}
	return nil
}

func shape(s *scanner, t *formats.Tensor) error {
	t.Shape = []int64{}
	return s.array(func(i int) error {
		if i == formats.MaxDimensions {
			return formats.Damaged(s.off, "shape: got more than %d dimensions", formats.MaxDimensions)
		}
		n, err := s.uint()
		t.Shape = append(t.Shape, n)
		return err
	})
}

func offsets(s *scanner, t *formats.Tensor) error {
	var pair [2]int64
	count := 0
	at := s.off
	err := s.array(func(i int) error {
		if i == len(pair) {
			return formats.Damaged(s.off, "data_offsets: got more than 2 numbers")
		}
		var err error
		pair[i], err = s.uint()
		count++
		return err
	})
	switch {
	case err != nil:
		return err
	case count != len(pair):
		return formats.Damaged(at, "data_offsets: got %d numbers, want 2", count)
	case pair[1] < pair[0]:
		return formats.Damaged(at, "data range [%d,%d) ends before it starts", pair[0], pair[1])
	}
	t.Off, t.Len = pair[0], pair[1]-pair[0]
	return nil
}

// sortTensors sorts by data_offsets, and checks that the data ranges follow each
// other from 0 without gap or overlap. Tensors at the same empty range stay in
// the order of the header.
func sortTensors(tensors []formats.Tensor) error {
	slices.SortStableFunc(tensors, func(a, b formats.Tensor) int {
		return cmp.Or(cmp.Compare(a.Off, b.Off), cmp.Compare(a.Len, b.Len))
	})
	start := int64(0)
	for _, t := range tensors {
		if t.Off != start {
			return formats.Damaged(lengthLen, "data range [%d,%d), want start %d", t.Off, t.Off+t.Len, start).In(t.Name)
		}
		start += t.Len
	}
	return nil
}
