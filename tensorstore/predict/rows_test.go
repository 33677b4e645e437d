package predict

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// rowsOf is a prediction of rows of width BF16 numbers.
func rowsOf(rows, width int64, runs ...Run) *Prediction {
	return &Prediction{Kind: Rows, Elem: codec.BF16, From: codec.BF16, Elements: rows * width, Width: width, Sources: []digest.ID{{1}}, By: Runs(runs)}
}

// TestRowsOfARange compares every range with a prediction made row by row.
func TestRowsOfARange(t *testing.T) {
	const rows, width = 12, 5
	p := rowsOf(rows, width, Run{1, 3, 0}, Run{4, 2, 9}, Run{9, 2, 2})
	source := make([]byte, 2*11*width)
	for i := range source {
		source[i] = byte(i + 1)
	}
	want := make([]byte, 2*rows*width)
	for _, pair := range [][2]int{{1, 0}, {2, 1}, {3, 2}, {4, 9}, {5, 10}, {9, 2}, {10, 3}} {
		copy(want[pair[0]*2*width:][:2*width], source[pair[1]*2*width:])
	}
	for first := range rows * width {
		for n := range len(want) - 2*first {
			got := bytes.Repeat([]byte{0xaa}, n)
			require.NoError(t, p.Predict(got, int64(first), sourcesOf(source)))
			require.Equal(t, want[2*first:][:n], got, "%d bytes from element %d", n, first)
		}
	}
	// A source that is cut short is no reason to refuse what lies before.
	short := sourcesOf(source[:2*10*width])
	require.NoError(t, p.Predict(make([]byte, 2*5*width), 0, short))
	require.ErrorIs(t, p.Predict(make([]byte, 2*6*width), 0, short), io.ErrUnexpectedEOF)
	require.ErrorIs(t, p.Predict(make([]byte, 2), 4*width, func(digest.ID) (io.ReaderAt, error) { return nil, io.ErrClosedPipe }), io.ErrClosedPipe)
}

func TestCovered(t *testing.T) {
	p := rowsOf(12, 5, Run{1, 3, 0}, Run{4, 2, 9}, Run{9, 2, 2})
	type part struct {
		covered bool
		end     int64
	}
	var parts []part
	for at := int64(0); at < p.Elements; {
		covered, end := p.Covered(at)
		require.Greater(t, end, at)
		parts = append(parts, part{covered, end})
		at = end
	}
	require.Equal(t, []part{{false, 5}, {true, 20}, {true, 30}, {false, 45}, {true, 55}, {false, 60}}, parts)
	covered, end := combinedOf(Sum, codec.F32, codec.F32, 7, 1, 1).Covered(3)
	require.True(t, covered)
	require.EqualValues(t, 7, end)
}

// TestRowsGolden holds the stored form: a change here makes stores unreadable.
func TestRowsGolden(t *testing.T) {
	p := rowsOf(300, 4, Run{0, 100, 200}, Run{130, 170, 0})
	b := p.Marshal()
	require.Equal(t, "01060101"+"b009"+"04"+"0101"+zeros(31)+"00"+"00"+"02"+"0064c801"+"1eaa0100", hex.EncodeToString(b))
	got, err := Unmarshal(b)
	require.NoError(t, err)
	require.Equal(t, p, got)
}

func TestUnmarshalRefusesWrongRows(t *testing.T) {
	b := rowsOf(300, 4, Run{0, 100, 200}, Run{130, 170, 0}).Marshal()
	for n := range b {
		_, err := Unmarshal(b[:n])
		require.Error(t, err, "first %d bytes", n)
	}
	_, err := Unmarshal(append(b, 0))
	require.ErrorContains(t, err, "after its end")
	many := make([]Run, MaxRuns+1)
	for i := range many {
		many[i] = Run{int64(i), 1, 0}
	}
	change := func(f func(*Prediction)) *Prediction {
		p := rowsOf(300, 4, Run{0, 100, 0})
		f(p)
		return p
	}
	for name, c := range map[string]struct {
		p    *Prediction
		want string
	}{
		"no runs":               {rowsOf(300, 4), "0 runs"},
		"too many runs":         {rowsOf(300, 4, many...), "number 17"},
		"beyond the tensor":     {rowsOf(300, 4, Run{201, 100, 0}), "rows [201,+100) of 300"},
		"starts beyond":         {rowsOf(300, 4, Run{301, 1, 0}), "rows [301,+1)"},
		"an empty run":          {rowsOf(300, 4, Run{3, 0, 0}), "rows [3,+0)"},
		"runs that overlap":     {rowsOf(300, 4, Run{10, 10, 0}, Run{19, 10, 0}), "want at most"},
		"a source without end":  {rowsOf(300, 4, Run{0, 100, maxElements/4 - 99}), "source rows"},
		"numbers that overflow": {rowsOf(300, 4, Run{0, 1 << 62, 0}), "want at most"},
		"no row length":         {change(func(p *Prediction) { p.Width = 0 }), "rows of 0"},
		"a last row of two":     {change(func(p *Prediction) { p.Elements-- }), "rows of 4 for 1199"},
		"no elements":           {change(func(p *Prediction) { p.Elem, p.From = codec.Bytes, codec.Bytes }), "rows of 4"},
		"a cast on top":         {change(func(p *Prediction) { p.From = codec.F32 }), "source has element type"},
		"two sources":           {change(func(p *Prediction) { p.Sources = append(p.Sources, digest.ID{2}) }), "2 sources, want 1"},
	} {
		_, err := Unmarshal(c.p.Marshal())
		require.ErrorContains(t, err, c.want, name)
	}
}

