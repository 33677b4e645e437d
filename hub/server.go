package hub

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"golang.org/x/sync/semaphore"

	"dits/repo"
	"dits/repo/history"
)

// A Model is a repository under the name that clients ask for, OWNER/NAME.
type Model struct {
	Name string
	Repo *repo.Repo

	reach *history.Reach
}

// Options of a [Server]. The zero value lets everybody read, and logs nothing.
type Options struct {
	Token  string       // that requests have to bear; "": none
	Log    *slog.Logger // a line for each request; nil: none
	Page   http.Handler // what people see at /, and parts of it below /assets/ and /explore/; nil: how to set a client up
	Limits Limits
}

// A Server answers requests about some models. It changes nothing of them.
type Server struct {
	models  []*Model // ascending by name
	byName  map[string]*Model
	options Options
	budget  *semaphore.Weighted // of memory
	reserve *semaphore.Weighted // of memory for small pieces
	lists   *semaphore.Weighted // answers of the API at a time, which are in memory whole
	metrics *metrics
	ahead   *ahead
}

// New serves models, whose names are all different. They stay the caller's to close, once the server is.
func New(models []*Model, o Options) (*Server, error) {
	o.Limits = o.Limits.withDefaults()
	s := &Server{byName: map[string]*Model{}, options: o, ahead: newAhead()}
	s.budget, s.reserve = semaphore.NewWeighted(o.Limits.Memory), semaphore.NewWeighted(reserve)
	s.lists = semaphore.NewWeighted(listsAtOnce)
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
	for _, m := range s.models {
		m.Repo.Store.LimitCaches(o.Limits.Cache / int64(len(s.models)))
	}
	s.metrics = newMetrics(s)
	return s, nil
}

// Close ends what the server does by itself, and waits for that. [Server.Serve] closes it.
func (s *Server) Close() { s.ahead.close() }

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
	all.Handle("/api/", s.inTurn(api))
	all.Handle("/", files)
	all.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	all.Handle("GET /metrics", s.metrics.handler())
	if s.options.Page != nil {
		for _, at := range []string{"GET /{$}", "GET /assets/{name}", "GET /explore/{question}"} {
			all.Handle(at, s.options.Page)
		}
	} else {
		all.HandleFunc("GET /{$}", s.page)
	}
	return s.watched(s.guarded(all))
}

// page says what this is, to who opens the address in a browser.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "dits serves these models to clients of a model hub:\n\n")
	for _, m := range s.models {
		fmt.Fprintf(w, "  %s\n", m.Name)
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	fmt.Fprintf(w, "\nSet HF_ENDPOINT=%s://%s, and huggingface_hub and llama.cpp download from here.\n", scheme, r.Host)
}
