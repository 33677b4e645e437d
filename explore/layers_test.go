package explore

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/formats/number"
	"dits/repo"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/repo/refs"
)

// branches is an explorer of a repository: on main the base of testdata with a second model beside it, a fine-tune and a merged
// adapter on branches, a quant on another.
func branches(t *testing.T) (*Explorer, *repo.Repo) {
	t.Helper()
	ctx := context.Background()
	r, err := repo.Init(t.TempDir(), repo.InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	require.NoError(t, r.SetConfig(func(c *repo.Config) { c.User.Name, c.User.Email = "Ada", "ada@example.org" }))
	commit := func(message string, files ...[2]string) {
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join("../testdata/family", f[0]))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(r.Root, f[1]), b, 0o644))
		}
		require.NoError(t, r.Add(ctx, []string{""}, repo.AddOptions{}))
		_, err := r.Commit(ctx, repo.CommitOptions{Message: message})
		require.NoError(t, err)
	}
	commit("base", [2]string{"base.safetensors", "model.safetensors"}, [2]string{"config.json", "config.json"})
	for _, b := range [][3]string{
		{"ft", "ft-customer.safetensors", "model.safetensors"},
		{"merged", "merged-lora.safetensors", "model.safetensors"},
		{"quants", "base-Q8_0.gguf", "model-Q8_0.gguf"},
	} {
		_, err := r.CreateBranch(b[0], "main", false)
		require.NoError(t, err)
		_, err = r.Checkout(ctx, b[0], repo.CheckoutOptions{})
		require.NoError(t, err)
		commit(b[0], [2]string{b[1], b[2]})
		_, err = r.Checkout(ctx, "main", repo.CheckoutOptions{})
		require.NoError(t, err)
	}
	return New([]*Model{{Name: "acme/tiny", Repo: r}}), r
}

// asked is the answer to a question, given as QUESTION?name=value&…
func asked[A any](t *testing.T, e *Explorer, question string) A {
	t.Helper()
	u, err := url.Parse(question)
	require.NoError(t, err)
	answer, err := e.Ask(context.Background(), u.Path, u.Query())
	require.NoError(t, err, question)
	_, err = json.Marshal(answer)
	require.NoError(t, err)
	return answer.(A)
}

// Cells and tensors have the numbers of `dits diff --json`.
func TestLayersSayWhatDiffSays(t *testing.T) {
	e, r := branches(t)
	for _, c := range []struct {
		question string
		a, b     repo.Side
	}{
		{"layers?from=main&to=ft", repo.AtRevision("main"), repo.AtRevision("ft")},
		{"layers?model=acme/tiny&from=ft&to=merged&path=model.safetensors", repo.AtRevision("ft"), repo.AtRevision("merged")},
		{"layers?from=main&to=quants&from_path=model.safetensors&to_path=model-Q8_0.gguf",
			repo.AtRevision("main").At("model.safetensors"), repo.AtRevision("quants").At("model-Q8_0.gguf")},
	} {
		got := asked[*Layers](t, e, c.question)
		d, err := r.Diff(context.Background(), c.a, c.b, diff.Options{})
		require.NoError(t, err)
		require.Len(t, d.Files, 1)
		want := d.Files[0]
		require.Nil(t, got.Progress)
		require.Equal(t, want.Summary, got.Files[got.Shown].Summary)
		require.Len(t, got.Cells, len(want.Layers), c.question)
		for i, cell := range got.Cells {
			w := want.Layers[i]
			require.Equal(t, w.Layer, cell.Layer)
			require.Equal(t, w.Module, cell.Module)
			require.Equal(t, w.Changed, cell.Changed)
			require.Equal(t, w.RelL2, cell.RelL2)
			sum := int64(0)
			for _, k := range cell.Tensors {
				sum += got.Tensors[k].Elements
			}
			require.Equal(t, w.Elements, sum, "%s: the tensors of a cell", w.Module)
		}
		require.Len(t, got.Tensors, len(want.Tensors))
		for i, w := range want.Tensors {
			g := got.Tensors[i]
			require.Equal(t, []any{w.Name, w.Status, w.Changed, w.RelL2, w.MaxAbs, w.Cosine},
				[]any{g.Name, g.Status, g.Changed, g.RelL2, g.MaxAbs, g.Cosine})
		}
	}
}

