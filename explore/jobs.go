package explore

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"dits/repo/object"
)

const (
	// keptJobs is how many answers that took long are kept.
	keptJobs = 24
	// jobsAtOnce is how many such answers are worked on at a time.
	jobsAtOnce = 2
	// forgotten is how long after the last question work goes on that nobody waits for.
	forgotten = 20 * time.Second
	// left is the same where the one who asked went away.
	left = 3 * time.Second
)

// A Progress says how far an answer is that takes long. It comes instead of the answer where ?wait= seconds are over;
// who asks again gets it then, or later.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"` // 0: not known
}

// jobs are answers that take long, by what was asked.
type jobs struct {
	mu    sync.Mutex
	all   *lru.Cache[string, *job] // one that is dropped is stopped
	turns chan struct{}
}

func newJobs() *jobs {
	all, err := lru.NewWithEvict(keptJobs, func(_ string, j *job) { j.cancel() })
	if err != nil {
		panic(err) // keptJobs is positive
	}
	return &jobs{all: all, turns: make(chan struct{}, jobsAtOnce)}
}

// A job is one of them, done or still worked on.
type job struct {
	object.Quiet
	cancel context.CancelFunc
	idle   *time.Timer // stops it
	ended  chan struct{}
	answer any
	err    error

	done, total atomic.Int64
}

// Start implements [object.Progress].
func (j *job) Start(_ string, total int64) { j.total.Store(total) }

// Add implements [object.Progress].
func (j *job) Add(n int64) { j.done.Add(n) }

func (j *job) progress() *Progress {
	return &Progress{min(j.done.Load(), j.total.Load()), j.total.Load()}
}

// A making makes an answer, and tells the job how far it is.
type making func(context.Context, *job) (any, error)

// await gives the answer that do makes, or how far it is when the seconds of ?wait= are over; without these it waits for
// the end. What was asked before is not worked out again.
func (s *jobs) await(ctx context.Context, key string, about url.Values, do making) (any, *Progress, error) {
	j := s.job(key, do)
	var over <-chan time.Time
	if seconds, err := strconv.ParseFloat(about.Get("wait"), 64); err == nil {
		over = time.After(time.Duration(min(max(seconds, 0), 30) * float64(time.Second)))
	}
	for {
		select {
		case <-j.ended:
			if !errors.Is(j.err, context.Canceled) || ctx.Err() != nil {
				return j.answer, nil, j.err
			}
			j = s.job(key, do) // it was stopped as this was asked
		case <-over:
			j.idle.Reset(forgotten)
			return nil, j.progress(), nil
		case <-ctx.Done():
			j.idle.Reset(left)
			return nil, nil, ctx.Err()
		case <-time.After(forgotten / 2):
			j.idle.Reset(forgotten)
		}
	}
}

// job is the one for a key, begun if need be.
func (s *jobs) job(key string, do making) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j, ok := s.all.Get(key); ok {
		j.idle.Reset(forgotten)
		return j
	}
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{cancel: cancel, ended: make(chan struct{}), idle: time.AfterFunc(forgotten, cancel)}
	s.all.Add(key, j)
	go s.run(ctx, key, j, do)
	return j
}

// run works on a job when it is its turn. What failed may be asked again.
func (s *jobs) run(ctx context.Context, key string, j *job, do making) {
	defer j.cancel()
	defer close(j.ended)
	select {
	case s.turns <- struct{}{}:
		j.answer, j.err = do(ctx, j)
		<-s.turns
	case <-ctx.Done():
		j.err = ctx.Err()
	}
	if j.err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, ok := s.all.Peek(key); ok && now == j {
		s.all.Remove(key)
	}
}
