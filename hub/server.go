package hub

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"dits/repo"
	"dits/repo/history"
	"dits/repo/object"
)

// Limits on what clients can make the server do.
const (
	headerBytes = 32 << 10
	headerTime  = 10 * time.Second
	idleTime    = 2 * time.Minute
	bodyBytes   = 1 << 20     // of a request
	stallTime   = time.Minute // until somebody who reads nothing is let go
	memory      = 256 << 20   // decoded bytes on their way to all clients
)

// A Model is a repository under the name that clients ask for, OWNER/NAME.
type Model struct {
	Name string
	Repo *repo.Repo

	reach *history.Reach
}

// Options of a [Server]. The zero value lets everybody read, and logs nothing.
type Options struct {
	Token string       // that requests have to bear; "": none
	Log   *slog.Logger // a line for each request; nil: none
	Page  http.Handler // for browsers, at / and below /assets/ and /explore/; nil: there is none
}

// A Server answers requests about some models. It changes nothing of them.
type Server struct {
	models  []*Model // ascending by name
	byName  map[string]*Model
	options Options
	budget  *semaphore.Weighted // of memory
}

// New serves models, whose names are all different. They stay the caller's to close.
func New(models []*Model, o Options) (*Server, error) {
	s := &Server{byName: map[string]*Model{}, options: o, budget: semaphore.NewWeighted(memory)}
	for _, m := range models {
		if err := CheckName(m.Name); err != nil {
			return nil, err
		}
		if s.byName[m.Name] != nil {
			return nil, fmt.Errorf("two repositories are called %s: give one another name, as OWNER/NAME=FOLDER", m.Name)
		}
		m.reach = &history.Reach{History: m.Repo.History}
		s.byName[m.Name] = m
	}
	s.models = slices.SortedFunc(slices.Values(models), func(a, b *Model) int { return cmp.Compare(a.Name, b.Name) })
	return s, nil
}

// CheckName is an error for what is no OWNER/NAME that clients can ask for.
func CheckName(name string) error {
	owner, rest, ok := strings.Cut(name, "/")
	if !ok || !isWord(owner) || !isWord(rest) {
		return fmt.Errorf("name %q: want OWNER/NAME of letters, digits, '.', '_' and '-'", name)
	}
	if owner == "api" {
		return fmt.Errorf("name %q: an owner cannot be called api: the addresses of the interface begin with that", name)
	}
	return nil
}

// isWord says that text can be a part of a name.
func isWord(text string) bool {
	fits := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	return text != "" && strings.Trim(text, ".") != "" && !strings.ContainsFunc(text, func(r rune) bool { return !fits(r) })
}

// HTTP is the server with its limits, to be given a listener.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: stallTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
}

// Handler answers all requests.
func (s *Server) Handler() http.Handler {
	const model = "/api/models/{owner}/{name}"
	all, api, files := http.NewServeMux(), http.NewServeMux(), http.NewServeMux() // patterns of one would overlap
	for pattern, answer := range map[string]func(*request) error{
		"GET /api/models":                        s.list,
		"GET " + model:                           (*request).info,
		"GET " + model + "/revision/{rev}":       (*request).info,
		"GET " + model + "/refs":                 (*request).refs,
		"GET " + model + "/tree/{rev}":           (*request).tree,
		"GET " + model + "/tree/{rev}/{path...}": (*request).tree,
		"GET " + model + "/commits/{rev}":        (*request).commits,
		"POST " + model + "/paths-info/{rev}":    (*request).pathsInfo,
	} {
		api.HandleFunc(pattern, s.answer(answer))
	}
	files.HandleFunc("GET /{owner}/{name}/resolve/{rev}/{path...}", s.answer((*request).resolve)) // and HEAD
	all.Handle("/api/", api)
	all.Handle("/", files)
	if page := s.options.Page; page != nil {
		for _, at := range []string{"GET /{$}", "GET /assets/{name}", "GET /explore/{question}"} {
			all.Handle(at, page)
		}
	}
	all.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return s.logged(s.guarded(all))
}

// guarded lets in who bears the token.
func (s *Server) guarded(next http.Handler) http.Handler {
	if s.options.Token == "" {
		return next
	}
	want := sha256.Sum256([]byte("Bearer " + s.options.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if subtle.ConstantTimeCompare(got[:], want[:]) == 1 || r.URL.Path == "/healthz" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
		writeError(w, &answerError{http.StatusUnauthorized, "GatedRepo", "this server wants a token", ""})
	})
}

// logged writes a line for each request.
func (s *Server) logged(next http.Handler) http.Handler {
	if s.options.Log == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, c := time.Now(), &counted{ResponseWriter: w}
		next.ServeHTTP(c, r)
		s.options.Log.Info("request", "from", r.RemoteAddr, "method", r.Method, "path", r.URL.EscapedPath(),
			"range", r.Header.Get("Range"), "status", c.status, "bytes", c.bytes, "ms", time.Since(began).Milliseconds())
	})
}

// A counted writer knows what was answered.
type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets deadlines through.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// take reserves memory for an answer of so many bytes, and says how to give it back.
func (s *Server) take(ctx context.Context, bytes int64) (release func(), err error) {
	n := max(1, min(bytes, object.CopyMemory(), memory))
	if err := s.budget.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { s.budget.Release(n) }, nil
}
