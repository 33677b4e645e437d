package gguf

import (
	"encoding/binary"
	"fmt"

	"dits/formats"
)

// A ValueType is the number by which a key-value pair names the type of its value
// (enum gguf_type in gguf.h).
type ValueType uint32

// Value types. [KV.Value] says which Go type each comes as.
const (
	Uint8 ValueType = iota
	Int8
	Uint16
	Int16
	Uint32
	Int32
	Float32
	Bool
	String
	Array
	Uint64
	Int64
	Float64
)

// maxArrayDepth is how deep arrays of arrays may nest. llama.cpp refuses any,
// gguf-py takes them as deep as Python recurses.
const maxArrayDepth = 8

// valueTypes has one row a type: its name upstream, and the fewest bytes that a
// value takes, which for all but strings and arrays is what every value takes.
var valueTypes = [...]struct {
	name  string
	bytes int64
}{
	Uint8:   {"u8", 1},
	Int8:    {"i8", 1},
	Uint16:  {"u16", 2},
	Int16:   {"i16", 2},
	Uint32:  {"u32", 4},
	Int32:   {"i32", 4},
	Float32: {"f32", 4},
	Bool:    {"bool", 1},
	String:  {"str", 8},
	Array:   {"arr", 4 + 8},
	Uint64:  {"u64", 8},
	Int64:   {"i64", 8},
	Float64: {"f64", 8},
}

// Known reports whether t is a type of this version of the format.
func (t ValueType) Known() bool { return uint64(t) < uint64(len(valueTypes)) }

// String returns the name of the type as llama.cpp prints it, as in "u32".
func (t ValueType) String() string {
	if t.Known() {
		return valueTypes[t].name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// fixed returns the bytes that every value of t takes, 0 if they differ.
func (t ValueType) fixed() int64 {
	if t == String || t == Array {
		return 0
	}
	return valueTypes[t].bytes
}

// valueType reads a value type.
func (d *reader) valueType(what string) (ValueType, error) {
	at := d.off
	n, err := d.uint32(what)
	if err != nil {
		return 0, err
	}
	t := ValueType(n)
	if !t.Known() {
		return 0, formats.Damaged(at, "%s: got %d, want at most %d", what, n, len(valueTypes)-1)
	}
	return t, nil
}

// value reads a value. If keep is false it returns nil, and reads no more than it
// takes to find the value's end.
func (d *reader) value(t ValueType, keep bool) (any, error) {
	switch {
	case t == Array:
		return d.array(1, keep)
	case t == String && keep:
		return d.string("string")
	case t == String:
		return nil, d.skipString()
	case !keep:
		return nil, d.skip(uint64(t.fixed()), "value")
	}
	p := d.small[:t.fixed()]
	if err := d.full(p, "value"); err != nil {
		return nil, err
	}
	return scalar(t, p, d.order), nil
}

func (d *reader) skipString() error {
	n, err := d.uint64("string length")
	if err != nil {
		return err
	}
	return d.skip(n, "string")
}

// array reads an array that lies inside depth-1 others.
func (d *reader) array(depth int, keep bool) (any, error) {
	at := d.off
	elem, err := d.valueType("array element type")
	if err != nil {
		return nil, err
	}
	if elem == Array && depth == maxArrayDepth {
		return nil, formats.Damaged(at, "array of arrays: got more than %d levels", maxArrayDepth)
	}
	count, err := d.uint64("array length")
	if err != nil {
		return nil, err
	}
	if err := d.roomFor(count, valueTypes[elem].bytes, "array length"); err != nil {
		return nil, err
	}
	switch {
	case elem == String:
		return d.strings(count, keep)
	case elem == Array:
		return d.arrays(count, depth, keep)
	case !keep:
		return nil, d.skip(count*uint64(elem.fixed()), "array")
	}
	p, err := d.bytes(count*uint64(elem.fixed()), "array")
	if err != nil {
		return nil, err
	}
	return scalars(elem, p, d.order)
}

func (d *reader) strings(count uint64, keep bool) (any, error) {
	var list []string
	for range count {
		if !keep {
			if err := d.skipString(); err != nil {
				return nil, err
			}
			continue
		}
		s, err := d.string("string")
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func (d *reader) arrays(count uint64, depth int, keep bool) (any, error) {
	var list []any
	for range count {
		a, err := d.array(depth+1, keep)
		if err != nil {
			return nil, err
		}
		if keep {
			list = append(list, a)
		}
	}
	return list, nil
}

// decode reads the elements of an array of fixed width from p into a new slice.
func decode[T any](p []byte, order binary.ByteOrder) ([]T, error) {
	var zero T
	list := make([]T, len(p)/binary.Size(zero))
	_, err := binary.Decode(p, order, list)
	return list, err
}
