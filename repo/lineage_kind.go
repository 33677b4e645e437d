package repo

import (
	"fmt"
	"strconv"
	"strings"

	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// How a tensor came about, beside the kinds of predictions.
const (
	kindNew       = "new"       // stored for itself
	kindIdentical = "identical" // an older file has it
	kindRepeated  = "repeated"  // the same file has it, under another name before
	kindDelta     = "delta"     // a relative's difference
)

// kindOf is how a prediction makes a tensor of others, in few words: the name of its kind,
// for a relative "delta", for what is derived as recipeOf has it; "" when it makes it of none.
func kindOf(p *predict.Prediction) string {
	switch p.Kind {
	case predict.Alone:
		return ""
	case predict.Relative:
		return kindDelta
	}
	if p.Kind.Derives() {
		return recipeOf(p)
	}
	return p.Kind.String()
}

// detailOf is kindOf with what is particular to the one prediction: "low rank r16",
// "combination 0.5/0.5". A relative is "relative".
func detailOf(p *predict.Prediction) string {
	switch {
	case p.Kind == predict.Alone:
		return ""
	case p.Kind == predict.LowRank && p.Factors != nil:
		return fmt.Sprintf("%s r%d", p.Kind, p.Factors.Rank)
	case p.Kind == predict.Combined && p.Combination != nil:
		parts := make([]string, len(p.Combination.Coefs))
		for i, c := range p.Combination.Coefs {
			parts[i] = strconv.FormatFloat(float64(c), 'g', 3, 32)
		}
		return p.Kind.String() + " " + strings.Join(parts, "/")
	case p.Kind == predict.Quantised && p.Recipe != nil:
		return quantisedOf(p)
	case p.Kind == predict.Adapted && p.Adapter != nil:
		return fmt.Sprintf("%s r%d", p.Kind, p.Adapter.Rank)
	}
	return p.Kind.String()
}

// quantisedOf is "quantised hinted", with what is particular to the quantiser: "quantised replayed fused imatrix".
func quantisedOf(p *predict.Prediction) string {
	text := p.Kind.String() + " " + recipeOf(p)
	if p.Recipe.Fused {
		text += " fused"
	}
	if p.Recipe.Importance != nil {
		text += " imatrix"
	}
	return text
}

// quantiserWays are what people call the ways to predict quants.
var quantiserWays = map[predict.Way]string{predict.Rounded: "rounded", predict.Hinted: "hinted", predict.Replayed: "replayed"}

// recipeOf is how a prediction computes a tensor, in one word: rounded, hinted or replayed where a quantiser
// made it, merged where an adapter was, else the name of its kind.
func recipeOf(p *predict.Prediction) string {
	switch {
	case p.Kind == predict.Quantised && p.Recipe != nil:
		return quantiserWays[p.Recipe.Way]
	case p.Kind == predict.Adapted:
		return "merged"
	}
	return p.Kind.String()
}

// helpers are the blobs that a prediction reads beside those with the tensor's values.
func helpers(p *predict.Prediction) (ids []digest.ID) {
	if p.Recipe != nil && p.Recipe.Importance != nil {
		ids = append(ids, p.Recipe.Importance.Blob)
	}
	if p.Adapter != nil {
		ids = append(ids, p.Adapter.A, p.Adapter.B)
	}
	return ids
}
