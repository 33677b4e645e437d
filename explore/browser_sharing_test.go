package explore

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// mouse sends an event of the mouse.
func (p *tab) mouse(e input.DispatchMouseEventParams) {
	p.t.Helper()
	p.do(command(input.DispatchMouseEvent, e))
}

func (p *tab) moveTo(x, y float64) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventParams{Type: "mouseMoved", X: x, Y: y})
}

func (p *tab) clickAt(x, y float64) {
	p.t.Helper()
	for _, kind := range []input.DispatchMouseEventType{"mousePressed", "mouseReleased"} {
		p.mouse(input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: "left", ClickCount: 1})
	}
}

// press sends keys to what has the focus, by their names.
func (p *tab) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		e := input.DispatchKeyEventParams{Type: "keyDown", Key: key}
		if len(key) == 1 {
			e.Text = key
		}
		p.do(command(input.DispatchKeyEvent, e))
		p.do(command(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: key}))
	}
}

// run runs a statement in the page.
func (p *tab) run(statement string) {
	p.t.Helper()
	eval[bool](p, statement+", true")
}

// sharingTab has the view "Sharing" of a family open, all of it drawn.
func sharingTab(t *testing.T, e *Explorer, hash string) *tab {
	t.Helper()
	p := openTab(t, 1280, 800)
	p.do(chromedp.Navigate(serveExplorer(t, e) + "/" + hash))
	p.wait(`/file/.test(document.querySelector(".says")?.textContent) && document.querySelector(".hues") !== null`)
	return p
}

// cellOf points along the rows until the tip tells of a tensor in a file.
func (p *tab) cellOf(tensor, file string) (x, y float64) {
	p.t.Helper()
	at := eval[[]float64](p, fmt.Sprintf(`(() => {
		const wall = document.querySelector(".wall"), tip = document.querySelector(".told");
		for (let y = 170; y < 700; y += 10) for (let x = 100; x < 1260; x += 3) {
			wall.dispatchEvent(new PointerEvent("pointermove", {clientX: x, clientY: y, bubbles: true}));
			if (!tip.hidden && tip.innerText.startsWith(%q + "\n") && tip.innerText.includes("· " + %q + "\n")) return [x, y];
		}
		return [];
	})()`, tensor, file))
	require.Len(p.t, at, 2, "no cell %s of %s", tensor, file)
	p.moveTo(at[0], at[1])
	return at[0], at[1]
}

// A click on a cell lists who shares it, as the answer has it, and shows their rows only; its address shows the same again.
func TestSharingClick(t *testing.T) {
	e := explorerOf(familyFixture(t))
	s := ask[Sharing](t, e, "sharing", nil)
	quant := s.row(t, "quants/model-Q8_0.gguf", "main")
	seg := slices.Index(s.Layouts[quant.Layout].Names, "blk.0.attn_q.weight")
	about := url.Values{"model": {quant.Model}, "file": {quant.File.String()}, "segment": {itoa(seg)}}
	var want []string
	for _, place := range ask[Sharers](t, e, "sharers", about).Places {
		want = append(want, place.Path)
	}
	require.NotEmpty(t, want)

	p := sharingTab(t, e, "")
	require.Regexp(t, `^3 files, .* is shared; kept in `, eval[string](p, `document.querySelector(".says").textContent`))
	x, y := p.cellOf("blk.0.attn_q.weight", quant.Path)
	p.shoot("sharing-hover")
	require.Contains(t, eval[string](p, `document.querySelector(".told").innerText`), "recomputed from ")
	p.clickAt(x, y)
	p.wait(`document.querySelectorAll(".sharers li").length > 0`)
	p.shoot("sharing-click")
	const listed = `[...document.querySelectorAll(".sharers li a")].map((a) => a.textContent)`
	require.ElementsMatch(t, want, eval[[]string](p, listed))
	require.Contains(t, eval[string](p, `document.querySelector(".shown").textContent`), "blk.0.attn_q.weight")

	again := sharingTab(t, e, eval[string](p, `location.hash`))
	again.wait(`document.querySelectorAll(".sharers li").length > 0`)
	require.ElementsMatch(t, want, eval[[]string](again, listed))
	p.run(`document.querySelector(".shown button").click()`)
	p.wait(`document.querySelector(".shown").hidden && document.querySelector(".sharers").hidden`)
}