// Who cannot wait gets what is known by digests, and the figures later.
func TestLayersInTheMeantime(t *testing.T) {
	e, _ := branches(t)
	whole := asked[*Layers](t, New(e.models), "layers?from=main&to=ft")
	e.jobs.turns <- struct{}{}
	e.jobs.turns <- struct{}{}
	got := asked[*Layers](t, e, "layers?from=main&to=ft&wait=0.01")
	require.NotNil(t, got.Progress)
	require.Len(t, got.Cells, len(whole.Cells))
	for i, c := range got.Cells {
		require.True(t, c.Changed == 0 || math.IsNaN(float64(c.RelL2)), "%v", c)
		require.Equal(t, whole.Cells[i].Changed > 0, c.Changed > 0, "%v", c)
	}
	<-e.jobs.turns
	require.Equal(t, whole, asked[*Layers](t, e, "layers?from=main&to=ft"))
}

func TestLayersOfNothing(t *testing.T) {
	e, _ := branches(t)
	same := asked[*Layers](t, e, "layers?from=main&to=main")
	require.Equal(t, -1, same.Shown)
	require.Empty(t, same.Files)
	came := asked[*Layers](t, e, "layers?from=main&to=quants")
	require.Equal(t, "added", came.Files[0].Status)
	for _, tensor := range came.Tensors {
		require.Equal(t, diff.TensorAdded, tensor.Status)
	}
}

func TestTensor(t *testing.T) {
	e, r := branches(t)
	d, err := r.Diff(context.Background(), repo.AtRevision("main"), repo.AtRevision("ft"), diff.Options{Rank: true})
	require.NoError(t, err)
	for _, want := range d.Files[0].Tensors {
		about := "from=main&to=ft&path=model.safetensors&name=" + url.QueryEscape(want.Name)
		got := asked[*TensorPage](t, e, "tensor?"+about)
		require.Equal(t, want.RelL2, got.Tensor.RelL2)
		require.Equal(t, want.MeanShift, got.Mean)
		for _, s := range []*Spread{got.Before, got.After, got.Change} {
			n := s.Zeros + s.Under + s.Over
			for _, k := range s.Bins {
				n += k
			}
			require.Equal(t, want.Elements, s.Count)
			require.Equal(t, s.Count, n)
			require.Less(t, float64(s.Under+s.Over), 0.01*float64(s.Count)+2)
		}
		require.Equal(t, want.Elements-want.Changed, got.Change.Zeros)
		require.InEpsilon(t, 1+float64(want.RelL2), 1+float64(got.Change.Norm/got.Before.Norm), 1e-9)
		require.InDelta(t, float64(want.MaxAbs), max(float64(got.Change.Max), -float64(got.Change.Min)), 1e-12)
		for _, runs := range [][]RunChange{got.ByRow, got.ByColumn} {
			var changed, count int64
			energy := 0.0
			for _, run := range runs {
				changed, count, energy = changed+run.Changed, count+run.Count, energy+float64(run.Norm*run.Norm)
			}
			require.Equal(t, []int64{want.Changed, want.Elements}, []int64{changed, count})
			require.InDelta(t, float64(got.Change.Norm), math.Sqrt(energy), 1e-9*float64(got.Change.Norm))
		}
		rank := asked[*Ranks](t, e, "rank?"+about)
		require.Equal(t, want.Rank != nil, rank.Known, want.Name)
		if rank.Known {
			require.Equal(t, *want.Rank, int64(rank.Rank))
			require.Equal(t, *want.Energy, rank.Share)
			require.Equal(t, want.RankLeast, rank.Least)
			require.IsNonIncreasing(t, rank.Values)
			require.IsNonDecreasing(t, rank.Energy)
		}
	}
}

// A tensor of one side has values, and no change; one that is called otherwise there is found by both names.
func TestTensorOfOneSide(t *testing.T) {
	e, _ := branches(t)
	one := asked[*TensorPage](t, e, "tensor?from=quants&to=main&path=model-Q8_0.gguf&name=output_norm.weight")
	require.Equal(t, diff.TensorRemoved, one.Tensor.Status)
	require.NotNil(t, one.Before)
	require.Nil(t, one.After)
	require.Nil(t, one.Change)
	const sides = "tensor?from=main&to=quants&from_path=model.safetensors&to_path=model-Q8_0.gguf&name="
	here, there := asked[*TensorPage](t, e, sides+"model.norm.weight"), asked[*TensorPage](t, e, sides+"output_norm.weight")
	require.Equal(t, here.TensorClose, there.TensorClose)
	require.Equal(t, "output_norm.weight", here.Tensor.NameB)
}

func TestPairs(t *testing.T) {
	e, _ := branches(t)
	got := asked[[]Pair](t, e, "pairs")
	var seen []string
	for _, p := range got {
		seen = append(seen, p.Why+" "+p.From+" "+p.To)
		layers := asked[*Layers](t, e, "layers?"+url.Values{
			"from": {p.From}, "to": {p.To}, "from_path": {p.FromPath}, "to_path": {p.ToPath}}.Encode())
		require.GreaterOrEqual(t, layers.Shown, 0, "%v", p)
		require.Len(t, layers.Tensors, p.Tensors)
	}
	require.Equal(t, []string{"trained main ft", "trained main merged", "converted main quants"}, seen)
}

