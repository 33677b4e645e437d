package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/repo"
	"dits/repo/history"
	"dits/repo/merge"
)

// The views and their columns are all in the manual.
func TestManualHasViews(t *testing.T) {
	text := readManual(t)["dits sql"]
	for _, v := range catalog.Views() {
		row := "| `" + v.Name + "` | " + v.About + " |"
		var columns []string
		for _, c := range v.Columns {
			columns = append(columns, "`"+c.Name+"`")
		}
		row += " " + strings.Join(columns, ", ") + " |\n"
		if !strings.Contains(text, row) {
			t.Errorf("docs/manual.md: dits sql: want the line %s", row)
		}
	}
}

// mergedFamily is a repository like that of the manual's examples: a base, an adapter merged into it, a
// fine-tune on a branch, and the mean of both.
func mergedFamily(t *testing.T) *repo.Repo {
	t.Helper()
	r, err := repo.Init(t.TempDir(), repo.InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	ctx, hour := context.Background(), int64(0)
	save := func(name, message string) {
		b, err := os.ReadFile(filepath.Join(family(t), name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(r.Root, "model.safetensors"), b, 0o644))
		require.NoError(t, r.Add(ctx, nil, repo.AddOptions{All: true}))
		hour++
		_, err = r.Commit(ctx, repo.CommitOptions{Message: message, Time: time.Unix(1_700_000_000+3600*hour, 0)})
		require.NoError(t, err)
	}
	require.NoError(t, os.WriteFile(filepath.Join(r.Root, "config.json"), []byte("{}"), 0o644))
	save("base.safetensors", "base: llama-8b release weights")
	_, err = r.Checkout(ctx, "", repo.CheckoutOptions{NewBranch: "ft-customer"})
	require.NoError(t, err)
	save("ft-customer.safetensors", "ft-customer: 3 epochs on support transcripts")
	_, err = r.Checkout(ctx, "main", repo.CheckoutOptions{})
	require.NoError(t, err)
	save("merged-lora.safetensors", "merged the tone adapter")
	_, err = r.Merge(ctx, "ft-customer", repo.MergeOptions{Strategy: merge.Average, Time: time.Unix(1_700_100_000, 0)})
	require.NoError(t, err)
	return r
}

// What a commit added is what `log --stat` says.
func TestAddedIsAsTheLogHasIt(t *testing.T) {
	r := mergedFamily(t)
	added := map[string]int64{}
	require.NoError(t, r.SQL(context.Background(), "SELECT commit_id, stored_bytes FROM added", func(_ []string, v []any) error {
		added[v[0].(string)] = v[1].(int64)
		return nil
	}))
	from, _, err := r.ParseRange("main")
	require.NoError(t, err)
	logged := map[string]int64{}
	for c, err := range r.Log(from, history.LogOptions{}) {
		require.NoError(t, err)
		s, err := r.CommitStat(c)
		require.NoError(t, err)
		logged[c.ID.String()] = s.StoredBytes
	}
	require.Len(t, logged, 4)
	require.Equal(t, logged, added)
}
