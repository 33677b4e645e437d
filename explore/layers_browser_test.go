package explore

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/repotest"
)

// Layers says under the cursor what diff says, leads to the tensor, and a permalink to the same.
func TestLayersInABrowser(t *testing.T) {
	p := openTab(t, 1280, 800)
	e, r := branches(t)
	at := serveExplorer(t, e)
	d, err := r.Diff(context.Background(), repo.AtRevision("main"), repo.AtRevision("ft"), diff.Options{Rank: true})
	require.NoError(t, err)
	first := d.Files[0].Layers[0]
	p.do(chromedp.Navigate(at + "/#/layers"))
	p.wait(`document.querySelector(".heat canvas") !== null && document.querySelector(".legend") !== null`)
	require.Contains(t, eval[string](p, `document.querySelector(".said").textContent`), fmt.Sprintf("%d of ", d.Summary.Unequal()))
	press := `(key) => document.querySelector(".heat canvas").dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}))`
	eval[any](p, `(`+press+`)("ArrowDown")`)
	said := eval[string](p, `document.querySelector(".unseen").textContent`)
	require.Contains(t, said, fmt.Sprintf("layer %d %s", *first.Layer, first.Module))
	require.Contains(t, said, fmt.Sprintf("relative change %.2g%%", 100*float64(first.RelL2)))
	p.shoot("layers")
	eval[any](p, `(`+press+`)("Enter")`)
	name := d.Files[0].Tensors[first.Of[0]].Name
	p.wait(`document.querySelector(".tensor .bar") !== null`)
	require.Equal(t, name, eval[string](p, `document.querySelector("h1").textContent`))
	eval[any](p, `document.querySelector(".tensor section button").click()`)
	p.wait(`document.querySelector(".tensor .curve") !== null`)
	p.shoot("tensor")
	words := eval[string](p, `document.querySelector(".sentence").textContent`)
	require.Contains(t, words, "of its weights changed")
	link := eval[string](p, `location.href`)
	p.do(chromedp.Navigate("about:blank"))
	p.do(chromedp.Navigate(link))
	p.wait(`document.querySelector(".tensor .curve") !== null`)
	require.Equal(t, words, eval[string](p, `document.querySelector(".sentence").textContent`))
}

// Names of tensors are text, whatever they hold.
func TestLayersOfMarkup(t *testing.T) {
	p := openTab(t, 800, 600)
	f := newFixture(t)
	const name = `<img src=x onerror="document.title=1">&amp;`
	long := "model.layers.0." + strings.Repeat("a", 480) + ".weight"
	for i := range 2 {
		values := []float32{1, 2, 3, 4 + float32(i)}
		tensors := []repotest.Tensor{repotest.F32Tensor(name, values...), repotest.F32Tensor(long, values...)}
		f.write("model.safetensors", []byte(repotest.TensorsFile("", tensors...)))
		f.commit("markup")
	}
	at := serveExplorer(t, explorerOf(f))
	about := "from=HEAD~1&to=HEAD"
	p.do(chromedp.Navigate(at + "/#/layers?table=1&" + about))
	p.wait(`document.querySelectorAll(".behind tbody tr").length === 2`)
	require.Contains(t, eval[string](p, `document.querySelector(".behind").innerText`), name)
	require.LessOrEqual(t, eval[float64](p, `document.documentElement.scrollWidth`), 800.0)
	p.shoot("layers-markup")
	p.do(chromedp.Navigate(at + "/#/tensor?" + about + "&name=" + url.QueryEscape(name)))
	p.wait(`document.querySelector(".tensor .bar") !== null`)
	require.Equal(t, name, eval[string](p, `document.querySelector("h1").textContent`))
	require.Equal(t, 0.0, eval[float64](p, `document.images.length`))
	require.NotEqual(t, "1", eval[string](p, `document.title`))
}