func TestLayersRefuse(t *testing.T) {
	e, _ := branches(t)
	for _, c := range []struct {
		question string
		want     error
	}{
		{"layers?from=main&to=nowhere", refs.ErrUnknownRevision},
		{"layers?from=main&to=ft&from_path=none&to_path=model.safetensors", object.ErrNoPath},
		{"tensor?from=main&to=ft&name=none", object.ErrNoPath},
		{"rank?from=main&to=ft&path=none&name=model.norm.weight", object.ErrNoPath},
		{"tensor?from=main&to=main&name=model.norm.weight", object.ErrNoPath},
	} {
		u, err := url.Parse(c.question)
		require.NoError(t, err)
		_, err = e.Ask(context.Background(), u.Path, u.Query())
		require.ErrorIs(t, err, c.want, c.question)
	}
}

// Work that nobody waits for ends, what failed is tried again, and what is done is not.
func TestJobs(t *testing.T) {
	s, runs := newJobs(), 0
	fails := errors.New("broken")
	work := func(context.Context, *job) (any, error) {
		if runs++; runs == 1 {
			return nil, fails
		}
		return runs, nil
	}
	_, _, err := s.await(context.Background(), "a", nil, work)
	require.ErrorIs(t, err, fails)
	for range 2 {
		got, progress, err := s.await(context.Background(), "a", nil, work)
		require.NoError(t, err)
		require.Nil(t, progress)
		require.Equal(t, 2, got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	endless := func(ctx context.Context, _ *job) (any, error) {
		defer close(ended)
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	_, _, err = s.await(ctx, "b", nil, endless)
	require.ErrorIs(t, err, context.Canceled)
	j, ok := s.all.Get("b")
	require.True(t, ok)
	j.idle.Reset(0)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("work goes on that nobody waits for")
	}
}

// A histogram of values that are no numbers, or all the same, has no bins out of range.
func TestSpread(t *testing.T) {
	s := newSpread(-1, 1)
	s.add([]float64{math.NaN(), math.Inf(1), 0, -1, 1, 0.999999, -2, 3})
	s.done()
	require.Equal(t, []int64{6, 2, 1, 1, 1}, []int64{s.Count, s.NotANum, s.Zeros, s.Under, s.Over})
	require.Equal(t, []int64{1, 2}, []int64{s.Bins[0], s.Bins[bins-1]})
	b, err := json.Marshal(newSpread(-1, 1).done())
	require.NoError(t, err)
	require.Contains(t, string(b), `"mean":null`)
	require.Equal(t, number.Number(3), s.Max)
}

// Limits hold values that are all the same, or none.
func TestLimits(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {0, 0}, {1}, {-3, math.Inf(1)}, {1, 2, 3}, {1e-300, 1e-300}} {
		low, high := limitsOf(slices.Clone(values))
		require.Less(t, low, high, "%v", values)
		for _, x := range values {
			require.False(t, x-x == 0 && (x < low || x > high), "%v: %v to %v", values, low, high)
		}
	}
}

// Shards go by the name of their model in "pairs", and by a path of all of them in diff: both lead to the same layers.
func TestLayersOfShards(t *testing.T) {
	f := newFixture(t)
	shards := func(from string) {
		f.put(from, "model-00001-of-00002.safetensors")
		f.put("adapter_model.safetensors", "model-00002-of-00002.safetensors")
	}
	shards("base.safetensors")
	f.commit("base")
	_, err := f.repo.CreateBranch("ft", "HEAD", false)
	require.NoError(t, err)
	f.checkout("ft")
	shards("ft-customer.safetensors")
	f.commit("a fine-tune")
	e := explorerOf(f)
	pairs := ask[[]Pair](t, e, "pairs", nil)
	require.Len(t, pairs, 1)
	require.Equal(t, "model.safetensors", pairs[0].Path)
	for _, path := range []string{pairs[0].Path, "model-*-of-00002.safetensors", ""} {
		about := url.Values{"from": {"main"}, "to": {"ft"}, "path": {path}}
		layers := asked[*Layers](t, e, "layers?"+about.Encode())
		require.Equal(t, 0, layers.Shown, path)
		require.Equal(t, 20, layers.Files[0].Summary.Changed, path)
		about.Set("name", "model.norm.weight")
		require.Equal(t, "changed", asked[*TensorPage](t, e, "tensor?"+about.Encode()).Tensor.Status, path)
	}
}
