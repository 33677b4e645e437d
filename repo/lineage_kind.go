package repo

import (
	"fmt"
	"strconv"
	"strings"

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
// for a relative "delta"; "" when it makes it of none.
func kindOf(p *predict.Prediction) string {
	switch p.Kind {
	case predict.Alone:
		return ""
	case predict.Relative:
		return kindDelta
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
	}
	return p.Kind.String()
}
