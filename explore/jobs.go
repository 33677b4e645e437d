package explore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
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
	mu      sync.Mutex
	all     *lru.Cache[string, *job] // one that is dropped is stopped
	closed  bool
	turns   chan struct{}
	running sync.WaitGroup
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
	cancel  context.CancelFunc
	waiting int         // questions; guarded by the jobs
	idle    *time.Timer // stops it when none waits
	ended   chan struct{}
	answer  any
	err     error

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
// the end. What was asked before is not worked out again. Others have the turn of the question meanwhile.
func (s *jobs) await(ctx context.Context, key string, about url.Values, do making) (any, *Progress, error) {
	t := turnOf(ctx)
	t.giveBack()
	answer, progress, err := s.wait(ctx, key, about, do)
	if err == nil {
		err = t.take(ctx)
	}
	return answer, progress, err
}

func (s *jobs) wait(ctx context.Context, key string, about url.Values, do making) (any, *Progress, error) {
	var over <-chan time.Time
	if seconds, err := strconv.ParseFloat(about.Get("wait"), 64); err == nil {
		over = time.After(time.Duration(min(max(seconds, 0), 30) * float64(time.Second)))
	}
	for {
		j, err := s.join(key, do)
		if err != nil {
			return nil, nil, err
		}
		select {
		case <-j.ended:
			s.leave(j, forgotten)
			if !errors.Is(j.err, context.Canceled) || ctx.Err() != nil {
				return j.answer, nil, j.err
			} // else it was stopped as this was asked
		case <-over:
			s.leave(j, forgotten)
			return nil, j.progress(), nil
		case <-ctx.Done():
			s.leave(j, left)
			return nil, nil, ctx.Err()
		}
	}
}

// join waits for the job for a key, which is begun if need be.
func (s *jobs) join(key string, do making) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, context.Canceled
	}
	j, known := s.all.Get(key)
	if !known {
		if err := s.makeRoom(); err != nil {
			return nil, err
		}
		j = s.begin(key, do)
	}
	j.waiting++
	j.idle.Stop()
	return j, nil
}

// leave waits for a job no longer. If nobody does, it is stopped in a while.
func (s *jobs) leave(j *job, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.waiting--; j.waiting == 0 {
		j.idle.Reset(after)
	}
}

// A BusyError says that all work that can be done at a time is waited for.
type BusyError struct{}

func (*BusyError) Error() string {
	return "too many other questions are worked on: ask again in a while"
}

// makeRoom drops a job if there are as many as may be: the oldest that has ended, else the oldest that nobody waits for.
func (s *jobs) makeRoom() error {
	if s.all.Len() < keptJobs {
		return nil
	}
	for _, droppable := range []func(*job) bool{(*job).hasEnded, func(j *job) bool { return j.waiting == 0 }} {
		for _, key := range s.all.Keys() {
			if j, _ := s.all.Peek(key); droppable(j) {
				s.all.Remove(key)
				return nil
			}
		}
	}
	return &BusyError{}
}

func (j *job) hasEnded() bool {
	select {
	case <-j.ended:
		return true
	default:
		return false
	}
}

// begin begins a job.
func (s *jobs) begin(key string, do making) *job {
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{cancel: cancel, ended: make(chan struct{})}
	j.idle = time.AfterFunc(forgotten, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if j.waiting == 0 {
			cancel()
		}
	})
	s.all.Add(key, j)
	s.running.Go(func() { s.run(ctx, key, j, do) })
	return j
}

// run works on a job when it is its turn. What failed may be asked again.
func (s *jobs) run(ctx context.Context, key string, j *job, do making) {
	defer j.cancel()
	defer close(j.ended)
	select {
	case s.turns <- struct{}{}:
		j.answer, j.err = j.try(ctx, do)
		<-s.turns
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		j.err = ctx.Err() // whatever else was said of that
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

// try does the work. A panic is an error of this answer alone.
func (j *job) try(ctx context.Context, do making) (answer any, err error) {
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("panic: %v\n%s", what, debug.Stack())
		}
	}()
	return do(ctx, j)
}

// close stops all jobs, and returns when they have ended. There are no others from then on.
func (s *jobs) close() {
	s.mu.Lock()
	s.closed = true
	s.all.Purge()
	s.mu.Unlock()
	s.running.Wait()
}
