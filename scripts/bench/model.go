package main

// Frequencies of a model add up to 1<<modelBits; they are computed anew every refresh
// symbols at most, and counts are halved when they exceed memory.
const (
	modelBits  = 16
	refresh    = 1024
	memory     = 1 << 17
	lookupBits = 7
)

// A model is an adaptive distribution over a few symbols that changes only now and
// then, as in Schindler's range coder.
type model struct {
	cum    []uint32 // len(count)+1 of them
	count  []uint32
	lookup [1<<lookupBits + 1]uint8 // symbol at each 1<<(modelBits-lookupBits)
	left   int                      // symbols until the next refresh
	period int
}

func newModel(symbols int) *model {
	m := &model{cum: make([]uint32, symbols+1), count: make([]uint32, symbols), period: 16}
	for i := range m.count {
		m.count[i] = 1
	}
	m.update()
	return m
}

// add counts a symbol.
func (m *model) add(s int) {
	m.count[s] += 2
	if m.left--; m.left == 0 {
		m.period = min(2*m.period, refresh)
		m.update()
	}
}

// update makes the frequencies follow the counts; each is at least 1.
func (m *model) update() {
	m.left = m.period
	var total uint64
	for _, c := range m.count {
		total += uint64(c)
	}
	spare := uint64(1<<modelBits - len(m.count))
	var before uint64
	for s, c := range m.count {
		m.cum[s] = uint32(before*spare/total) + uint32(s)
		before += uint64(c)
		if total > memory {
			m.count[s] = c>>1 | 1
		}
	}
	m.cum[len(m.count)] = 1 << modelBits
	s := 0
	for i := range m.lookup {
		for s+1 < len(m.count) && m.cum[s+1] <= uint32(i)<<(modelBits-lookupBits) {
			s++
		}
		m.lookup[i] = uint8(s)
	}
}

// find is the symbol whose range v is in.
func (m *model) find(v uint32) int {
	s := int(m.lookup[v>>(modelBits-lookupBits)])
	for m.cum[s+1] <= v {
		s++
	}
	return s
}
