package repo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
)

// ladderFiles are a base, its quants and a merged adapter: what they are made of comes first.
var ladderFiles = []string{"adapter_model.safetensors", "base.safetensors", "base-Q8_0.gguf", "base-Q4_K_M.gguf", "merged-lora.safetensors"}

// ladderSize commits files of the family one after the other, repacks and returns what the store takes then.
func ladderSize(t *testing.T, level tensorstore.Level, files ...string) int64 {
	t.Helper()
	f := newFixture(t)
	for _, name := range files {
		f.put(name, trained(t, name))
		require.NoError(t, f.Add(t.Context(), []string{name}, AddOptions{Level: level}))
		f.commit(name)
	}
	done := f.repack(RepackOptions{Level: level})
	t.Logf("%v: %d bytes, repacked %d", files, done.Before, done.After)
	require.Zero(t, f.repack(RepackOptions{Level: level}).Recoded, "a second time changes nothing")
	f.requireRight()
	for _, name := range files {
		f.readsBack(name, trained(t, name))
	}
	return done.After
}

// TestRepackMakesTheOrderOfALadderNoMatter adds quants before what they were made of, whose rows of queries and
// keys lie in another order, and a merge before its adapter.
func TestRepackMakesTheOrderOfALadderNoMatter(t *testing.T) {
	levels := []tensorstore.Level{tensorstore.DefaultLevel, tensorstore.FastLevel, tensorstore.MaxLevel}
	if underRace {
		levels = levels[1:2]
	}
	for _, level := range levels {
		want := ladderSize(t, level, ladderFiles...)
		for _, order := range [][]int{{2, 3, 4, 1, 0}, {3, 4, 0, 2, 1}} {
			var files []string
			for _, i := range order {
				files = append(files, ladderFiles[i])
			}
			require.InEpsilon(t, want, ladderSize(t, level, files...), 0.03)
		}
	}
}
