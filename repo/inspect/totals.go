package inspect

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
)

// Totals are files taken together, by the headers of the models among them. Its JSON form is a contract.
type Totals struct {
	Files         int           `json:"files"`
	Bytes         int64         `json:"bytes"`
	Tensors       int           `json:"tensors"`
	Parameters    int64         `json:"parameters"`
	BitsPerWeight number.Number `json:"bits_per_weight"` // null where there are no weights
	DTypes        []DTypeTotal  `json:"dtypes"`          // that of the most bytes first
	NotAdded      int           `json:"not_added"`       // of the files, those that are only in the working folder or outside of it

	CutOff []Problem `json:"cut_off,omitempty"` // files that end too early: of tensors, what their headers say was counted
}

// A DTypeTotal is the tensors of one dtype.
type DTypeTotal struct {
	DType         string        `json:"dtype"`
	Tensors       int           `json:"tensors"`
	Parameters    int64         `json:"parameters"`
	Bytes         int64         `json:"bytes"`
	BitsPerWeight number.Number `json:"bits_per_weight"` // null of what holds no weights, as scales
}

// Add counts the files of a place, and of which they are not stored; beside are those of the folder that it is in, as
// [Of] wants them.
func (t *Totals) Add(s, beside diff.Snapshot, stored bool) error {
	for _, f := range s.Files {
		t.Files++
		t.Bytes += f.Size
		if !stored {
			t.NotAdded++
		}
	}
	models, err := Of(s, beside, Options{})
	if err != nil && !errors.Is(err, object.ErrNoPath) { // no model, then
		return err
	}
	for _, m := range models {
		t.Tensors += m.TensorCount
		for _, p := range m.Problems {
			if p.Kind == object.CutOff {
				t.CutOff = append(t.CutOff, p)
			}
		}
		for _, x := range m.Mix {
			t.addMix(x)
		}
	}
	t.finish()
	return nil
}

func (t *Totals) addMix(m Mix) {
	i := slices.IndexFunc(t.DTypes, func(d DTypeTotal) bool { return d.DType == m.DType })
	if i < 0 {
		i = len(t.DTypes)
		t.DTypes = append(t.DTypes, DTypeTotal{DType: m.DType})
	}
	d := &t.DTypes[i]
	d.Tensors += m.Tensors
	d.Parameters += m.Parameters
	d.Bytes += m.Bytes
	t.Parameters += m.Parameters
}

// finish orders the dtypes, and divides.
func (t *Totals) finish() {
	var bytes int64
	for i := range t.DTypes {
		d := &t.DTypes[i]
		d.BitsPerWeight = bitsOf(d.Bytes, d.Parameters)
		bytes += d.Bytes
	}
	t.BitsPerWeight = bitsOf(bytes, t.Parameters)
	slices.SortStableFunc(t.DTypes, func(a, b DTypeTotal) int { return cmp.Compare(b.Bytes, a.Bytes) })
}

// bitsOf are those of a weight, NaN where there are none.
func bitsOf(bytes, weights int64) number.Number {
	if weights == 0 {
		return number.Number(math.NaN())
	}
	return number.Number(8 * float64(bytes) / float64(weights))
}
