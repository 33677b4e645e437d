package codec

import (
	"encoding/binary"

	"dits/tensorstore/codec/entropy"
)

// Contexts of the small integers of numbers.
const (
	numberFirst = 0 // class of the first column
	numberNext  = 1 // of another, less that before
)

// AppendNumbers appends the encoding of v to dst: rows of stride numbers within ±MaxNumber.
// It is meant for parameters of a prediction. A stride under 1 counts as 1.
func AppendNumbers(dst []byte, v []int16, stride int) []byte {
	return appendNumbers(kernelBest, dst, v, stride)
}

func appendNumbers(k kernel, dst []byte, v []int16, stride int) []byte {
	if len(v) == 0 {
		return dst
	}
	s := getScratch(k)
	defer scratches.Put(s)
	classes := classesOfColumns(v, min(max(stride, 1), len(v)))
	laneLog := numberLaneLog(classes, len(v))
	side := appendClasses([]byte{byte(laneLog)}, classes)
	dst = binary.AppendUvarint(dst, uint64(len(side)))
	dst = append(dst, side...)
	s.numberTables(classes)
	raw := s.numberSymbols(v, classes)
	dst = s.AppendWords(dst, laneLog)
	return append(dst, raw...)
}

// appendClasses appends the classes of columns.
func appendClasses(dst []byte, classes []numberClass) []byte {
	w := entropy.NewSmallWriter()
	context, last := numberFirst, 0
	for _, c := range classes {
		w.Put(context, int(c)-last)
		context, last = numberNext, int(c)
	}
	return w.Close(dst)
}

// numberLaneLog is the binary logarithm of the lanes for n numbers in columns of classes.
func numberLaneLog(classes []numberClass, n int) (l uint) {
	sum := 0 // of quarter bits: a class has one more than that before
	for _, c := range classes {
		sum += int(c.table()) + 2
	}
	words := n * sum / (32 * len(classes))
	for l < entropy.MaxLaneLog && words>>(l+1) >= numberLanes {
		l++
	}
	return l
}

// numberTables makes what coding in the tables of classes needs.
func (s *scratch) numberTables(classes []numberClass) {
	var made uint32
	for _, c := range classes {
		k := c.table()
		if made>>k&1 == 1 {
			continue
		}
		made |= 1 << k
		s.SetTable(int(k), &bells[k], numberSymbols)
	}
}

// numberSymbols sets s.Tok and s.Tab to the symbols of v and their tables
// and returns the raw bits.
func (s *scratch) numberSymbols(v []int16, classes []numberClass) []byte {
	s.Tok, s.Tab = grow(s.Tok, len(v)), grow(s.Tab, len(v))
	s.raw = grow(s.raw, 2*len(v)+8)
	w := entropy.NewBitWriter(s.raw)
	columns := make([]numberColumn, len(classes))
	for k, c := range classes {
		columns[k] = c.column()
	}
	for i := 0; i < len(v); i += len(columns) {
		end := min(i+len(columns), len(v))
		symbolsOfRow(&w, s.Tok[i:end], s.Tab[i:end], v[i:end], columns)
	}
	return w.Close()
}

// symbolsOfRow sets tok and tab to the symbols and tables of a row, and writes its raw bits.
func symbolsOfRow(w *entropy.BitWriter, tok, tab []uint8, row []int16, columns []numberColumn) {
	tok, tab, columns = tok[:len(row)], tab[:len(row)], columns[:len(row)]
	for k, x := range row {
		c := columns[k]
		up := int(x) + 1<<(c.raw&15)>>1
		multiple := up >> (c.raw & 15)
		tab[k] = c.table
		if multiple < -int(c.most) || multiple > int(c.most) {
			tok[k] = numberEscape
			w.Put56(uint64(uint16(x)), 16)
			continue
		}
		tok[k] = uint8(multiple + numberZero)
		if c.raw > 0 {
			w.Put56(uint64(up)&(1<<(c.raw&15)-1), uint(c.raw))
		}
	}
}

// classesOfColumns are the classes of the columns of v.
func classesOfColumns(v []int16, stride int) []numberClass {
	sums := make([]uint64, stride)
	for i := 0; i < len(v); i += stride {
		row := v[i:min(i+stride, len(v))]
		for k, x := range row {
			sums[k] += uint64(max(int(x), -int(x)))
		}
	}
	classes := make([]numberClass, stride)
	for k, sum := range sums {
		classes[k] = classOf(sum, (len(v)-k+stride-1)/stride)
	}
	return classes
}
