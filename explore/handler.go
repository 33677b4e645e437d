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

// sendTime is how long sending an answer may take.
const sendTime = time.Minute

func (e *Explorer) serveAnswer(w http.ResponseWriter, r *http.Request) {
	connection := http.NewResponseController(w)
	_ = connection.SetWriteDeadline(time.Time{}) // finding the answer may take longer than sending it
	answer, err := e.askInTurn(r)
	var b []byte
	if err == nil {
		b, err = json.Marshal(answer)
	}
	if errors.Is(err, context.Canceled) {
		return
	}
	_ = connection.SetWriteDeadline(time.Now().Add(sendTime))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		b = e.refuse(w, r, err)
	}
	_, _ = w.Write(b)
}

// askInTurn answers a question when not too many others are being answered.
func (e *Explorer) askInTurn(r *http.Request) (any, error) {
	t := &turn{of: e.turns}
	if err := t.take(r.Context()); err != nil {
		return nil, err
	}
	defer t.giveBack()
	return e.Ask(inTurn(r.Context(), t), r.PathValue("question"), r.URL.Query())
}

// refuse sends the status of an error, and is what to say. What is wrong with the store is for the log: it names paths.
func (e *Explorer) refuse(w http.ResponseWriter, r *http.Request, err error) []byte {
	status, says := statusOf(err), err.Error()
	if status == http.StatusInternalServerError {
		if e.Log != nil {
			e.Log.Error("failed", "path", r.URL.RequestURI(), "error", says)
		}
		says = "this cannot be read: what dits serve prints says why"
	}
	w.WriteHeader(status)
	b, _ := json.Marshal(map[string]string{"error": says})
	return b
}

// statusOf is the status of an answer that is an error.
func statusOf(err error) int {
	var missing *NotFoundError
	var wrong *WrongError
	var changed *ChangedError
	var busy *BusyError
	switch {
	case errors.As(err, &busy):
		return http.StatusServiceUnavailable
	case errors.As(err, &changed):
		return http.StatusConflict
	case errors.As(err, &wrong):
		return http.StatusBadRequest
	case errors.As(err, &missing), errors.Is(err, object.ErrNoPath), errors.Is(err, refs.ErrUnknownRevision):
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}
