package explore

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"dits/repo/lineage"
)

// show opens a view and waits until a part of it is there.
func (p *tab) show(at, view, part string) {
	p.t.Helper()
	focus := command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.do(focus, chromedp.Navigate("about:blank"), chromedp.Navigate(at+"/#/"+view))
	p.wait(fmt.Sprintf(`document.querySelector(%q) !== null`, part))
}

// key presses a key on what has the focus.
func (p *tab) key(name string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true}))`, name))
}

// shots keeps pictures in both themes and two sizes.
func (p *tab) shots(name string) {
	p.t.Helper()
	for _, size := range [][2]int64{{1280, 800}, {2560, 1440}} {
		p.do(chromedp.EmulateViewport(size[0], size[1]))
		for _, theme := range []string{"light", "dark"} {
			p.theme(theme)
			eval[bool](p, `dispatchEvent(new Event("theme"))`)
			p.wait(`document.querySelector(".notice[role=status]") === null`)
			p.shoot(fmt.Sprintf("%s-%d-%s", name, size[0], theme))
		}
	}
	p.do(chromedp.EmulateViewport(1280, 800))
}

// The family has a node for each model, says what lineage says, and leads to a file by keys alone.
func TestBrowserFamily(t *testing.T) {
	p := openTab(t, 1280, 800)
	s := tell(t)
	at := serveExplorer(t, s.explorer)
	p.show(at, "family", ".family .node")
	l, err := s.Lineage(lineage.Options{Depth: generations})
	require.NoError(t, err)
	require.Equal(t, len(l.Models()), eval[int](p, `document.querySelectorAll(".family .node").length`))
	p.shots("family")
	p.wait(`document.querySelector(".family .node") !== null`)
	const base = `[...document.querySelectorAll(".family .node")].find((n) => n.getAttribute("aria-label").includes("v1"))`
	eval[bool](p, base+`.focus() ?? true`)
	require.Contains(t, eval[string](p, `document.querySelector(".family [role=status]").textContent`), "model.safetensors")
	p.key("ArrowRight")
	require.NotContains(t, eval[string](p, `document.activeElement.getAttribute("aria-label")`), "v1")
	p.key("ArrowLeft")
	require.Contains(t, eval[string](p, `document.activeElement.getAttribute("aria-label")`), "v1")
	p.key("Enter")
	p.wait(`location.hash.startsWith("#/file?") && document.querySelector(".file .grid .body .line") !== null`)
	require.Contains(t, eval[string](p, `document.querySelector(".file h1").textContent`), "model.safetensors")
	p.show(at, "family?table=1", ".family-table tbody tr")
	require.Equal(t, len(l.Models()), eval[int](p, `document.querySelectorAll(".family-table tbody tr").length`))
}

// The history shows its commits; the one that is chosen is in the address, and told beside the list.
func TestBrowserHistory(t *testing.T) {
	p := openTab(t, 1280, 800)
	s := tell(t)
	at := serveExplorer(t, s.explorer)
	p.show(at, "history", ".history .row")
	require.Equal(t, len(s.logged()), eval[int](p, `document.querySelectorAll(".history .row").length`))
	p.shots("history")
	p.wait(`document.querySelectorAll(".history .row").length > 2`)
	eval[bool](p, `[...document.querySelectorAll(".history .row")].find((r) => r.textContent.includes("fine-tune")).click() ?? true`)
	p.wait(`document.querySelector(".history .commit h2")?.textContent === "fine-tune"`)
	permalink := eval[string](p, `location.hash`)
	p.show(at, strings.TrimPrefix(permalink, "#/"), ".history .commit h2")
	p.wait(`document.querySelector(".history .commit h2").textContent === "fine-tune"`)
	require.Contains(t, eval[string](p, `document.querySelector(".history .files").textContent`), "model.safetensors")
}

// The figures of savings are those of stats, and keys go along the picture.
func TestBrowserSavings(t *testing.T) {
	p := openTab(t, 1280, 800)
	s := tell(t)
	at := serveExplorer(t, s.explorer)
	p.show(at, "savings", ".savings svg .logical")
	p.shots("savings")
	p.wait(`document.querySelector(".savings svg .logical") !== null`)
	require.Regexp(t, `^saved [\d.]+ MiB$`, eval[string](p, `document.querySelector(".savings .saved text").textContent`))
	require.Equal(t, len(answer[Savings](s, "savings", "").Files), eval[int](p, `document.querySelectorAll(".savings tbody tr").length`))
	eval[bool](p, `document.querySelector(".savings svg").focus() ?? true`)
	p.key("Home")
	require.Contains(t, eval[string](p, `document.querySelector(".savings [role=status]").textContent`), "base")
	p.key("Enter")
	p.wait(`document.querySelector(".history .commit h2")?.textContent === "base"`)
}

// A file's tensors are sorted and filtered as the address says.
func TestBrowserFile(t *testing.T) {
	p := openTab(t, 1280, 800)
	s := tell(t)
	at := serveExplorer(t, s.explorer)
	const first = `document.querySelector(".file .grid .body .line")?.textContent`
	p.show(at, "file?path=model.safetensors&sort=size&down=1&q=layers.0", ".file .grid .body .line")
	p.shots("file")
	f := answer[File](s, "file", "path=model.safetensors")
	most := FileTensor{}
	for _, x := range f.Tensors {
		if strings.Contains(x.Name, "layers.0") && x.Size > most.Size {
			most = x
		}
	}
	p.wait(first + `?.includes(` + fmt.Sprintf("%q", most.Name) + `)`)
	eval[bool](p, `[...document.querySelectorAll(".file .heads button")].find((b) => b.textContent === "name").click() ?? true`)
	p.wait(`location.hash.includes("sort=name")`)
	p.wait(first + `.includes("layers.0.input_layernorm")`)
	require.NotContains(t, eval[string](p, `document.querySelector(".file .body").textContent`), "layers.1.")
}

// Whatever names hold is text: no markup of theirs is in the page, and it asks nobody else.
func TestBrowserHostileNames(t *testing.T) {
	p := openTab(t, 1280, 800)
	s := tell(t)
	names := []string{`<img src=x onerror=document.title='bad'>.safetensors`, strings.Repeat("long-", 45) + ".safetensors", "“ü”\u202e.safetensors"}
	for _, name := range names {
		s.put("base.safetensors", name)
	}
	s.commit(`<script>document.title="bad"</script> ` + strings.Repeat("subject ", 60))
	at := serveExplorer(t, s.explorer)
	for _, view := range []string{"family .node", "history .files li", "savings tbody tr", "family?table=1 tbody tr"} {
		name, part, _ := strings.Cut(view, " ")
		p.show(at, name, part)
		require.Zero(t, eval[int](p, `document.querySelectorAll("main img, main script").length`), view)
	}
	for _, name := range names {
		p.show(at, "file?path="+url.QueryEscape(name), ".file .grid .body .line")
		require.Equal(t, name, eval[string](p, `document.querySelector(".file h1").title`))
	}
	require.NotEqual(t, "bad", eval[string](p, `document.title`))
	require.LessOrEqual(t, eval[int](p, `document.documentElement.scrollWidth`), 1280)
}
