package codec

import "dits/tensorstore/codec/entropy"

// Numbers are small integers of either sign in rows of a stride, each column with a spread of
// its own around zero, such as the factors of a matrix of low rank. They take a class a column
// and no tables: the distributions are bells, which both sides make from the class. doc.go has
// the bytes.

// MaxNumber bounds what [AppendNumbers] takes, either way.
const MaxNumber = 1<<15 - 1

const (
	// The classes of columns are a quarter octave apart, the first of a standard deviation of
	// 0.31. From numberTables on a column has raw bits and a table of the last octave.
	numberTables  = 20
	numberClasses = 68
	numberZero    = 64 // symbol of 0
	numberSymbols = 2 * numberZero
	numberEscape  = 0   // symbol of what is too far off, followed by all of it
	numberLanes   = 512 // bytes of words that justify one more lane
	escapeLevel   = entropy.MaxLevel - 10*entropy.LevelSteps
)

// A numberClass is how far the numbers of a column spread.
type numberClass uint8

// raw is the number of raw bits.
func (c numberClass) raw() uint {
	if c < numberTables {
		return 0
	}
	return uint(c-numberTables)/4 + 1
}

// table is the number of the table.
func (c numberClass) table() uint8 {
	if c < numberTables {
		return uint8(c)
	}
	return numberTables - 4 + uint8(c)%4
}

// bellDrop is how many quarter octaves ±1 is less frequent than 0 in the first two classes, in
// 1/65536: 30, so that a number takes a hundredth of a bit at the least, and half an octave
// less. The logarithm of a normal distribution falls with the square.
var bellDrop = [2]uint64{30 << 16, 1390203}

// bells are the tables of all classes.
var bells = makeBells()

func makeBells() (all [numberTables]entropy.Table) {
	for i := range all {
		all[i] = bell(i)
	}
	return all
}

// bell makes the table of that number.
func bell(number int) (t entropy.Table) {
	t.Level[numberZero] = entropy.MaxLevel
	for x := uint64(1); x < numberZero; x++ {
		drop := (x*x*bellDrop[number%2]>>(number/2) + 1<<15) >> 16
		if drop >= entropy.MaxLevel {
			break
		}
		t.Level[numberZero-x], t.Level[numberZero+x] = uint8(entropy.MaxLevel-drop), uint8(entropy.MaxLevel-drop)
	}
	t.Level[numberEscape] = escapeLevel
	t.Spread(numberSymbols)
	return t
}

// A numberColumn is what coding in a class takes.
type numberColumn struct {
	raw   uint8 // bits
	table uint8
	most  int16 // largest multiple that has a symbol
}

func (c numberClass) column() numberColumn {
	n := numberColumn{raw: uint8(c.raw()), table: c.table()}
	for n.most+1 < numberZero && bells[n.table].Level[numberZero+n.most+1] > 0 {
		n.most++
	}
	return n
}

// mean is the mean magnitude of the numbers of a class, in 1/4096.
func (c numberClass) mean() uint64 { return bellMeans[c.table()] << c.raw() }

var bellMeans = makeBellMeans()

func makeBellMeans() (m [numberTables]uint64) {
	for k := range m {
		for x := range numberZero {
			m[k] += uint64(x) * 2 * uint64(bells[k].Freq[numberZero+x])
		}
	}
	return m
}

// classOf is the class for count numbers whose magnitudes sum to sum, that whose mean is
// nearest.
func classOf(sum uint64, count int) numberClass {
	c := numberClass(0)
	for c+1 < numberClasses && 2*sum<<entropy.TableBits > uint64(count)*(c.mean()+(c+1).mean()) {
		c++
	}
	return c
}
