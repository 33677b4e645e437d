package explore

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

//go:embed web/index.html web/dist
var web embed.FS

// policy lets the page load what this server has, and nothing else: no script in a name can run.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler answers for the page at /, its parts below /assets/ and questions below /explore/. Prefixes are part of the path.
func (e *Explorer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { servePart(w, r, "web/index.html") })
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		servePart(w, r, "web/dist/"+r.PathValue("name"))
	})
	mux.HandleFunc("GET /explore/{question}", e.serveAnswer)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(w, r)
	})
}

// servePart sends a file of the page; one that is the same as before is not sent again.
func servePart(w http.ResponseWriter, r *http.Request, name string) {
	b, err := fs.ReadFile(web, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf("%q", digest.Sum(b).Short()))
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(b))
}

func (e *Explorer) serveAnswer(w http.ResponseWriter, r *http.Request) {
	answer, err := e.Ask(r.Context(), r.PathValue("question"), r.URL.Query())
	var b []byte
	if err == nil {
		b, err = json.Marshal(answer)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return
		}
		w.WriteHeader(statusOf(err))
		b, _ = json.Marshal(map[string]string{"error": strings.TrimPrefix(err.Error(), "dits: ")})
	}
	_, _ = w.Write(b)
}

// statusOf is the status of an answer that is an error.
func statusOf(err error) int {
	var missing *NotFoundError
	var wrong *WrongError
	switch {
	case errors.As(err, &wrong):
		return http.StatusBadRequest
	case errors.As(err, &missing), errors.Is(err, object.ErrNoPath), errors.Is(err, refs.ErrUnknownRevision):
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}
