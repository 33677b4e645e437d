package explore

import (
	"context"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// blocked is work that goes on until a channel is closed, or it is stopped.
func blocked(until chan struct{}) making {
	return func(ctx context.Context, _ *job) (any, error) {
		select {
		case <-until:
			return "done", nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// waitsFor waits until so many questions wait for a job.
func waitsFor(t *testing.T, s *jobs, key string, questions int) {
	t.Helper()
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		j, ok := s.all.Peek(key)
		return ok && j.waiting == questions
	}, 20*time.Second, time.Millisecond, key)
}

// Questions that do not wait do not stop what others wait for.
func TestJobsThatAreWaitedFor(t *testing.T) {
	s, until, ctx := newJobs(), make(chan struct{}), context.Background()
	got := make(chan any)
	go func() {
		answer, _, err := s.await(ctx, "slow", nil, blocked(until))
		if err != nil {
			answer = err
		}
		got <- answer
	}()
	waitsFor(t, s, "slow", 1)
	for i := range 2 * keptJobs {
		_, progress, err := s.await(ctx, itoa(i), url.Values{"wait": {"0"}}, blocked(until))
		require.NoError(t, err)
		require.NotNil(t, progress)
	}
	close(until)
	require.Equal(t, "done", <-got)
}

// When all jobs are waited for there is no other; when one has ended there is.
func TestJobsAreBusy(t *testing.T) {
	s, until := newJobs(), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for i := range keptJobs {
		go func() { _, _, _ = s.await(ctx, itoa(i), nil, blocked(until)) }()
		waitsFor(t, s, itoa(i), 1)
	}
	var busy *BusyError
	_, _, err := s.await(ctx, "more", nil, blocked(until))
	require.ErrorAs(t, err, &busy)
	require.Equal(t, 503, statusOf(err))
	_, _, err = s.await(ctx, "0", url.Values{"wait": {"0"}}, blocked(until))
	require.NoError(t, err, "one that there is")
	close(until)
	waitsFor(t, s, "0", 0)
	answer, _, err := s.await(ctx, "more", nil, blocked(until))
	require.NoError(t, err)
	require.Equal(t, "done", answer)
}

// One of two that wait goes away: the job goes on for the other.
func TestJobsGoOnForOthers(t *testing.T) {
	s, until := newJobs(), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan error)
	go func() {
		_, _, err := s.await(context.Background(), "a", nil, blocked(until))
		got <- err
	}()
	waitsFor(t, s, "a", 1)
	j, _ := s.all.Peek("a")
	go func() {
		_, _, err := s.await(ctx, "a", nil, blocked(until))
		got <- err
	}()
	waitsFor(t, s, "a", 2)
	cancel()
	require.ErrorIs(t, <-got, context.Canceled)
	j.idle.Reset(0)
	time.Sleep(50 * time.Millisecond)
	require.False(t, j.hasEnded())
	close(until)
	require.NoError(t, <-got)
}

// A panic is an error of one answer.
func TestJobsThatPanic(t *testing.T) {
	s, ctx := newJobs(), context.Background()
	for range jobsAtOnce + 1 {
		_, _, err := s.await(ctx, "a", nil, func(context.Context, *job) (any, error) { panic("at the disco") })
		require.ErrorContains(t, err, "at the disco")
		require.ErrorContains(t, err, "jobs_test.go", "says where")
	}
	answer, _, err := s.await(ctx, "a", nil, func(context.Context, *job) (any, error) { return 1, nil })
	require.NoError(t, err)
	require.Equal(t, 1, answer)
}

// Questions that wait for a job hold up no others.
func TestQuestionsThatWait(t *testing.T) {
	f := familyFixture(t)
	e := explorerOf(f)
	e.jobs.turns <- struct{}{}
	e.jobs.turns <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 2 * atOnce {
		go e.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/explore/layers?from=main&to=ft", nil))
	}
	require.Eventually(t, func() bool { return e.jobs.all.Len() == 1 }, 20*time.Second, time.Millisecond)
	waitsFor(t, e.jobs, e.jobs.all.Keys()[0], 2*atOnce)
	require.True(t, e.turns.TryAcquire(atOnce), "all turns are free")
	e.turns.Release(atOnce)
	require.Len(t, ask[[]ModelNames](t, e, "models", nil), 1)
}

// Nothing reads a model when its explorer is closed.
func TestClose(t *testing.T) {
	f := familyFixture(t)
	e := explorerOf(f)
	begun, ended := make(chan struct{}), false
	go func() {
		_, _, _ = e.jobs.await(context.Background(), "a", nil, func(ctx context.Context, _ *job) (any, error) {
			close(begun)
			<-ctx.Done()
			time.Sleep(20 * time.Millisecond) // as work that looks at its context now and then
			ended = true
			return nil, ctx.Err()
		})
	}()
	<-begun
	e.Close()
	require.True(t, ended)
	_, err := e.Ask(context.Background(), "layers", url.Values{"from": {"main"}, "to": {"ft"}})
	require.ErrorIs(t, err, context.Canceled)
}
