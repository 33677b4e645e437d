package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A measured page.
type measured struct {
	first, all  time.Duration // since the page was asked for
	zoom, hover frames
	heap, tab   float64 // bytes
}

// Frames of a second of work.
type frames struct {
	rate float64 // a second
	slow float64 // milliseconds that 95 of 100 take at most
}

// watch notes when the page has drawn what it says of files for the first time, and when it says of all.
const watch = `(() => {
  const look = () => {
    const says = document.querySelector(".says")?.textContent ?? "", canvas = document.querySelector(".wall canvas, canvas");
    if (canvas && canvas.width > 0 && /file/.test(says)) {
      requestAnimationFrame(() => {
        window.drawn ??= performance.now();
        if (!/…|so far|of \d+ files/.test(says)) window.allDrawn ??= performance.now();
      });
    }
    if (!window.allDrawn) requestAnimationFrame(look);
  };
  look();
})()`

// frameTimes does something in each of 120 frames, and is how many milliseconds each took.
const frameTimes = `(async (step) => {
  const canvas = [...document.querySelectorAll("canvas")].sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const box = canvas.getBoundingClientRect(), target = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const frame = () => new Promise(requestAnimationFrame);
  let last = await frame();
  const times = [];
  for (let i = 0; i < 120; i++) {
    step(i, target, box);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
})`

const (
	zoomStep = `(i, target, box) => target.dispatchEvent(new WheelEvent("wheel", {bubbles: true, cancelable: true,
		deltaY: i % 60 < 30 ? -40 : 40, clientX: box.x + box.width * .6, clientY: box.y + box.height / 2}))`
	hoverStep = `(i, target, box) => target.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, pointerType: "mouse",
		clientX: box.x + 120 + (box.width - 140) * (i % 60) / 60, clientY: box.y + 60 + (box.height - 80) * (i * 7 % 60) / 60}))`
)

// measure opens the page.
func measure(browser, url string) (*measured, error) {
	profile, err := os.MkdirTemp("", "explorerbench-profile")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(profile)
	options := []chromedp.ExecAllocatorOption{chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless, chromedp.UserDataDir(profile)}
	if browser != "" {
		options = append(options, chromedp.ExecPath(browser))
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	onLoad := func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), onLoad, chromedp.Navigate(url)); err != nil {
		return nil, err
	}
	m := &measured{}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		times, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`[window.drawn ?? 0, window.allDrawn ?? 0]`))
		if err != nil {
			return nil, err
		}
		m.first, m.all = millis(times[0]), millis(times[1])
		if m.all > 0 {
			break
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("nothing was drawn in a minute")
		}
	}
	for step, to := range map[string]*frames{zoomStep: &m.zoom, hoverStep: &m.hover} {
		times, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](frameTimes+"("+step+")", chromedp.EvalAwaitPromise))
		if err != nil {
			return nil, err
		}
		*to = framesOf(times)
	}
	if m.heap, err = chromedp.Run(ctx, chromedp.Evaluate[float64](`performance.memory.usedJSHeapSize`)); err != nil {
		return nil, err
	}
	m.tab, err = tabMemory(profile)
	return m, err
}

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// tabMemory is what the process of the tab has to itself: of those that show pages, the one that takes the most.
func tabMemory(profile string) (most float64, err error) {
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return 0, err
	}
	for _, path := range processes {
		b, _ := os.ReadFile(path)
		if words := string(b); !strings.Contains(words, profile) || !strings.Contains(words, "--type=renderer") {
			continue
		}
		status, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "status"))
		for line := range strings.SplitSeq(string(status), "\n") {
			if kib, ok := strings.CutPrefix(line, "RssAnon:"); ok {
				n, _ := strconv.ParseFloat(strings.Fields(kib)[0], 64)
				most = max(most, n*1024)
			}
		}
	}
	if most == 0 {
		return 0, fmt.Errorf("no process of a tab found")
	}
	return most, nil
}
