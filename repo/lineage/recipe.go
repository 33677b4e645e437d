package lineage

import (
	"strings"

	"dits/tensorstore/predict"
)

// Tells says that a way of computing tensors, as in [Recipe] or in [DerivedOne], tells where they came from: a quant came
// from the values that it was rounded from, whatever is left. A cast, another order or a merge gives the very bytes, or
// nearly; where much is left, the tensors are only like what was computed.
func Tells(way string, left, whole int64) bool {
	const (
		least = 10 // bytes of the whole for one that is left
		chunk = 64 // bytes that are left of the smallest tensor: how it is computed
	)
	switch word, _, _ := strings.Cut(way, " "); word {
	case predict.Quantised.String(), predict.Rounded.String(), predict.Hinted.String(), predict.Replayed.String():
		return true
	}
	return left <= max(whole/least, chunk)
}

// Tells says that the recipe tells where tensors came from of whose bytes so many are left.
func (r Recipe) Tells(left, whole int64) bool { return Tells(r.Way, left, whole) }

// A Recipe is how tensors are computed from others.
type Recipe struct {
	Way    string   `json:"way"`    // rounded, hinted or replayed by a quantiser; cast, arranged, merged, scaled, scales
	Source string   `json:"source"` // file with their values, as PATH or REV:PATH; "" when no branch or tag leads to it
	With   []string `json:"with"`   // files of adapters and importance matrices that were used, named alike
}
