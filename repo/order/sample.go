package order

import (
	"maps"
	"math"
	"os"
	"slices"
	"strconv"

	"dits/formats"
	"dits/formats/number"
)

// samples reads some rows of some matrices, of each once.
type samples struct {
	open  func(path string) (*os.File, error)
	files map[*file]*os.File // nil: cannot be opened
	rows  map[sampled][]float32
}

// A sampled is a matrix of a file.
type sampled struct {
	of   *file
	role string
}

const (
	sampledMatrices = 4       // of each model or adapter
	sampledRows     = 4       // of each matrix
	sampledColumns  = 2048    // of each row
	mostHalf        = 1 << 22 // numbers of a half of an adapter, which is read whole
)

// some picks some roles, evenly.
func some(roles []string) []string {
	if len(roles) <= sampledMatrices {
		return roles
	}
	var out []string
	for i := range sampledMatrices {
		out = append(out, roles[(2*i+1)*len(roles)/(2*sampledMatrices)])
	}
	return out
}

// places are the rows that are read of so many.
func places(rows int64) []int64 {
	var out []int64
	for i := range min(rows, sampledRows) {
		out = append(out, (2*i+1)*rows/(2*min(rows, sampledRows)))
	}
	return out
}

// of reads the sampled rows of a matrix, one after the other; nil if they cannot be read.
func (s *samples) of(f *file, role string) []float32 {
	k := sampled{f, role}
	if got, ok := s.rows[k]; ok {
		return got
	}
	t := f.matrix[role]
	got := s.read(f, t, places(t.Shape[0]), sampledColumns)
	if s.rows == nil {
		s.rows = map[sampled][]float32{}
	}
	s.rows[k] = got
	return got
}

// read reads the first columns of rows of a matrix.
func (s *samples) read(f *file, t formats.Tensor, rows []int64, columns int64) []float32 {
	src := s.file(f)
	if src == nil || t.Len == 0 {
		return nil
	}
	m, ok := number.NewRows(number.Operand{R: src, Off: t.Off, DType: t.DType}, t.Shape)
	if !ok {
		return nil
	}
	columns = min(columns, t.Shape[1])
	out := make([]float32, 0, int64(len(rows))*columns)
	for _, i := range rows {
		row := m.Row(i)
		if row == nil {
			return nil
		}
		out = append(out, row[:columns]...)
	}
	return out
}

// file is a file that is open; nil if it cannot be opened any more.
func (s *samples) file(f *file) *os.File {
	src, ok := s.files[f]
	if !ok {
		src, _ = s.open(f.path)
		if s.files == nil {
			s.files = map[*file]*os.File{}
		}
		s.files[f] = src
	}
	return src
}

func (s *samples) close() {
	for _, f := range s.files {
		if f != nil {
			f.Close()
		}
	}
}

// center marks of models that are alike, three or more, the one that is nearest to all others: that of which the others
// are fine-tunes, if they are.
func (s *samples) center(models []*file) {
	like := map[string][]*file{}
	for _, m := range models {
		if m.merges == 0 {
			k := m.kind()
			like[k] = append(like[k], m)
		}
	}
	for _, members := range like {
		if len(members) < 3 {
			continue
		}
		var best *file
		least := math.Inf(1)
		for _, m := range members {
			var sum float64
			for _, other := range members {
				sum += s.distance(m, other)
			}
			if sum < least {
				best, least = m, sum
			}
		}
		if best != nil {
			best.central = true
		}
	}
}

// kind is the same of models with the same matrices.
func (f *file) kind() string {
	var text []byte
	for _, role := range slices.Sorted(maps.Keys(f.matrix)) {
		t := f.matrix[role]
		text = append(append(text, role...), 0)
		for _, n := range t.Shape {
			text = append(strconv.AppendInt(text, n, 10), 0)
		}
	}
	return string(strconv.AppendInt(text, f.bits, 10))
}

// distance is ‖b−a‖² over ‖a‖² of the sampled rows.
func (s *samples) distance(a, b *file) float64 {
	var diff, norm float64
	for _, role := range some(slices.Sorted(maps.Keys(a.matrix))) {
		x, y := s.of(a, role), s.of(b, role)
		if len(x) != len(y) {
			return math.Inf(1)
		}
		for i := range x {
			d := float64(y[i]) - float64(x[i])
			diff += d * d
			norm += float64(x[i]) * float64(x[i])
		}
	}
	if norm == 0 {
		return 0
	}
	return diff / norm
}