// signaturesOf is a matrix of rows, and what was made of it.
func signaturesOf(width int64, b []byte) *RowSignatures {
	s := NewRowSignatures(width)
	s.Add(b, codec.BF16)
	return s
}

// embedding are rows with much in common, as those of a language model have.
func embedding(seed uint64, rows, width int) []byte {
	common := rand.New(rand.NewPCG(99, 99))
	mean := make([]float64, width)
	for j := range mean {
		mean[j] = common.NormFloat64() * 0.1
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var b []byte
	for range rows {
		for j := range width {
			b = binary.LittleEndian.AppendUint16(b, bf16(mean[j]+r.NormFloat64()*0.02))
		}
	}
	return b
}

func trained(b []byte) []byte {
	r := rand.New(rand.NewPCG(1, 7))
	out := bytes.Clone(b)
	for i := 0; i < len(b); i += 2 {
		binary.LittleEndian.PutUint16(out[i:], bf16(get(b[i:], codec.BF16)+r.NormFloat64()*2e-3))
	}
	return out
}

func TestMatchRows(t *testing.T) {
	const width, row = 40, 80
	source := embedding(1, 1000, width)
	ft := trained(source)
	added := embedding(2, 100, width)
	part := func(i, n int) []byte { return ft[i*row : (i+n)*row] }
	for name, c := range map[string]struct {
		tensor []byte
		want   Runs
	}{
		"all":                   {ft, Runs{{0, 1000, 0}}},
		"nothing":               {added, nil},
		"at the end":            {slices.Concat(ft, added), Runs{{0, 1000, 0}}},
		"at the front":          {slices.Concat(added, ft), Runs{{100, 1000, 0}}},
		"in between":            {slices.Concat(part(0, 123), added, part(123, 877)), Runs{{0, 123, 0}, {223, 877, 123}}},
		"one row":               {slices.Concat(part(0, 123), added[:row], part(123, 877)), Runs{{0, 123, 0}, {124, 877, 123}}},
		"cut in between":        {slices.Concat(part(0, 500), part(700, 300)), Runs{{0, 500, 0}, {500, 300, 700}}},
		"the middle":            {part(300, 200), Runs{{0, 200, 300}}},
		"twice":                 {slices.Concat(part(0, 300), part(100, 200)), Runs{{0, 300, 0}, {300, 200, 100}}},
		"a row replaced":        {slices.Concat(part(0, 500), added[:row], part(501, 499)), Runs{{0, 1000, 0}}},
		"three new, then moved": {slices.Concat(added[:row*37], part(500, 300), added[row*37:], part(200, 200)), Runs{{37, 300, 500}, {400, 200, 200}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := MatchRows(signaturesOf(width, c.tensor), signaturesOf(width, source))
			require.Equal(t, c.want, got)
		})
	}
}

// Rows next to each other may be alike, as those of positions are.
func TestMatchRowsThatAreAlike(t *testing.T) {
	const width, row = 32, 64
	r := rand.New(rand.NewPCG(4, 4))
	var source []byte
	at := make([]float64, width)
	for range 1000 {
		for j := range at {
			at[j] = 0.995*at[j] + r.NormFloat64()*0.1
			source = binary.LittleEndian.AppendUint16(source, bf16(at[j]))
		}
	}
	tensor := slices.Concat(source[:500*row], source[503*row:])
	want := Runs{{0, 500, 0}, {500, 497, 503}}
	require.Equal(t, want, MatchRows(signaturesOf(width, tensor), signaturesOf(width, source)))
}

// Two tensors of nothing in common are not compared row by row.
func TestMatchRowsIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	random := func(n int) (rows []signature) {
		rows = make([]signature, n)
		for i := range rows {
			for k := range rows[i] {
				rows[i][k] = float32(r.NormFloat64())
			}
		}
		return rows
	}
	m := &matcher{tensor: random(50000), source: random(40000)}
	require.Empty(t, m.match())
	require.LessOrEqual(t, m.work, searchWork+40000*signatureLen)
	require.Greater(t, m.work, searchWork)
}

// However many pieces a tensor is made of, the longest are found.
func TestMatchRowsOfManyRuns(t *testing.T) {
	const width, row = 32, 64
	source := embedding(1, 2000, width)
	var tensor []byte
	for i := range 40 { // backwards, in pieces of 5 to 44 rows
		at := 1900 - 45*i
		tensor = append(tensor, source[at*row:(at+5+i)*row]...)
	}
	runs := MatchRows(signaturesOf(width, tensor), signaturesOf(width, source))
	require.Len(t, runs, MaxRuns)
	p := rowsOf(int64(len(tensor)/row), width, runs...)
	_, err := Unmarshal(p.Marshal())
	require.NoError(t, err)
	got := make([]byte, len(tensor))
	require.NoError(t, p.Predict(got, 0, sourcesOf(source)))
	for at := int64(0); at < p.Elements; {
		covered, end := p.Covered(at)
		if covered {
			require.Equal(t, tensor[2*at:2*end], got[2*at:2*end])
		}
		at = end
	}
}

// Rows of any element type have signatures, and those tell rows apart.
func TestRowSignaturesOfAnyElement(t *testing.T) {
	const width, rows = 16, 20
	for e := codec.Bytes; e <= codec.I64; e++ {
		r := rand.New(rand.NewPCG(5, uint64(e)))
		b := make([]byte, rows*width*e.Size())
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		s := NewRowSignatures(width)
		require.NotPanics(t, func() { s.Add(b, e) }, "element type %d", e)
		require.Len(t, s.rows, rows)
		require.NotEqual(t, s.rows[0], s.rows[1], "element type %d", e)
	}
}
