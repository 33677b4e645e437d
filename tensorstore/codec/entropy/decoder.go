package entropy

import "dits/cpu"

// A Decoder reads what an [Encoder] wrote, block by block. Its zero value is ready; it keeps some 600 KB for the next
// section. It is for one section at a time.
type Decoder struct {
	Level   cpu.Level // of the instructions to run in
	mapping tableMap
	nctx    int
	nsym    int
	rans    ransReader
	buf     []byte // input, where it has to be copied
	tables  [maxTables]Table
	slots   slots
}

// Open reads the tables of a section for nctx contexts and returns what
// follows it.
func (d *Decoder) Open(in []byte, nctx int) ([]byte, error) {
	d.nctx = nctx
	side, in, ok := CutSection(in)
	if !ok {
		return nil, ErrShort
	}
	if len(side) < 2 || side[0]>>4 != 0 || side[0]&7 > MaxLaneLog {
		return nil, errTokens
	}
	laneLog := side[0] & 7
	bits := fine - precision(side[0]>>3)*(fine-coarse)
	d.nsym = int(side[1]) + 1
	if err := d.readTables(side[2:], nctx, bits); err != nil {
		return nil, err
	}
	return d.openWords(in, 1<<laneLog, bits)
}

// readTables reads the map of contexts and the tables.
func (d *Decoder) readTables(side []byte, nctx int, bits precision) error {
	r := NewSmallReader(d.Level, side)
	defer r.Free()
	k, ok := d.readMap(r, nctx)
	if !ok {
		return errTokens
	}
	tc := tableCoder{prev: &blank, top: d.nsym - 1}
	for i := range k {
		tb := &d.tables[i]
		if r.Over() || !tc.read(r, tb, d.nsym) || !tb.spread(d.nsym, bits) {
			return errTokens
		}
		d.slots.fill(kernel(d.Level), i, tb, d.nsym, bits)
	}
	if !r.Done() {
		return errTokens
	}
	return nil
}

// readMap reads which contexts share a table and returns the number of tables.
func (d *Decoder) readMap(r *SmallReader, nctx int) (tables int, ok bool) {
	for at := 0; at < nctx; tables++ {
		n := 1
		if nctx-at > 1 {
			n = r.Get(smallLength) + 1
		}
		if tables == maxTables || n < 1 || n > nctx-at {
			return 0, false
		}
		for range n {
			d.mapping[at] = uint8(tables)
			at++
		}
	}
	return tables, true
}

// openWords begins to read a section of words, the first of in, and returns what follows it.
func (d *Decoder) openWords(in []byte, lanes int, bits precision) (rest []byte, err error) {
	words, rest, ok := CutSection(in)
	if !ok {
		return nil, ErrShort
	}
	from := len(in) - len(rest) - len(words)
	d.buf, err = d.rans.open(in[from:], d.buf, len(words), lanes, bits)
	return rest, err
}

// SetTable makes t, of n symbols, table k below 32 of those that OpenWords reads in.
func (d *Decoder) SetTable(k int, t *Table, n int) { d.slots.fill(kernel(d.Level), k, t, n, fine) }

// OpenWords begins to read what [Encoder.AppendWords] wrote, the first of in, and returns what follows it.
func (d *Decoder) OpenWords(in []byte, laneLog uint8) (rest []byte, err error) {
	if laneLog > MaxLaneLog {
		return nil, errTokens
	}
	return d.openWords(in, 1<<laneLog, fine)
}

// Symbols is how many symbols the section can have: all read are below.
func (d *Decoder) Symbols() int { return d.nsym }

// Map has the table of each context.
func (d *Decoder) Map() *[MapLen]uint8 { return (*[MapLen]uint8)(&d.mapping) }

// Tables sets tab to the tables of contexts.
func (d *Decoder) Tables(tab []uint8, ctx []uint16) {
	d.mapping.tables(kernel(d.Level), tab, ctx, d.nctx)
}

// Read decodes the next len(tok) symbols, of the tables tab. But for the last call that is a multiple of 64.
func (d *Decoder) Read(tok, tab []uint8) error {
	return d.rans.read(kernel(d.Level), &d.slots, tok, tab)
}

// Close checks that all has been read, and ends where the encoder began.
func (d *Decoder) Close() error { return d.rans.close() }
