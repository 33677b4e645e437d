package explore

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A model without commits is no error on any view, alone or beside another; the window is called by the view and the model.
func TestBrowserWithoutCommits(t *testing.T) {
	empty, f := newFixture(t), familyFixture(t)
	p := openTab(t, 1280, 800)
	p.do(chromedp.Navigate(serveExplorer(t, explorerOf(empty))))
	for _, view := range []string{"sharing", "layers", "family", "savings", "history"} {
		p.run(`location.hash = "#/` + view + `"`)
		p.wait(`document.querySelector(".notice.empty")?.textContent.includes("dits commit") && document.title.endsWith(" · a/m0 · dits")`)
		require.Zero(t, eval[int](p, `document.querySelectorAll(".error").length`), view)
	}
	p.shoot("empty")
	both := serveExplorer(t, explorerOf(empty, f))
	p.do(chromedp.Navigate(both))
	p.wait(`document.querySelector(".says")?.textContent.startsWith("3 files")`)
	p.run(`location.hash = "#/layers?model=a%2Fm0"`)
	p.wait(`document.querySelector(".notice.empty")?.textContent.startsWith("a/m0 has no commits")`)
	p.run(`location.hash = "#/file?model=a%2Fm1&rev=main&path=model.safetensors"`)
	p.wait(`document.title === "File · model.safetensors · a/m1 · dits"`)
}
