package lineage

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/predict"
)

// Kinds have names, and one that comes later prints its own.
func TestKindNames(t *testing.T) {
	for _, c := range []struct {
		p      predict.Prediction
		kind   string
		detail string
	}{
		{predict.Prediction{Kind: predict.Alone}, "", ""},
		{predict.Prediction{Kind: predict.Relative}, "delta", "relative"},
		{predict.Prediction{Kind: predict.Cast}, "cast", "cast"},
		{predict.Prediction{Kind: predict.Rows}, "rows", "rows"},
		{predict.Prediction{Kind: predict.LowRank, By: &predict.Factors{Rank: 16}}, "low rank", "low rank r16"},
		{predict.Prediction{Kind: predict.Combined, By: &predict.Combination{Coefs: []float32{0.5, 0.5}}}, "combination", "combination 0.5/0.5"},
		{predict.Prediction{Kind: predict.Combined, By: &predict.Combination{Coefs: []float32{1, 1.0 / 3, -1}}}, "combination", "combination 1/0.333/-1"},
		{predict.Prediction{Kind: 99}, "kind 99", "kind 99"},
	} {
		require.Equal(t, c.kind, kindOf(&c.p))
		require.Equal(t, c.detail, detailOf(&c.p))
		require.Equal(t, c.p.Kind == predict.Cast, isDerived(c.p.Kind))
	}
}
