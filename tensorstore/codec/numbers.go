package codec

import "fmt"

// MaxNumber bounds what [AppendNumbers] takes, either way.
const MaxNumber = 1<<15 - 1

// numberContexts is how many models a column of numbers has: by the magnitude of the
// number before it in the same row, none or small, middle, large.
const numberContexts = 3

// AppendNumbers appends the encoding of v to dst: rows of stride small numbers of either
// sign, each column with a distribution of its own around zero, in adaptive binary range
// code. It is meant for parameters of a prediction, some hundred thousand at most. A
// stride under 1 counts as 1.
func AppendNumbers(dst []byte, v []int16, stride int) []byte {
	stride = max(stride, 1)
	w := newBinWriter(dst)
	models := make([][numberContexts]num, stride)
	for i := 0; i < len(v); i += stride {
		context := 0
		for k, x := range v[i:min(i+stride, len(v))] {
			models[k][context].write(w, int64(x))
			context = numberContext(x)
		}
	}
	return w.close()
}

func numberContext(x int16) int {
	switch {
	case x >= -2 && x <= 2:
		return 0
	case x >= -8 && x <= 8:
		return 1
	}
	return 2
}

// ParseNumbers reads the n numbers that [AppendNumbers] wrote, all of b. It takes memory
// in proportion to what b really holds, and to stride.
func ParseNumbers(b []byte, n int64, stride int) ([]int16, error) {
	stride = max(stride, 1)
	r := newBinReader(b)
	models := make([][numberContexts]num, stride)
	v := make([]int16, 0, min(n, 4096))
	context := 0
	for i := range n {
		k := int(i % int64(stride))
		if k == 0 {
			context = 0
		}
		x := models[k][context].read(r)
		if r.over() {
			return nil, fmt.Errorf("number %d of %d: %w", i, n, errShort)
		}
		if x < -MaxNumber || x > MaxNumber {
			return nil, fmt.Errorf("number %d: got %d, want ±%d", i, x, MaxNumber)
		}
		v = append(v, int16(x))
		context = numberContext(v[i])
	}
	if !r.done() {
		return nil, fmt.Errorf("%d bytes do not end where the numbers do", len(b))
	}
	return v, nil
}
