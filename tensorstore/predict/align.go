package predict

const (
	// maxHead is the longest head that is looked for, in rows.
	maxHead = 1024
	// alike is the squared distance of two rows, as a share of their squares, under which one
	// comes from the other: 2 is that of strangers, 0.2 that of a quant of 2 bits.
	alike = 0.5
)

// TwoMatrices have the same shape and are read a row at a time; nil is a row that cannot be read.
type TwoMatrices struct {
	Count       int64
	Mine, Other func(i int64) []float32
}

// Align finds how rows of the other matrix are to be ordered to be those of mine; nil for as they are. It
// goes by what some rows hold, of which a few may be anything.
func (m TwoMatrices) Align() *Arrangement {
	if m.Count < 4 || m.Count%2 != 0 {
		return nil
	}
	probe := m.probe()
	var best *Arrangement // as they are
	least := probe.misses(&Arrangement{}, probeMisses+1)
	for head := int64(4); head <= min(maxHead, m.Count) && least > 0; head += 2 {
		for _, pairs := range []bool{false, true} {
			order := &Arrangement{Heads: m.Count / head, Pairs: pairs}
			if m.Count%head != 0 {
				continue
			}
			if n := probe.misses(order, least); n < least {
				best, least = order, n
			}
		}
	}
	return best
}

// A rowProbe is some rows of the first of two matrices.
type rowProbe struct {
	TwoMatrices
	at   []int64
	rows [][]float32
}

// probe reads rows that heads of different lengths move to different places: powers of two, for one lies in
// the first half of the longer head and not of the shorter, or in the second of both.
func (m TwoMatrices) probe() rowProbe {
	p := rowProbe{TwoMatrices: m, at: []int64{3, m.Count - 2}}
	for i := int64(1); i < min(m.Count, 2*maxHead); i *= 2 {
		p.at = append(p.at, i)
	}
	for _, i := range p.at {
		p.rows = append(p.rows, m.Mine(i))
	}
	return p
}

// probeMisses is how many rows of a probe may not be what an order says.
const probeMisses = 2

// misses is how many rows are not what an order says, most if so many are not.
func (p rowProbe) misses(order *Arrangement, most int) (n int) {
	for k, i := range p.at {
		if n == most {
			break
		}
		if !areAlike(p.rows[k], p.Other(order.Row(i, p.Count))) {
			n++
		}
	}
	return n
}

// alikePiece is how many values of a row are compared at a time: most of a row has to be alike.
const alikePiece = 32

// areAlike says that two rows are about the same, most pieces of them; either may be nil.
func areAlike(a, b []float32) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	votes := 0
	for i := 0; i < len(a); i += alikePiece {
		end := min(i+alikePiece, len(a))
		if pieceAlike(a[i:end], b[i:end]) {
			votes++
		} else {
			votes--
		}
	}
	return votes > 0
}

func pieceAlike(a, b []float32) bool {
	var apart, size float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		apart += float64((x - y) * (x - y))
		size += (float64(x*x) + float64(y*y)) / 2
	}
	return apart < alike*size
}
