package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"dits/repo/object"
)

// errGone means that the client is: there is nobody to tell.
var errGone = errors.New("the client is gone")

// An answerError is told to the client, in the headers that huggingface_hub reads and as JSON.
type answerError struct {
	status  int
	code    string // RepoNotFound, RevisionNotFound, EntryNotFound, GatedRepo; "": none fits
	message string
	commit  string // of an entry that is not found
}

func (e *answerError) Error() string { return e.message }

func notFound(code, message string) error {
	return &answerError{http.StatusNotFound, code, message, ""}
}

func wrong(message string) error {
	return &answerError{http.StatusBadRequest, "", message, ""}
}

// fail answers with an error, unless an answer was begun or nobody waits for one.
func (q *request) fail(err error) {
	var e *answerError
	switch {
	case errors.Is(err, errGone), errors.Is(err, context.Canceled):
		return
	case errors.As(err, &e):
	case errors.Is(err, object.ErrNoPath):
		e = &answerError{http.StatusNotFound, "EntryNotFound", "no such file", sha(q.commit.ID)}
	default:
		if q.server.options.Log != nil {
			q.server.options.Log.Error("failed", "path", q.URL.EscapedPath(), "error", err.Error())
		}
		e = &answerError{http.StatusInternalServerError, "", "the file cannot be read: see the server's log", ""}
	}
	writeError(q.w, e)
}

func writeError(w http.ResponseWriter, e *answerError) {
	h := w.Header()
	for _, name := range []string{"ETag", "X-Linked-Etag", "X-Linked-Size", "Content-Disposition", "Content-Length"} {
		h.Del(name)
	}
	if e.code != "" {
		h.Set("X-Error-Code", e.code)
	}
	h.Set("X-Error-Message", e.message)
	if e.commit != "" {
		h.Set("X-Repo-Commit", e.commit)
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": e.message})
}
