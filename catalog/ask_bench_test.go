package catalog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dits/formats"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// longHistory is 1,000 commits of one file of 300 tensors, of which each commit changes ten. Every tensor that
// changed is predicted from the first of its name, as chains are short.
func longHistory(b *testing.B) (c *Catalog, tip digest.ID, sources map[digest.ID]digest.ID) {
	const commits, tensors = 1000, 300
	rng := rand.New(rand.NewPCG(1, 2))
	c, sources = openTemp(b), map[digest.ID]digest.ID{}
	first, blobs := make([]digest.ID, tensors), make([]digest.ID, tensors)
	layout := formats.Layout{Format: "safetensors", Size: tensors * 1000}
	for i := range tensors {
		layout.Segments = append(layout.Segments, formats.Segment{Kind: formats.Data, Off: int64(i) * 1000, Len: 1000, Tensor: i})
		layout.Tensors = append(layout.Tensors, formats.Tensor{Name: fmt.Sprintf("layers.%d.w", i), DType: "U8", Shape: []int64{1000}, Off: int64(i) * 1000, Len: 1000})
	}
	update(b, c, func(tx *Tx) error {
		for k := range commits {
			var entries []pack.Entry
			for i := range tensors {
				if k > 0 && i%30 != k%30 {
					continue
				}
				e := pack.Entry{Kind: pack.Chunk, ID: randomID(rng), Encoding: 3, Len: 300, RawLen: 1000}
				if k > 0 {
					e.Prediction, e.Depth = randomID(rng), 1
					sources[e.Prediction] = first[i]
					entries = append(entries, pack.Entry{Kind: pack.Prediction, ID: e.Prediction, Len: 50, RawLen: 50})
				}
				if blobs[i] = e.ID; k == 0 {
					first[i] = e.ID
				}
				entries = append(entries, e)
			}
			file, tree, commit := randomID(rng), randomID(rng), randomID(rng)
			for kind, id := range map[pack.Kind]digest.ID{pack.Manifest: file, pack.Tree: tree, pack.Commit: commit} {
				entries = append(entries, pack.Entry{Kind: kind, ID: id, Len: 100, RawLen: 100})
			}
			if err := tx.AddPack(Pack{fmt.Sprintf("%064x", k), 1 << 20}, entries); err != nil {
				return err
			}
			if err := tx.AddFile(File{ID: file, Layout: layout, Blobs: append([]digest.ID{}, blobs...)}); err != nil {
				return err
			}
			if err := tx.AddTree(Tree{ID: tree, Entries: []TreeEntry{{"model.safetensors", 0o100644, file, layout.Size}}}); err != nil {
				return err
			}
			next := Commit{ID: commit, Tree: tree, Author: "Ada <ada@example.org>", Time: time.Unix(int64(k), 0), Message: "step\n"}
			if k > 0 {
				next.Parents = []digest.ID{tip}
			}
			if err := tx.AddCommit(next); err != nil {
				return err
			}
			tip = commit
		}
		return nil
	})
	return c, tip, sources
}

func BenchmarkAsk(b *testing.B) {
	c, tip, sources := longHistory(b)
	for name, query := range map[string]string{
		"changes of one commit": "SELECT tensor FROM changes JOIN refs USING (commit_id) WHERE ref = 'main' AND parent = 1",
		"all changes":           "SELECT count(*) FROM changes",
		"added":                 "SELECT sum(stored_bytes) FROM added",
		"most shared chunks":    "SELECT digest FROM chunks ORDER BY files DESC LIMIT 10",
		"space":                 "SELECT sum(freed_bytes) FROM space",
		"models of a tensor":    "SELECT path FROM models WHERE digest LIKE 'abc%'",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				a := fixtureAsk(query)
				a.Refs = []AskRef{{"main", "refs/heads/main", "branch", tip}}
				a.Sources = func(p digest.ID) ([]digest.ID, error) { return []digest.ID{sources[p]}, nil }
				a.Row = func([]string, []any) error { return nil }
				if err := c.Ask(context.Background(), a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
