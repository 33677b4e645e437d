package entropy

import "errors"

// A tokens section holds symbols below 256, each coded in one of up to 320
// contexts that both sides know.

// laneBytes are the bytes of words that justify one more lane.
const laneBytes = 1024

// MaxLaneLog is the binary logarithm of MaxLanes.
const MaxLaneLog = 6

var errTokens = errors.New("tokens: bad tables")

// MapLen is a power of two above the contexts that there are, so that an index needs no check.
const MapLen = 512

// A tableMap has the table of each context.
type tableMap [MapLen]uint8

// first is the part for contexts of scales.
func (m *tableMap) first() *[SizeContexts]uint8 { return (*[SizeContexts]uint8)(m[:]) }

// tables sets tab to the tables of contexts below nctx.
func (m *tableMap) tables(kernel kernel, tab []uint8, ctx []uint16, nctx int) {
	k := 0
	if nctx <= SizeContexts {
		k = kernel.tables(tab, ctx, m.first())
	}
	tab = tab[:len(ctx)]
	for i, c := range ctx[k:] {
		tab[k+i] = m[c&(MapLen-1)]
	}
}
