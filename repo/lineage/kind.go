package lineage

import (
	"fmt"
	"strconv"
	"strings"

	"dits/tensorstore/predict"
)

// How a tensor came about, beside the kinds of predictions.
const (
	kindNew      = "new"       // stored for itself
	Identical    = "identical" // an older file has it
	kindRepeated = "repeated"  // the same file has it, under another name before
	kindDelta    = "delta"     // a difference to its source
)

// kindOf is how a prediction makes a tensor of others, in few words: the name of its kind,
// "delta" for a source as it is, for what is derived as recipeOf has it; "" when it makes it of none.
func kindOf(p *predict.Prediction) string {
	switch p.Kind {
	case predict.Alone:
		return ""
	case predict.Relative:
		return kindDelta
	}
	if p.Kind.Derives() {
		return RecipeOf(p)
	}
	return p.Kind.String()
}

// detailOf is kindOf with what is particular to the one prediction: "low rank r16",
// "combination 0.5/0.5". A source as it is is "relative", the name of that kind.
func detailOf(p *predict.Prediction) string {
	switch by := p.By.(type) {
	case *predict.Factors:
		return fmt.Sprintf("%s r%d", p.Kind, by.Rank)
	case *predict.Combination:
		parts := make([]string, len(by.Coefs))
		for i, c := range by.Coefs {
			parts[i] = strconv.FormatFloat(float64(c), 'g', 3, 32)
		}
		return p.Kind.String() + " " + strings.Join(parts, "/")
	case *predict.Recipe:
		return quantisedOf(p, by)
	case *predict.Merge:
		return fmt.Sprintf("%s r%d", p.Kind, by.Rank)
	}
	if p.Kind == predict.Alone {
		return ""
	}
	return p.Kind.String()
}

// quantisedOf is "quantised hinted", with what is particular to the quantiser: "quantised replayed fused imatrix".
func quantisedOf(p *predict.Prediction, r *predict.Recipe) string {
	text := p.Kind.String() + " " + RecipeOf(p)
	if r.Fused {
		text += " fused"
	}
	if r.Importance != nil {
		text += " imatrix"
	}
	return text
}

// RecipeOf is how a prediction computes a tensor, in one word: rounded, hinted or replayed where a quantiser
// made it, merged where an adapter was, else the name of its kind.
func RecipeOf(p *predict.Prediction) string {
	switch by := p.By.(type) {
	case *predict.Recipe:
		return by.Way.String()
	case *predict.Merge:
		return "merged"
	}
	return p.Kind.String()
}
