// Package ggml knows the element types of the ggml library, which GGUF files
// name by number: how many elements a block holds, where its fields are, what
// values it has, and how upstream makes it from float32. Start from a [Type] read
// from a file, or from [ByName].
//
// [Type.Dequantise] gives the values of blocks. A [Quantiser] makes blocks, with all
// of upstream's search for scales; [Quantiser.Hinted] saves most of the search if
// its outcome was kept, and [Type.Round] all of it if the scales were. The bytes are
// those of upstream, and the same on every platform.
//
// It does not read files, importance matrices among them, and does not choose types.
package ggml

import (
	"fmt"
	"slices"
)

// A Type is the number by which a GGUF file names an element type (enum
// ggml_type in ggml.h). Any number can be held; [Type.Check] says whether it
// means something.
type Type uint32

// Types that code names. The table has all of them.
const (
	F32     Type = 0
	F16     Type = 1
	Q4_0    Type = 2
	Q4_1    Type = 3
	Q5_0    Type = 6
	Q5_1    Type = 7
	Q8_0    Type = 8
	Q8_1    Type = 9
	Q2_K    Type = 10
	Q3_K    Type = 11
	Q4_K    Type = 12
	Q5_K    Type = 13
	Q6_K    Type = 14
	Q8_K    Type = 15
	IQ2_XXS Type = 16
	IQ2_XS  Type = 17
	IQ3_XXS Type = 18
	IQ1_S   Type = 19
	IQ4_NL  Type = 20
	IQ3_S   Type = 21
	IQ2_S   Type = 22
	IQ4_XS  Type = 23
	I8      Type = 24
	I16     Type = 25
	I32     Type = 26
	I64     Type = 27
	F64     Type = 28
	IQ1_M   Type = 29
	BF16    Type = 30
	TQ1_0   Type = 34
	TQ2_0   Type = 35
	MXFP4   Type = 39
	NVFP4   Type = 40
	Q1_0    Type = 41
	Q2_0    Type = 42
)

// String returns the upstream name, as in "Q4_K". A removed type has its name
// too; a number that never was one is "type 99".
func (t Type) String() string {
	if r := t.row(); r.name != "" {
		return r.name
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// Known reports whether t is a type whose blocks have a known size.
func (t Type) Known() bool { return t.row().elems > 0 }

// BlockElems returns the elements in a block, 0 if t is not known.
func (t Type) BlockElems() int64 { return t.row().elems }

// BlockBytes returns the bytes of a block, 0 if t is not known.
func (t Type) BlockBytes() int64 { return t.row().bytes }

// Check returns nil for a known type, and else an error that says whether the
// number was removed from the library or never belonged to it.
func (t Type) Check() error {
	r := t.row()
	switch {
	case r.elems > 0:
		return nil
	case r.name != "":
		return fmt.Errorf("ggml type %d (%s) was removed upstream and has no layout any more", uint32(t), r.name)
	}
	return fmt.Errorf("ggml type: got %d, want at most %d", uint32(t), len(rows)-1)
}

// ByName returns the known type of that upstream name.
func ByName(name string) (Type, bool) {
	i := slices.IndexFunc(rows, func(r row) bool { return r.name == name && r.elems > 0 })
	if i < 0 {
		return 0, false
	}
	return Type(i), true
}

// Types returns every known type, in ascending order.
func Types() []Type {
	var known []Type
	for i, r := range rows {
		if r.elems > 0 {
			known = append(known, Type(i))
		}
	}
	return known
}

func (t Type) row() row {
	if uint64(t) >= uint64(len(rows)) {
		return row{}
	}
	return rows[t]
}
