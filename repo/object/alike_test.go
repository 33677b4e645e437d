package object

import (
	"slices"
	"testing"
)

func TestSurest(t *testing.T) {
	pair := func(gone, came int, kin int64) AlikePair { return AlikePair{Gone: gone, Came: came, kin: kin} }
	kept := pair(0, 1, 5)
	kept.kept = true
	for _, c := range []struct {
		name      string
		all, want []AlikePair
	}{
		{"the one with most", []AlikePair{pair(0, 0, 5), pair(0, 1, 9)}, []AlikePair{pair(0, 1, 9)}},
		{"one each", []AlikePair{pair(0, 0, 9), pair(1, 0, 8), pair(1, 1, 7)}, []AlikePair{pair(0, 0, 9), pair(1, 1, 7)}},
		{"two that came, of the same", []AlikePair{pair(0, 0, 5), pair(0, 1, 5), pair(0, 2, 3)}, nil},
		{"two that are gone, with the same", []AlikePair{pair(0, 0, 5), pair(1, 0, 5)}, nil},
		{"the name decides", []AlikePair{pair(0, 0, 5), kept}, []AlikePair{kept}},
		{"a tie that is over", []AlikePair{pair(0, 0, 9), pair(0, 1, 5), pair(1, 1, 5)}, []AlikePair{pair(0, 0, 9), pair(1, 1, 5)}},
	} {
		if got := surest(c.all); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
