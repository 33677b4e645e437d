package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"dits/repo/object"
)

// progress shows how far long work is: a bar on a terminal, a line now and then
// elsewhere, nothing when the user wants quiet.
func (g *globals) progress(w io.Writer) object.Progress {
	if g.quiet {
		return object.NoProgress
	}
	if isTerminal(w) {
		return &bar{w: w}
	}
	return &lines{w: w}
}

// A bar is progress on a terminal.
type bar struct {
	meter
	w    io.Writer
	pool *mpb.Progress
	bar  *mpb.Bar
}

// Start draws the bar with the first pass.
func (b *bar) Start(pass string, total int64) {
	b.meter.Start(pass, total)
	if b.bar != nil {
		return
	}
	inner := mpb.BarStyle().Build()
	b.pool = mpb.New(mpb.WithOutput(b.w), mpb.WithRefreshRate(120*time.Millisecond))
	b.bar = b.pool.MustAdd(0, mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		return b.fill(w, s, inner)
	}), mpb.BarFillerTrim())
}

// fill writes one line: the words on both sides of the bar, as wide as there is room for it.
func (b *bar) fill(w io.Writer, s decor.Statistics, inner mpb.BarFiller) error {
	r := b.reading(time.Now())
	left, right, room := r.fit(s.AvailableWidth)
	if _, err := io.WriteString(w, left+" "); err != nil {
		return err
	}
	if room > 0 {
		s.AvailableWidth, s.Current, s.Total = room, r.barDone, r.barTotal
		if err := inner.Fill(w, s); err != nil {
			return err
		}
		right = " " + right
	}
	_, err := io.WriteString(w, right)
	return err
}

// above prints above the bar; false where none is drawn.
func (b *bar) above(line string) bool {
	if b.bar == nil {
		return false
	}
	_, err := b.pool.Write([]byte(line))
	return err == nil
}

// Done takes the bar away.
func (b *bar) Done() {
	b.bar.Abort(true)
	b.pool.Wait()
	b.meter, b.bar = meter{}, nil
}

// lineEvery is how often a line is printed where there is no terminal.
const lineEvery = 5 * time.Second

// lines is progress in a log: nothing for short work.
type lines struct {
	meter
	w    io.Writer
	mu   sync.Mutex
	next time.Time
}

// Start waits for the first line.
func (l *lines) Start(pass string, total int64) {
	l.meter.Start(pass, total)
	l.next = time.Now().Add(lineEvery)
}

// Add prints a line when it is time for one.
func (l *lines) Add(n int64) {
	l.meter.Add(n)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Before(l.next) {
		return
	}
	l.next = now.Add(lineEvery)
	r := l.reading(now)
	fmt.Fprintln(l.w, strings.TrimSuffix(strings.TrimSpace(r.pass+" "+r.file)+": "+r.words(), ": "))
}

// Done ends the passes.
func (l *lines) Done() { l.meter = meter{} }

// size is a number of bytes for people.
func size(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }
