package codec

import (
	"encoding/binary"
	"errors"

	"dits/cpu"
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
	s.side = append(s.side[:0], byte(laneLog|uint(fine-bits)/2<<3), byte(nsym-1))
	w := newSmallWriter()
	mapping := s.writeMap(w, nctx)
	s.writeTables(w, nsym, bits)
	s.side = w.close(s.side)
	s.tab = grow(s.tab, len(s.tok))
	mapping.tables(s.kernel, s.tab, s.ctx[:len(s.tok)], nctx)
	s.words = grow(s.words, len(s.tok)+ransSlack)
	dst = binary.AppendUvarint(dst, uint64(len(s.side)))
	dst = append(dst, s.side...)
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

// writeMap codes how many contexts share each table; for the last of several a length
// is not needed if it is one.
func (s *scratch) writeMap(w *smallWriter, nctx int) (m tableMap) {
	at := 0
	for k := range s.clust {
		end := nctx
		if k+1 < len(s.clust) {
			end = s.clust[k+1].first
		}
		if nctx-at > 1 {
			w.put(smallLength, end-at-1)
		}
		for ; at < end; at++ {
			m[at] = uint8(k)
		}
	}
	return m
}

// writeTables codes the tables of all clusters and makes what coding needs.
func (s *scratch) writeTables(w *smallWriter, nsym int, bits precision) {
	tc := tableCoder{prev: &blank, top: nsym - 1}
	for k := range s.clust {
		t, c := &s.tables[k], &s.clust[k]
		for i, n := range s.hist[c.first][:nsym] {
			t.level[i] = levelOf(n, c.total)
		}
		tc.write(w, t, nsym)
		t.spread(nsym, bits)
		s.syms.fill(k, t, nsym, bits)
		if s.kernel.use() != cpu.Go {
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
	if len(side) < 2 || side[0]>>4 != 0 || side[0]&7 > maxLaneLog {
		return nil, errTokens
	}
	laneLog := side[0] & 7
	bits := fine - precision(side[0]>>3)*(fine-coarse)
	t.nsym = int(side[1]) + 1
	if err := t.readTables(side[2:], nctx, bits); err != nil {
		return nil, err
	}
	var err error
	from := len(in) - len(rest) - len(words)
	s.buf, err = t.rans.open(in[from:], s.buf, len(words), 1<<laneLog, bits)
	return rest, err
}

// readTables reads the map of contexts and the tables.
func (t *tokenReader) readTables(side []byte, nctx int, bits precision) error {
	r := newSmallReader(t.s.kernel, side)
	defer r.free()
	k, ok := t.readMap(r, nctx)
	if !ok {
		return errTokens
	}
	tc := tableCoder{prev: &blank, top: t.nsym - 1}
	for i := range k {
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

// readMap reads which contexts share a table and returns the number of tables.
func (t *tokenReader) readMap(r *smallReader, nctx int) (tables int, ok bool) {
	for at := 0; at < nctx; tables++ {
		n := 1
		if nctx-at > 1 {
			n = r.get(smallLength) + 1
		}
		if tables == maxTables || n < 1 || n > nctx-at {
			return 0, false
		}
		for range n {
			t.mapping[at] = uint8(tables)
			at++
		}
	}
	return tables, true
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
