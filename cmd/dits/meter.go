package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
)

// A meter measures work of several passes: how far each is, how fast, and how long all of it
// will take. Each pass has a clock of its own, which runs while it has its turn, since one
// reads a file and another compresses it.
type meter struct {
	lock   sync.Mutex
	passes []*pass
	at     *pass // whose turn it is
	file   string
}

type pass struct {
	name        string
	done, total int64 // bytes
	skipped     int64 // bytes that needed no work; in neither of them
	spent       time.Duration
	since       time.Time // of its turn
}

// Start adds a pass.
func (m *meter) Start(name string, total int64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	p := &pass{name: name, total: total, since: time.Now()}
	if m.passes = append(m.passes, p); m.at == nil {
		m.at = p
	}
}

// Turn stops the clock of one pass and starts that of another.
func (m *meter) Turn(name, file string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	now := time.Now()
	m.file = visible(file)
	if p := m.find(name); p != nil && p != m.at {
		m.at.spent += now.Sub(m.at.since)
		m.at, p.since = p, now
	}
}

func (m *meter) find(name string) *pass {
	i := slices.IndexFunc(m.passes, func(p *pass) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return m.passes[i]
}

// Add counts what the pass whose turn it is has done.
func (m *meter) Add(n int64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.at != nil {
		m.at.done += n
	}
}

// Skip takes work from a pass.
func (m *meter) Skip(name string, n int64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if p := m.find(name); p != nil {
		p.total -= n
		p.skipped += n
	}
}

// A reading is what a meter shows.
type reading struct {
	pass, file        string
	done, total       int64         // bytes of the pass, of all files
	rate              float64       // bytes a second, of the pass; 0: not known yet
	left              time.Duration // of all passes whose rate is known
	barDone, barTotal int64         // bytes of all passes
}

// reading is what the meter shows at a time.
func (m *meter) reading(now time.Time) (r reading) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for _, p := range m.passes {
		spent := p.spent
		if p == m.at {
			spent += now.Sub(p.since)
		}
		var rate float64
		if spent >= time.Second && p.done > p.total/1000 { // what a header took says nothing
			rate = float64(p.done) / spent.Seconds()
			r.left += time.Duration(float64(max(p.total-p.done, 0)) / rate * float64(time.Second))
		}
		if p == m.at {
			r.pass, r.file, r.done, r.total, r.rate = p.name, m.file, p.done, p.total, rate
		}
		r.barDone += p.done + p.skipped
		r.barTotal += p.total + p.skipped
	}
	return r
}

// words are how far, how fast and how long still: "1.2 GiB of 15 GiB, 700 MiB/s, 17s left". Where it is not known how
// much there is they are how far, and nothing before anything is done.
func (r reading) words() string {
	switch {
	case r.total > 0:
		return fmt.Sprintf("%s of %s", size(r.done), size(r.total)) + r.speed()
	case r.done > 0:
		return size(r.done)
	}
	return ""
}

// speed is "" until it is known.
func (r reading) speed() string {
	if r.rate == 0 {
		return ""
	}
	return fmt.Sprintf(", %s/s, %s left", size(int64(r.rate)), timeLeft(r.left))
}

// percent is how much of all passes is done.
func (r reading) percent() string { return fmt.Sprintf("%d%%", 100*r.barDone/max(r.barTotal, 1)) }

// Columns of a line of progress.
const (
	leastName = 12 // a file's name is cut to it before words are left out
	leastBar  = 10
	mostBar   = 32
)

// fit is a line of that many columns: words on both sides of a bar, and the room for it. Where there
// is little, the bytes go first, then the bar, then the start of the file's name, then rate and time.
func (r reading) fit(width int) (left, right string, bar int) {
	left = strings.TrimSpace(r.pass + " " + tail(r.file, max(width/2, leastName)))
	if r.barTotal <= 0 {
		return runewidth.Truncate(left, max(width-len(r.words())-1, 0), ""), r.words(), 0
	}
	for _, right = range []string{r.words(), r.percent() + r.speed()} {
		if right == "" {
			continue
		}
		if bar = width - runewidth.StringWidth(left) - len(right) - 2; bar >= leastBar {
			return left, right, min(bar, mostBar)
		}
	}
	least := min(runewidth.StringWidth(r.file), leastName)
	for _, right = range []string{r.percent() + r.speed(), r.percent()} {
		if room := width - len(r.pass) - len(right) - 2; room >= least {
			return strings.TrimSpace(r.pass + " " + tail(r.file, room)), right, 0
		}
	}
	return runewidth.Truncate(r.pass, max(width-len(right)-1, 0), ""), right, 0
}

// tail is s, without its start where it is wider than that many columns.
func tail(s string, width int) string {
	if over := runewidth.StringWidth(s) - width; over > 0 {
		return runewidth.TruncateLeft(s, over+1, "…")
	}
	return s
}

// timeLeft is a time for people, not more exact than it can be: "17s", "3m20s", "1h5m".
func timeLeft(d time.Duration) string {
	if d < time.Hour {
		return d.Round(time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}
