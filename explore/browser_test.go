package explore

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A tab is a page in a real browser. What goes wrong in it fails the test.
type tab struct {
	t    *testing.T
	ctx  context.Context
	mu   sync.Mutex
	bad  []string
	asks []string // addresses that it asked for
}

// browserPath is a browser of this machine. Without one the test is skipped, unless DITS_BROWSER names what has to be there.
func browserPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("DITS_BROWSER"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser: install chromium, or name one in DITS_BROWSER")
	return ""
}

// openTab starts a browser.
func openTab(t *testing.T, width, height int64) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes long")
	}
	p := &tab{t: t}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(browserPath(t)), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Headless, chromedp.Flag("hide-scrollbars", false))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(p.listen))
	t.Cleanup(cancel)
	p.ctx = ctx
	p.do(chromedp.EmulateViewport(width, height), command(log.Enable, cdp.Empty{}), command(network.Enable, network.EnableParams{}))
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		require.Empty(t, p.bad, "what went wrong in the page")
	})
	return p
}

// command is a command of the protocol as a step.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, c, params)
		return chromedp.Void{}, err
	}
}

// listen notes errors, and what is asked for.
func (p *tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.bad = append(p.bad, fmt.Sprintf("%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.bad = append(p.bad, fmt.Sprint(e.Entry.Source, ": ", e.Entry.Text, " ", e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		p.asks = append(p.asks, e.Request.URL)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

// eval is the value of an expression in the page.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	require.NoError(p.t, err, expression)
	return v
}

// wait waits until an expression is true.
func (p *tab) wait(expression string) {
	p.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
		if time.Now().After(end) {
			p.shoot("waited-in-vain")
			require.FailNow(p.t, "waited in vain", "%s\npage: %s", expression, eval[string](p, "document.body.innerText"))
		}
	}
}

// shoot keeps a picture of the page with the output of the test.
func (p *tab) shoot(name string) {
	p.t.Helper()
	b, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	dir := p.t.ArtifactDir()
	if to := os.Getenv("DITS_SCREENSHOTS"); to != "" {
		dir = to
	}
	require.NoError(p.t, os.MkdirAll(dir, 0o777))
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, name+".png"), b, 0o666))
}

// theme makes the page light or dark, as a system's setting does.
func (p *tab) theme(name string) {
	p.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}
	p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}))
}

// offline takes the network away.
func (p *tab) offline() {
	p.t.Helper()
	none := network.Conditions{Offline: true}
	p.do(command(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&none}}))
}

// serveExplorer serves an explorer, and is its address.
func serveExplorer(t *testing.T, e *Explorer) string {
	s := httptest.NewServer(e.Handler())
	t.Cleanup(s.Close)
	return s.URL
}

// The page comes up without an error, and asks its own server only.
func TestPageComesUp(t *testing.T) {
	p := openTab(t, 1280, 800)
	url := serveExplorer(t, explorerOf(familyFixture(t)))
	p.do(chromedp.Navigate(url))
	p.wait(`document.querySelector("nav a[aria-current]") !== null && document.querySelector("main").children.length > 0`)
	p.shoot("first")
	p.mu.Lock()
	defer p.mu.Unlock()
	require.NotEmpty(t, p.asks)
	for _, asked := range p.asks {
		require.True(t, strings.HasPrefix(asked, url+"/") || strings.HasPrefix(asked, "data:"), asked)
	}
}
