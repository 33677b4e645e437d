package repo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// took are the bytes that each file takes, as told.
func took(sums map[string]int64) func(Added) {
	return func(a Added) { sums[a.Path] += a.Stored }
}

// sumOf is of all files.
func sumOf(sums map[string]int64) (n int64) {
	for _, m := range sums {
		n += m
	}
	return n
}

// What is estimated is what adding takes, without a repository and in one that has some of it, and nothing is left.
func TestEstimateIsWhatAddTakes(t *testing.T) {
	for _, name := range []string{"family", "ladder"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			require.NoError(t, os.CopyFS(f.path("m"), os.DirFS(filepath.Join("..", "testdata", name))))
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			ctx := context.Background()

			alone, here, added := map[string]int64{}, map[string]int64{}, map[string]int64{}
			require.NoError(t, Estimate(ctx, nil, f.Root, []string{"m"}, AddOptions{Report: took(alone)}))
			require.NoError(t, Estimate(ctx, f.Repo, f.Root, []string{"m"}, AddOptions{Report: took(here)}))
			require.NoError(t, f.Add(ctx, []string{"m"}, AddOptions{Report: took(added)}))
			require.NotZero(t, sumOf(added))
			require.InEpsilon(t, sumOf(added), sumOf(alone), 0.01)
			require.InEpsilon(t, sumOf(added), sumOf(here), 0.01)

			var known []Added
			require.NoError(t, Estimate(ctx, f.Repo, filepath.Join("..", "testdata", name), []string{""},
				AddOptions{Report: func(a Added) { known = append(known, a) }}))
			require.Len(t, known, len(added))
			for _, a := range known {
				require.Zero(t, a.Stored, a.Path)
			}
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// What is stored already counts: a quant costs what it costs once its base is there.
func TestEstimateKnowsWhatIsStored(t *testing.T) {
	f := newFixture(t)
	f.put("base.safetensors", trained(t, "base.safetensors"))
	f.put("q.gguf", trained(t, "base-Q4_K_M.gguf"))
	f.add("base.safetensors")
	ctx := context.Background()
	here, alone, added := map[string]int64{}, map[string]int64{}, map[string]int64{}
	require.NoError(t, Estimate(ctx, f.Repo, f.Root, []string{"q.gguf"}, AddOptions{Report: took(here)}))
	require.NoError(t, Estimate(ctx, nil, f.Root, []string{"q.gguf"}, AddOptions{Report: took(alone)}))
	require.NoError(t, f.Add(ctx, []string{"q.gguf"}, AddOptions{Report: took(added)}))
	require.InEpsilon(t, sumOf(added), sumOf(here), 0.01)
	require.Greater(t, sumOf(alone), 5*sumOf(here))
}

// Small files are read several at a time, and are sources all the same.
func TestEstimateOfSmallFiles(t *testing.T) {
	f := newFixture(t)
	base := newToy("F32")
	f.put("m/0.safetensors", base.file())
	for i := range 5 {
		f.put(fmt.Sprintf("m/%d.safetensors", i+1), base.changed(i+2, 1e-6, base.order...).file())
	}
	ctx := context.Background()
	estimated, added := map[string]int64{}, map[string]int64{}
	require.NoError(t, Estimate(ctx, f.Repo, f.Root, []string{"m"}, AddOptions{Report: took(estimated)}))
	require.NoError(t, f.Add(ctx, []string{"m"}, AddOptions{Report: took(added)}))
	require.InEpsilon(t, sumOf(added), sumOf(estimated), 0.01)
	require.Less(t, sumOf(added), 3*int64(len(base.file())), "they are much alike")
}
