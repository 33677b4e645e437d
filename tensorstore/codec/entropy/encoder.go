package entropy

import (
	"encoding/binary"
	"slices"

	"dits/cpu"
)

// An Encoder codes symbols below 256, each in a context or a table of its own. Its zero value is ready; it keeps
// some 700 KB, and what a chunk takes, for the next. It is for one call at a time.
type Encoder struct {
	Level  cpu.Level // of the instructions to run in
	Tok    []uint8   // the symbols to code
	Ctx    []uint16  // their contexts, for Append
	Tab    []uint8   // their tables, for AppendWords; Append sets it
	words  []uint16  // words, the last first
	side   []byte    // coded tables
	hist   histogram
	clust  []cluster
	tables [maxTables]Table
	syms   ransSyms
	pairs  ransPairs
}

// Append appends the section for e.Tok in the contexts e.Ctx, all below
// nctx, symbols below nsym: its length, tables, states and words.
func (e *Encoder) Append(dst []byte, nctx, nsym int) []byte {
	e.count(nctx, nsym)
	e.clust = e.hist.merge(e.clust, nctx, nsym, maxTables)
	for nsym > 1 && e.unused(nsym-1) {
		nsym--
	}
	var cost int64
	for i := range e.clust {
		cost += e.clust[i].cost >> 16
	}
	laneLog := uint(0)
	for laneLog < MaxLaneLog && cost/8>>(laneLog+1) >= laneBytes {
		laneLog++
	}
	bits := e.precision(cost, nsym)
	e.side = append(e.side[:0], byte(laneLog|uint(fine-bits)/2<<3), byte(nsym-1))
	w := NewSmallWriter()
	mapping := e.writeMap(w, nctx)
	e.writeTables(w, nsym, bits)
	e.side = w.Close(e.side)
	e.Tab = slices.Grow(e.Tab[:0], len(e.Tok))[:len(e.Tok)]
	mapping.tables(kernel(e.Level), e.Tab, e.Ctx[:len(e.Tok)], nctx)
	dst = binary.AppendUvarint(dst, uint64(len(e.side)))
	dst = append(dst, e.side...)
	return e.appendWords(dst, 1<<laneLog, bits)
}

// precision is coarse for symbols that take cost bits, where that costs at most
// a thousandth: each symbol rarer than one in 1<<coarse gets more than its due,
// and the others lose the logarithm of that.
func (e *Encoder) precision(cost int64, nsym int) precision {
	var over int64 // in 1<<coarse, a symbol
	for i := range e.clust {
		total, used := int64(e.clust[i].total), 0
		for _, n := range e.hist[e.clust[i].first][:nsym] {
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
func (e *Encoder) count(nctx, nsym int) {
	h := &e.hist
	clear(h[:nctx])
	ctx := e.Ctx[:len(e.Tok)]
	if nctx <= SizeContexts && nsym <= classes16 && kernel(e.Level).count(h, ctx, e.Tok) {
		return
	}
	for i, t := range e.Tok {
		h[ctx[i]][t]++
	}
}

// unused reports that no cluster has symbol t.
func (e *Encoder) unused(t int) bool {
	for i := range e.clust {
		if e.hist[e.clust[i].first][t] > 0 {
			return false
		}
	}
	return true
}

// writeMap codes how many contexts share each table; for the last of several a length
// is not needed if it is one.
func (e *Encoder) writeMap(w *SmallWriter, nctx int) (m tableMap) {
	at := 0
	for k := range e.clust {
		end := nctx
		if k+1 < len(e.clust) {
			end = e.clust[k+1].first
		}
		if nctx-at > 1 {
			w.Put(smallLength, end-at-1)
		}
		for ; at < end; at++ {
			m[at] = uint8(k)
		}
	}
	return m
}

// writeTables codes the tables of all clusters and makes what coding needs.
func (e *Encoder) writeTables(w *SmallWriter, nsym int, bits precision) {
	tc := tableCoder{prev: &blank, top: nsym - 1}
	for k := range e.clust {
		t, c := &e.tables[k], &e.clust[k]
		for i, n := range e.hist[c.first][:nsym] {
			t.Level[i] = levelOf(n, c.total)
		}
		tc.write(w, t, nsym)
		t.spread(nsym, bits)
		e.setTable(k, t, nsym, bits)
	}
}

// setTable makes what coding n symbols in table k takes.
func (e *Encoder) setTable(k int, t *Table, n int, bits precision) {
	e.syms.fill(k, t, n, bits)
	if kernel(e.Level).use() != cpu.Go {
		e.pairs.fill(k, t, n, bits)
	}
}

// SetTable makes t, of n symbols, table k below 32 of those that AppendWords codes in.
func (e *Encoder) SetTable(k int, t *Table, n int) { e.setTable(k, t, n, fine) }

// AppendWords appends e.Tok as a section of words in 1<<laneLog lanes. It is for those who know the table of each
// symbol, e.Tab, and have set these; a reader has to do the same.
func (e *Encoder) AppendWords(dst []byte, laneLog uint) []byte {
	return e.appendWords(dst, 1<<laneLog, fine)
}
