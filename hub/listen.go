package hub

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
)

// Serve answers what comes to a listener until ctx ends. Answers that run then have [Limits.EndTime] to end; after it
// returns none runs. It closes the listener. The error is what ended it otherwise.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	limits, answers := s.options.Limits, s.Handler()
	if s.options.Token == "" && IsLoopback(l.Addr()) {
		answers = local(answers)
	}
	running := &counter{ended: make(chan struct{}, 1)}
	server := &http.Server{
		Handler: running.count(s.timed(answers)), ReadHeaderTimeout: limits.HeaderTime,
		IdleTimeout: limits.IdleTime, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(netutil.LimitListener(l, limits.Connections)) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		soon, stop := context.WithTimeout(context.WithoutCancel(ctx), limits.EndTime)
		defer stop()
		if n := running.n.Load(); n > 0 && s.options.Log != nil {
			s.options.Log.Info("ending", "answers", n, "at most", limits.EndTime.String())
		}
		_ = server.Shutdown(soon) // who is not done by then is cut off
	}
	err = errors.Join(err, ignoreClosed(server.Close()))
	running.wait()
	s.Close()
	return err
}

// timed bounds how long the body of a request may take. It is no ReadTimeout of [http.Server]: that ends the context of
// answers which take longer.
func (s *Server) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.options.Limits.StallTime))
		}
		next.ServeHTTP(w, r)
	})
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// A counter knows how many answers run.
type counter struct {
	n     atomic.Int64
	ended chan struct{} // has room for one: an answer has ended
}

func (c *counter) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.n.Add(1)
		defer func() {
			c.n.Add(-1)
			select {
			case c.ended <- struct{}{}:
			default:
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// wait waits until no answer runs, when none can begin.
func (c *counter) wait() {
	for c.n.Load() > 0 {
		<-c.ended
	}
}
