package codec

import (
	"encoding/binary"
	"errors"
)

// A tokens section holds symbols below 256, each coded in one of up to 320
// contexts that both sides know.

// laneBytes are the bytes of words that justify one more lane.
const laneBytes = 1024

// maxLaneLog is the binary logarithm of maxLanes.
const maxLaneLog = 6

var errTokens = errors.New("tokens: bad tables")

// appendTokens appends the section for s.tok in the contexts s.ctx, all below
// nctx, symbols below nsym: its length, tables, states and words.
func (s *scratch) appendTokens(dst []byte, nctx, nsym int) []byte {
	s.count(nctx, nsym)
	s.clust = s.hist.merge(s.clust, nctx, nsym, maxTables)
	for nsym > 1 && s.unused(nsym-1) {
		nsym--
	}
	var cost int64
	for i := range s.clust {
		cost += s.clust[i].cost >> 16
	}
	laneLog := uint(0)
	for laneLog < maxLaneLog && cost/8>>(laneLog+1) >= laneBytes {
		laneLog++
	}
	bits := s.precision(cost, nsym)
	w := newBinWriter(nil)
	w.bits(uint64(laneLog), 3)
	w.bits(uint64(fine-bits)/2, 1)
	w.bits(uint64(nsym-1), 8)
	mapping := s.writeMap(w, nctx)
	s.writeTables(w, nsym, bits)
	side := w.close()
	s.tab = grow(s.tab, len(s.tok))
	mapping.tables(s.kernel, s.tab, s.ctx[:len(s.tok)], nctx)
	s.words = grow(s.words, len(s.tok)+ransSlack)
	dst = binary.AppendUvarint(dst, uint64(len(side)))
	dst = append(dst, side...)
	return s.ransWrite(dst, 1<<laneLog, bits)
}

// precision is coarse for symbols that take cost bits, where that costs at most
// a thousandth: each symbol rarer than one in 1<<coarse gets more than its due,
// and the others lose the logarithm of that.
func (s *scratch) precision(cost int64, nsym int) precision {
	var over int64 // in 1<<coarse, a symbol
	for i := range s.clust {
		total, used := int64(s.clust[i].total), 0
		for _, n := range s.hist[s.clust[i].first][:nsym] {
			if n > 0 {
				used++
				over += max(total-int64(n)<<coarse, 0)
			}
		}
		if used == 1 { // it gets all but one
			over += total
		}
	}
	if over*3/2 <= cost {
		return coarse
	}
	return fine
}

// count fills the histogram.
func (s *scratch) count(nctx, nsym int) {
	h := &s.hist
	clear(h[:nctx])
	ctx := s.ctx[:len(s.tok)]
	if nctx <= scaleContexts && nsym <= classes16 && s.kernel.count(h, ctx, s.tok) {
		return
	}
	for i, t := range s.tok {
		h[ctx[i]][t]++
	}
}

// unused reports that no cluster has symbol t.
func (s *scratch) unused(t int) bool {
	for i := range s.clust {
		if s.hist[s.clust[i].first][t] > 0 {
			return false
		}
	}
	return true
}

// writeMap codes where in the order of contexts a new table begins.
func (s *scratch) writeMap(w *binWriter, nctx int) (m tableMap) {
	var begin bit
	k := 0
	for c := 1; c < nctx; c++ {
		if k+1 < len(s.clust) && c == s.clust[k+1].first {
			k++
			w.bit(&begin, 1)
		} else if k+1 < maxTables {
			w.bit(&begin, 0)
		}
		m[c] = uint8(k)
	}
	return m
}

// writeTables codes the tables of all clusters and makes what coding needs.
func (s *scratch) writeTables(w *binWriter, nsym int, bits precision) {
	tc := newTableCoder()
	for k := range s.clust {
		t, c := &s.tables[k], &s.clust[k]
		for i, n := range s.hist[c.first][:nsym] {
			t.level[i] = levelOf(n, c.total)
		}
		tc.write(w, t, nsym)
		t.spread(nsym, bits)
		s.syms.fill(k, t, nsym, bits)
		if s.kernel.use() != kernelGo {
			s.pairs.fill(k, t, nsym, bits)
		}
	}
}

// A tableMap has the table of each context, with room for more contexts than
// there are, so that an index needs no check.
type tableMap [512]uint8

// first is the part for contexts of scales.
func (m *tableMap) first() *[scaleContexts]uint8 { return (*[scaleContexts]uint8)(m[:]) }

// tables sets tab to the tables of contexts below nctx.
func (m *tableMap) tables(kernel kernel, tab []uint8, ctx []uint16, nctx int) {
	k := 0
	if nctx <= scaleContexts {
		k = kernel.tables(tab, ctx, m.first())
	}
	tab = tab[:len(ctx)]
	for i, c := range ctx[k:] {
		tab[k+i] = m[c&511]
	}
}

// A tokenReader reads a tokens section block by block.
type tokenReader struct {
	s       *scratch
	mapping tableMap
	nctx    int
	rans    ransReader
	nsym    int
}

// open reads the tables of a section for nctx contexts and returns what
// follows it.
func (t *tokenReader) open(s *scratch, in []byte, nctx int) ([]byte, error) {
	t.s, t.nctx = s, nctx
	side, in, ok := cutLen(in)
	if !ok {
		return nil, errShort
	}
	words, rest, ok := cutLen(in)
	if !ok {
		return nil, errShort
	}
	r := newBinReader(side)
	laneLog := r.bits(3)
	bits := fine - precision(2*r.bits(1))
	t.nsym = int(r.bits(8)) + 1
	if laneLog > maxLaneLog {
		return nil, errTokens
	}
	if err := t.readTables(r, nctx, bits); err != nil {
		return nil, err
	}
	var err error
	from := len(in) - len(rest) - len(words)
	s.buf, err = t.rans.open(in[from:], s.buf, len(words), 1<<laneLog, bits)
	return rest, err
}

// readTables reads the map of contexts and the tables.
func (t *tokenReader) readTables(r *binReader, nctx int, bits precision) error {
	var begin bit
	k := 0
	for c := 1; c < nctx; c++ {
		if k+1 < maxTables && r.bit(&begin) == 1 {
			k++
		}
		t.mapping[c] = uint8(k)
	}
	tc := newTableCoder()
	for i := range k + 1 {
		tb := &t.s.tables[i]
		if r.over() || !tc.read(r, tb, t.nsym) || !tb.spread(t.nsym, bits) {
			return errTokens
		}
		t.s.slots.fill(t.s.kernel, i, tb, t.nsym, bits)
	}
	if !r.done() {
		return errTokens
	}
	return nil
}

// read decodes the next len(tok) symbols, of the tables tab.
func (t *tokenReader) read(tok, tab []uint8) error {
	return t.rans.read(t.s.kernel, &t.s.slots, tok, tab)
}

// tablesOf sets tab to the tables of contexts.
func (t *tokenReader) tablesOf(tab []uint8, ctx []uint16) {
	t.mapping.tables(t.s.kernel, tab, ctx, t.nctx)
}

// cutLen cuts a section off in: its length, then as many bytes.
func cutLen(in []byte) (section, rest []byte, ok bool) {
	n, k := binary.Uvarint(in)
	if k <= 0 || n > uint64(len(in)-k) {
		return nil, nil, false
	}
	return in[k : k+int(n)], in[k+int(n):], true
}
