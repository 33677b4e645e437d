package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"dits/repo"
)

// progress shows how far long work is: a bar on a terminal, a line now and then
// elsewhere, nothing when the user wants quiet.
func (g *globals) progress(w io.Writer) repo.Progress {
	if g.quiet {
		return repo.NoProgress
	}
	if isTerminal(w) {
		return &bar{w: w}
	}
	return &lines{w: w}
}

// A bar is progress on a terminal: bytes, rate and time left.
type bar struct {
	w    io.Writer
	pool *mpb.Progress
	bar  *mpb.Bar
}

func (b *bar) Start(label string, total int64) {
	b.pool = mpb.New(mpb.WithOutput(b.w), mpb.WithWidth(40), mpb.WithRefreshRate(120*time.Millisecond))
	b.bar = b.pool.AddBar(total,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(label, decor.WCSyncSpaceR), decor.CountersKibiByte("% .1f / % .1f")),
		mpb.AppendDecorators(decor.EwmaSpeed(decor.SizeB1024(0), "% .1f", 30), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)),
	)
}

func (b *bar) Add(n int64) { b.bar.IncrInt64(n) }

func (b *bar) Done() {
	b.bar.Abort(true)
	b.pool.Wait()
}

// lineEvery is how often a line is printed where there is no terminal.
const lineEvery = 5 * time.Second

// lines is progress in a log: nothing for short work.
type lines struct {
	w     io.Writer
	label string
	total int64
	start time.Time
	done  atomic.Int64

	mu   sync.Mutex
	next time.Time
}

func (l *lines) Start(label string, total int64) {
	l.label, l.total, l.start = label, total, time.Now()
	l.next = l.start.Add(lineEvery)
	l.done.Store(0)
}

func (l *lines) Add(n int64) {
	done := l.done.Add(n)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Before(l.next) {
		return
	}
	l.next = now.Add(lineEvery)
	rate := float64(done) / now.Sub(l.start).Seconds()
	fmt.Fprintf(l.w, "%s: %s of %s, %s/s\n", l.label, size(done), size(l.total), size(int64(rate)))
}

func (l *lines) Done() {}

// size is a number of bytes for people.
func size(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }
