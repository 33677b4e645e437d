package codec

import (
	"bytes"
	"fmt"
	"slices"

	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// ParseNumbers reads the n numbers that [AppendNumbers] wrote, all of b. It takes memory
// in proportion to what b really holds, and to stride.
func ParseNumbers(b []byte, n int64, stride int) ([]int16, error) {
	return parseNumbers(kernelBest, b, n, stride)
}

func parseNumbers(k kernel, b []byte, n int64, stride int) ([]int16, error) {
	if n == 0 {
		if len(b) > 0 {
			return nil, fmt.Errorf("%d bytes of no numbers", len(b))
		}
		return nil, nil
	}
	s := getScratch(k)
	defer scratches.Put(s)
	var r numberReader
	if err := r.open(&s.dec, b, int(min(int64(max(stride, 1)), n))); err != nil {
		return nil, err
	}
	v, err := r.read(n)
	if err != nil {
		return nil, fmt.Errorf("number %d of %d: %w", len(v), n, err)
	}
	if err := r.close(); err != nil {
		return nil, err
	}
	return v, nil
}

// A numberReader reads numbers block by block.
type numberReader struct {
	dec     *entropy.Decoder
	raw     entropy.BitReader
	columns []numberColumn
	tables  []uint8 // of a block that begins in any column
	exact   bool    // no column has raw bits
}

// open reads the classes of stride columns and makes their tables.
func (r *numberReader) open(d *entropy.Decoder, b []byte, stride int) error {
	r.dec = d
	side, in, ok := entropy.CutSection(b)
	if !ok || len(side) == 0 {
		return entropy.ErrShort
	}
	classes, err := readClasses(d.Level, side[1:], stride)
	if err != nil {
		return err
	}
	r.makeTables(classes)
	r.raw.In, err = d.OpenWords(in, side[0])
	return err
}

// readClasses reads the classes of stride columns, all of side.
func readClasses(level cpu.Level, side []byte, stride int) ([]numberClass, error) {
	r := entropy.NewSmallReader(level, side)
	defer r.Free()
	classes := make([]numberClass, 0, min(stride, 4096))
	context, last := numberFirst, 0
	for i := range stride {
		last += r.Get(context)
		context = numberNext
		if r.Over() || last < 0 || last >= numberClasses {
			return nil, fmt.Errorf("column %d of %d: class %d, want 0 to %d", i, stride, last, numberClasses-1)
		}
		classes = append(classes, numberClass(last))
	}
	if !r.Done() {
		return nil, fmt.Errorf("classes: %d bytes do not end where they do", len(side))
	}
	return classes, nil
}

// makeTables makes what the classes of columns need.
func (r *numberReader) makeTables(classes []numberClass) {
	var made uint32
	r.exact = true
	r.columns = make([]numberColumn, len(classes))
	for i, class := range classes {
		c := class.column()
		if made>>c.table&1 == 0 {
			made |= 1 << c.table
			r.dec.SetTable(int(c.table), &bells[c.table], numberSymbols)
		}
		r.columns[i] = c
		r.exact = r.exact && c.raw == 0
	}
	r.tables = make([]uint8, len(classes)+blockLen)
	for i := range r.tables {
		if i < len(classes) {
			r.tables[i] = r.columns[i].table
		} else {
			r.tables[i] = r.tables[i-len(classes)]
		}
	}
}

// read reads n numbers; v are those before the error.
func (r *numberReader) read(n int64) (v []int16, err error) {
	v = make([]int16, 0, min(n, 4*blockLen))
	var tok [blockLen]uint8
	column := 0
	for n > 0 {
		t := tok[:min(n, blockLen)]
		if err := r.dec.Read(t, r.tables[column:]); err != nil {
			return v, err
		}
		at := len(v)
		v = slices.Grow(v, len(t))[:at+len(t)]
		if column, err = r.numbers(v[at:], t, column); err != nil {
			return v[:at], err
		}
		n -= int64(len(t))
	}
	return v, nil
}

// numbers sets v to what the symbols t, the first of a column, and raw bits say. It returns the
// column of the next.
func (r *numberReader) numbers(v []int16, t []uint8, column int) (int, error) {
	t = t[:len(v)]
	if r.exact && bytes.IndexByte(t, numberEscape) < 0 {
		for i, sym := range t {
			v[i] = int16(sym) - numberZero
		}
		return (column + len(v)) % len(r.columns), nil
	}
	for i, sym := range t {
		raw := r.columns[column].raw & 15
		x := int(sym) - numberZero
		switch {
		case sym == numberEscape:
			x = int(int16(r.raw.Get(16)))
		case raw > 0:
			x = x<<raw + int(r.raw.Get(uint(raw))) - 1<<raw>>1
		}
		if x < -MaxNumber || x > MaxNumber {
			return 0, fmt.Errorf("got %d, want ±%d", x, MaxNumber)
		}
		v[i] = int16(x)
		if column++; column == len(r.columns) {
			column = 0
		}
	}
	return column, nil
}

// close checks that all was read.
func (r *numberReader) close() error {
	if !r.raw.Done() {
		return fmt.Errorf("raw bits: %d bytes, want %d", len(r.raw.In), (r.raw.Pos+7)/8)
	}
	return r.dec.Close()
}
