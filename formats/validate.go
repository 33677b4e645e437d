package formats

// Validate reports whether the segments tile the file and agree with the
// tensors: in file order, none empty, no gap and no overlap, the last one ending
// at Size; each tensor of some bytes in exactly one Data segment, each as long
// as its dtype and shape say. The error is an [*Error]. Costs one pass.
func (l *Layout) Validate() error {
	if l.Size < 0 {
		return Damaged(0, "layout size: got %d, want at least 0", l.Size)
	}
	seen := make([]bool, len(l.Tensors))
	end := int64(0)
	for i, s := range l.Segments {
		switch {
		case s.Kind < Header || s.Kind > Opaque:
			return Damaged(s.Off, "segment %d: kind: got %d, want %d to %d", i, s.Kind, Header, Opaque)
		case s.Off != end:
			return Damaged(s.Off, "segment %d: start: got %d, want %d", i, s.Off, end)
		case s.Len <= 0:
			return Damaged(s.Off, "segment %d: length: got %d, want more than 0", i, s.Len)
		case s.Len > l.Size-s.Off:
			return Damaged(s.Off, "segment %d: length: got %d, want at most %d", i, s.Len, l.Size-s.Off)
		}
		if err := l.validateTensorOf(i, seen); err != nil {
			return err
		}
		end = s.Off + s.Len
	}
	if end != l.Size {
		return Damaged(end, "segments: end at %d, want %d", end, l.Size)
	}
	return l.validateTensors(seen)
}

// validateTensorOf checks segment i against the tensor it names, and marks that as seen.
func (l *Layout) validateTensorOf(i int, seen []bool) error {
	s := l.Segments[i]
	if s.Kind != Data {
		if s.Tensor != -1 {
			return Damaged(s.Off, "segment %d: tensor of a %v segment: got %d, want -1", i, s.Kind, s.Tensor)
		}
		return nil
	}
	if s.Tensor < 0 || s.Tensor >= len(l.Tensors) {
		return Damaged(s.Off, "segment %d: tensor: got %d, want 0 to %d", i, s.Tensor, len(l.Tensors)-1)
	}
	t := l.Tensors[s.Tensor]
	switch {
	case seen[s.Tensor]:
		return Damaged(s.Off, "segment %d: the tensor has a segment already", i).In(t.Name)
	case t.Off != s.Off || t.Len != s.Len:
		return Damaged(s.Off, "segment %d: got [%d,+%d), want [%d,+%d)", i, s.Off, s.Len, t.Off, t.Len).In(t.Name)
	}
	seen[s.Tensor] = true
	return nil
}

func (l *Layout) validateTensors(seen []bool) error {
	for i, t := range l.Tensors {
		want, ok := t.DType.Bytes(t.Shape)
		switch {
		case !ok:
			return Damaged(t.Off, "%s%v is no whole number of bytes", t.DType, t.Shape).In(t.Name)
		case t.Len != want:
			return Damaged(t.Off, "length: got %d, want %d for %s%v", t.Len, want, t.DType, t.Shape).In(t.Name)
		case t.Off < 0 || t.Off > l.Size:
			return Damaged(t.Off, "start: got %d, want 0 to %d", t.Off, l.Size).In(t.Name)
		case t.Len > 0 && !seen[i]:
			return Damaged(t.Off, "%d bytes of data are in no segment", t.Len).In(t.Name)
		}
	}
	return nil
}
