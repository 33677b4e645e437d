package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"
)

// log is where a server tells of requests; nil: nowhere.
func (o serveOptions) log(g *globals, w io.Writer) *slog.Logger {
	switch {
	case g.quiet:
		return nil
	case o.logJSON:
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(&requestLines{w: w})
}

// requestLines writes what a server logs as lines for people, short ones for requests. It has no groups, and no
// attributes but those of a record: servers use none.
type requestLines struct {
	mu sync.Mutex
	w  io.Writer
}

// Enabled implements [slog.Handler].
func (*requestLines) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements [slog.Handler].
func (l *requestLines) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements [slog.Handler].
func (l *requestLines) WithGroup(string) slog.Handler { return l }

// Handle implements [slog.Handler].
func (l *requestLines) Handle(_ context.Context, r slog.Record) error {
	values, all := map[string]slog.Value{}, []string{}
	r.Attrs(func(a slog.Attr) bool {
		values[a.Key] = a.Value
		all = append(all, a.Key+" "+a.Value.String())
		return true
	})
	line := r.Message + ": " + strings.Join(all, ", ")
	if r.Message == "request" {
		line = requestLine(values)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintln(l.w, r.Time.Format(time.TimeOnly), visible(line))
	return err
}

// commitID is a commit as clients write it, too long for people.
var commitID = regexp.MustCompile(`/([0-9a-f]{10})[0-9a-f]{30,54}(/|$)`)

// requestLine is one request: what came of it, what was asked for, what was sent, how long it took, and who asked.
func requestLine(v map[string]slog.Value) string {
	words := []string{v["status"].String(), v["method"].String(), commitID.ReplaceAllString(v["path"].String(), "/$1$2")}
	if part := v["range"].String(); part != "" {
		words = append(words, part)
	}
	if n := v["bytes"].Int64(); n > 0 {
		words = append(words, size(n))
	}
	if cut, ok := v["cut"]; ok && cut.Bool() {
		words = append(words, "(cut off)")
	}
	from := v["from"].String()
	if host, _, err := net.SplitHostPort(from); err == nil {
		from = host
	}
	took := time.Duration(v["ms"].Int64()) * time.Millisecond
	return strings.Join(append(words, took.String(), from), " ")
}