// The wheel zooms, and the address keeps how far; keys go from cell to cell, and a screen reader hears of each.
func TestSharingKeysAndZoom(t *testing.T) {
	e := explorerOf(familyFixture(t))
	p := sharingTab(t, e, "")
	const notNone = 0.1 // 0 would be left out, and the browser wants both
	p.mouse(input.DispatchMouseEventParams{Type: "mouseWheel", X: 700, Y: 200, DeltaX: notNone, DeltaY: -600})
	p.wait(`/[?&]x=\d+-\d+/.test(location.hash)`)
	p.run(`document.querySelector(".wall").focus()`)
	p.press("0")
	p.wait(`!/[?&]x=/.test(location.hash)`)
	p.press("Escape", "Home", "ArrowRight")
	const heard = `document.querySelector(".stage .unseen").textContent`
	first := eval[string](p, heard)
	require.Contains(t, first, ".weight")
	p.press("ArrowRight")
	require.NotEqual(t, first, eval[string](p, heard))
	p.press("Enter")
	p.wait(`!document.querySelector(".sharers").hidden`)
	p.press("Escape", "Escape")
	p.wait(`document.querySelector(".sharers").hidden`)
}

// A search counts what it finds and goes through it; the table has a line a file.
func TestSharingSearchAndTable(t *testing.T) {
	e := explorerOf(familyFixture(t))
	p := sharingTab(t, e, "#/sharing?find=q_proj")
	says := `document.querySelector(".search .note").textContent`
	p.wait(says + `.endsWith("tensors in 2 files")`)
	p.run(`document.querySelector(".search [title='Next match']").click()`)
	p.wait(says + `.startsWith("1 of ")`)
	p.run(`location.hash = "#/sharing?table=1"`)
	p.wait(`document.querySelectorAll(".sharing tbody tr").length === 3`)
	require.Contains(t, eval[string](p, `document.querySelector(".sharing tbody").innerText`), "quants/model-Q8_0.gguf")
}

// Where chunks are seen a click is about the chunk: one that two files have lists the other, one of its own none.
func TestSharingChunk(t *testing.T) {
	f := newFixture(t)
	common := noise(1, 6<<20)
	f.write("a.bin", append(noise(2, 2<<20), common...))
	f.write("b.bin", append(noise(3, 2<<20), common...))
	f.commit("files")
	p := openTab(t, 1280, 800)
	p.do(chromedp.Navigate(serveExplorer(t, explorerOf(f)) + "/#/sharing?others=1&group=none"))
	p.wait(`document.querySelector(".says")?.textContent.startsWith("2 files")`)
	says := func(x float64) string {
		p.moveTo(x, 190)
		return eval[string](p, `document.querySelector(".told").innerText`)
	}
	for end := time.Now().Add(10 * time.Second); !strings.Contains(says(1200), "chunk ") && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	require.Contains(t, says(1200), "in 1 other tensor too")
	p.clickAt(1200, 190)
	p.wait(`/[?&]chunk=\d+/.test(location.hash) && document.querySelector(".sharers")?.innerText.includes("The same chunk 1")`)
	p.shoot("sharing-chunk")
	p.press("Escape", "Escape")
	p.wait(`document.querySelector(".sharers").hidden && !location.hash.includes("chunk=")`)
	require.NotContains(t, says(300), "other tensor")
	p.clickAt(300, 190)
	p.wait(`/[?&]chunk=\d\b/.test(location.hash) && document.querySelector(".sharers").innerText.includes("No other tensor has this chunk")`)
}
