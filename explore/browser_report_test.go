package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// openReport opens the report of fixtures as a file, without any network.
func openReport(t *testing.T, fixtures ...*fixture) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(file, []byte(reportOf(t, fixtures...)), 0o666))
	p := openTab(t, 1280, 800)
	p.offline()
	p.do(chromedp.Navigate("file://" + file))
	p.wait(`/file/.test(document.querySelector(".says")?.textContent)`)
	return p
}

// A report shows each view without a server, and says who shares a tensor.
func TestReportWithoutNetwork(t *testing.T) {
	f := familyFixture(t)
	p := openReport(t, f)
	p.shoot("report-sharing")
	x, y := p.cellOf("blk.0.attn_q.weight", "quants/model-Q8_0.gguf")
	p.clickAt(x, y)
	p.wait(`document.querySelectorAll(".sharers li").length > 0`)
	require.Contains(t, eval[string](p, `document.querySelector(".sharers").innerText`), "model.safetensors")
	for _, view := range []string{"layers", "family", "savings", "history"} {
		shows := map[string]string{
			"layers": "tensors changed", "family": "model.safetensors", "savings": "saved", "history": "a fine-tune"}[view]
		p.run(fmt.Sprintf(`location.hash = "#/%s"`, view))
		p.wait(fmt.Sprintf(`document.querySelector("main").textContent.includes(%q)`, shows))
		p.shoot("report-" + view)
		require.NotContains(t, eval[string](p, `document.querySelector("main").innerText`), "ask dits serve", view)
	}
	p.followAll("sharing?table=1", "layers", "family?table=1", "savings", "history", "file?path=model.safetensors&rev=main")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, asked := range p.asks {
		require.True(t, strings.HasPrefix(asked, "file://") || strings.HasPrefix(asked, "data:"), asked)
	}
}

// followAll follows each link of views: none leads to what the report has not.
func (p *tab) followAll(views ...string) {
	p.t.Helper()
	seen := map[string]bool{}
	for _, view := range views {
		p.run(fmt.Sprintf(`location.hash = "#/%s"`, view))
		p.wait(`document.querySelector("main a, main tr") !== null`)
		for _, to := range eval[[]string](p, `[...document.querySelectorAll('main a[href^="#/"]')].map((a) => a.hash)`) {
			if !seen[to] && len(seen) < 40 {
				seen[to] = true
				p.run(fmt.Sprintf(`location.hash = %q`, to))
				p.wait(`document.querySelector("main h1, main .error") !== null && document.querySelector("main .notice[role=status]") === null`)
				require.Zero(p.t, eval[int](p, `document.querySelectorAll("main .error").length`), "%s → %s", view, to)
			}
		}
	}
	require.NotEmpty(p.t, seen)
}

// Whatever files, tensors, branches and messages are called, it is text: on each view of a report and of a server.
func TestMarkupIsText(t *testing.T) {
	const markup = `<img src=x onerror="document.title='run'">`
	f := newFixture(t)
	f.put("base.safetensors", markup[:10]+".safetensors")
	f.write(markup+".bin", noise(1, 100))
	f.commit(markup)
	f.put("ft-customer.safetensors", markup[:10]+".safetensors")
	f.commit("</script>" + markup)
	for name, p := range map[string]*tab{"report": openReport(t, f), "server": sharingTab(t, explorerOf(f), "")} {
		for _, view := range []string{"sharing?table=1", "layers", "family", "savings", "history"} {
			p.run(fmt.Sprintf(`location.hash = "#/%s"`, view))
			p.wait(`document.querySelector("main").textContent.includes("<img src=")`)
			require.Zero(t, eval[int](p, `document.querySelectorAll("main img, main script").length`), "%s: %s", name, view)
			require.NotEqual(t, "run", eval[string](p, `document.title`), "%s: %s", name, view)
		}
	}
}
