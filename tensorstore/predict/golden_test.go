package predict

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// A golden is what a prediction is stored as, and the digest of what it predicts.
type golden struct{ Stored, Predicts string }

// TestGolden holds the stored form of every kind, and what it predicts: a change here makes stores unreadable.
func TestGolden(t *testing.T) {
	raw, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var want map[string]golden
	require.NoError(t, json.Unmarshal(raw, &want))

	all := samples()
	all["low rank"], all["low rank of rows"] = lowRankOf(codec.F16), lowRankOfRows()
	got, seen := map[string]golden{}, map[Kind]bool{}
	for name, p := range all {
		stored := p.Marshal()
		got[name] = golden{hex.EncodeToString(stored), digest.Sum(predictedBy(t, p)).String()}
		back, err := Unmarshal(stored)
		require.NoError(t, err, name)
		require.Equal(t, stored, back.Marshal(), name)
		seen[p.Kind] = true
	}
	require.Equal(t, want, got)
	for k := Alone; int(k) < len(kinds); k++ {
		require.True(t, seen[k], "no sample of kind %d", k)
	}
}

// predictedBy is the first bytes that p predicts; of quants, what their guide has to say.
func predictedBy(t *testing.T, p *Prediction) []byte {
	source := bytes.NewReader(bytes.Repeat([]byte{0x3c, 0xa1, 0x40, 0x01, 0xbf}, 14000))
	n := int(min(p.Elements, 100))
	in, err := p.Input(0, n*p.Elem.Size(), func(digest.ID) (io.ReaderAt, error) { return source, nil })
	if !p.Predicts() {
		return nil
	}
	require.NoError(t, err, "kind %d", p.Kind)
	if in.Guide == nil {
		return in.Pred
	}
	dst := bytes.Repeat([]byte{0x3c}, n*p.Elem.Size())
	guess := bytes.Clone(dst)
	in.Guide.Guess(guess, make([]byte, in.Guide.Hints()))
	in.Guide.Settle(dst, nil)
	return append(guess, dst...)
}
