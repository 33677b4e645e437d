package ggml

import "fmt"

// A FieldKind says what the bytes of a [Field] are.
type FieldKind uint8

// The kinds of fields. All numbers are little endian.
const (
	// Values are plain numbers: the block is one element.
	Values FieldKind = iota
	// ScaleF16 is one binary16 number: a step or an offset of the whole block.
	ScaleF16
	// ScaleF32 is one binary32 number.
	ScaleF32
	// ScaleBytes are small steps or offsets of the block's groups, packed or one a byte.
	ScaleBytes
	// Quants are the elements: codes, indices into a grid, or some of their bits.
	Quants
	// Mixed holds bits of scales and of quants in the same words.
	Mixed
	// Sums follow from the scales and quants of the block.
	Sums
)

// String returns the kind's name in lower case, as in "scale f16".
func (k FieldKind) String() string {
	names := [...]string{"values", "scale f16", "scale f32", "scale bytes", "quants", "mixed", "sums"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("field kind %d", uint8(k))
}

// IsScale reports whether the field holds nothing but scales: what has to be
// filled in before [Type.Round].
func (k FieldKind) IsScale() bool {
	return k == ScaleF16 || k == ScaleF32 || k == ScaleBytes
}

// A Field is one member of a block: Len bytes at offset Off. Name is that of the
// member in ggml-common.h.
type Field struct {
	Name     string
	Off, Len int
	Kind     FieldKind
}

// Fields returns the members of a block of type t in the order of their bytes.
// They tile the block. The slice is shared and must not be changed; it is nil
// for a type that is not known.
func (t Type) Fields() []Field {
	if uint64(t) >= uint64(len(layouts)) {
		return nil
	}
	return layouts[t]
}

// layouts has the members of each type's block, after the structs of
// ggml-common.h.
var layouts = [...][]Field{
	F32:     members(plainField(4)),
	F16:     members(plainField(2)),
	Q4_0:    members(halfField("d"), quantField("qs", 16)),
	Q4_1:    members(halfField("d"), halfField("m"), quantField("qs", 16)),
	Q5_0:    members(halfField("d"), quantField("qh", 4), quantField("qs", 16)),
	Q5_1:    members(halfField("d"), halfField("m"), quantField("qh", 4), quantField("qs", 16)),
	Q8_0:    members(halfField("d"), quantField("qs", 32)),
	Q8_1:    members(halfField("d"), sumField("s", 2), quantField("qs", 32)),
	Q2_K:    members(scaleField("scales", 16), quantField("qs", 64), halfField("d"), halfField("dmin")),
	Q3_K:    members(quantField("hmask", 32), quantField("qs", 64), scaleField("scales", 12), halfField("d")),
	Q4_K:    members(halfField("d"), halfField("dmin"), scaleField("scales", 12), quantField("qs", 128)),
	Q5_K:    members(halfField("d"), halfField("dmin"), scaleField("scales", 12), quantField("qh", 32), quantField("qs", 128)),
	Q6_K:    members(quantField("ql", 128), quantField("qh", 64), scaleField("scales", 16), halfField("d")),
	Q8_K:    members(Field{Name: "d", Len: 4, Kind: ScaleF32}, quantField("qs", 256), sumField("bsums", 32)),
	IQ2_XXS: members(halfField("d"), mixedField("qs", 64)),
	IQ2_XS:  members(halfField("d"), quantField("qs", 64), scaleField("scales", 8)),
	IQ3_XXS: members(halfField("d"), quantField("qs", 64), mixedField("gas", 32)),
	IQ1_S:   members(halfField("d"), quantField("qs", 32), mixedField("qh", 16)),
	IQ4_NL:  members(halfField("d"), quantField("qs", 16)),
	IQ3_S:   members(halfField("d"), quantField("qs", 64), quantField("qh", 8), quantField("signs", 32), scaleField("scales", 4)),
	IQ2_S:   members(halfField("d"), quantField("qs", 32), quantField("signs", 32), quantField("qh", 8), scaleField("scales", 8)),
	IQ4_XS:  members(halfField("d"), scaleField("scales_h", 2), scaleField("scales_l", 4), quantField("qs", 128)),
	I8:      members(plainField(1)),
	I16:     members(plainField(2)),
	I32:     members(plainField(4)),
	I64:     members(plainField(8)),
	F64:     members(plainField(8)),
	IQ1_M:   members(quantField("qs", 32), quantField("qh", 16), scaleField("scales", 8)),
	BF16:    members(plainField(2)),
	TQ1_0:   members(quantField("qs", 48), quantField("qh", 4), halfField("d")),
	TQ2_0:   members(quantField("qs", 64), halfField("d")),
	MXFP4:   members(scaleField("e", 1), quantField("qs", 16)),
	NVFP4:   members(scaleField("d", 4), quantField("qs", 32)),
	Q1_0:    members(halfField("d"), quantField("qs", 16)),
	Q2_0:    members(halfField("d"), quantField("qs", 16)),
}

// members gives each field the offset behind the one before it.
func members(fields ...Field) []Field {
	off := 0
	for i := range fields {
		fields[i].Off = off
		off += fields[i].Len
	}
	return fields
}

func plainField(n int) Field              { return Field{Name: "value", Len: n, Kind: Values} }
func halfField(name string) Field         { return Field{Name: name, Len: 2, Kind: ScaleF16} }
func scaleField(name string, n int) Field { return Field{Name: name, Len: n, Kind: ScaleBytes} }
func quantField(name string, n int) Field { return Field{Name: name, Len: n, Kind: Quants} }
func mixedField(name string, n int) Field { return Field{Name: name, Len: n, Kind: Mixed} }
func sumField(name string, n int) Field   { return Field{Name: name, Len: n, Kind: Sums} }
