package explore

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"sync"

	"golang.org/x/sync/semaphore"

	"dits/repo"
	"dits/repo/history"
)

// A Model is a repository and what it is called: OWNER/NAME.
type Model struct {
	Name string
	Repo *repo.Repo

	revs  []string // that all is about; none: branches, tags and HEAD
	reach *history.Reach
}

// An Explorer answers questions about models. It is safe for concurrent use.
type Explorer struct {
	Log *slog.Logger // is told of what cannot be read; nil: nobody is

	models []*Model
	revs   []string // that all is about; none: what branches, tags and HEAD lead to
	jobs   *jobs    // what takes long
	lists  *jobs    // of models that differ

	turns *semaphore.Weighted

	mu       sync.Mutex
	sharings []*sharing // those asked for last, the latest first
}

// atOnce is how many questions of a server are answered at a time, without those that wait for a job.
const atOnce = 16

// New is an explorer of models, in that order. With revs nothing is told but of what these lead to, in each model: no
// other branch, tag, commit or file is named. Without any it is about all branches and tags.
func New(models []*Model, revs ...string) *Explorer {
	revs = once(revs)
	for _, m := range models {
		m.revs, m.reach = revs, &history.Reach{History: m.Repo.History}
		if len(revs) > 0 {
			m.reach.From = m.asRefs
		}
	}
	return &Explorer{models: models, revs: revs, jobs: newJobs(), lists: newJobs(), turns: semaphore.NewWeighted(atOnce)}
}

// Close stops what takes long, and returns when it has ended; no other is begun from then on. Repositories stay open.
func (e *Explorer) Close() {
	e.jobs.close()
	e.lists.close()
}

// questions are what can be asked, by name. Values of a URL's query say about what.
var questions = map[string]func(*Explorer, context.Context, url.Values) (any, error){
	"models":  (*Explorer).namesOfModels,
	"family":  (*Explorer).family,
	"history": (*Explorer).history,
	"commit":  (*Explorer).commit,
	"file":    (*Explorer).file,
	"savings": (*Explorer).savings,
	"sharing": (*Explorer).sharing,
	"chunks":  (*Explorer).chunks,
	"sharers": (*Explorer).sharers,
	"layers":  (*Explorer).layers,
	"tensor":  (*Explorer).tensor,
	"rank":    (*Explorer).rank,
	"pairs":   (*Explorer).pairs,
}

// Ask answers a question, as a value to be written as JSON. What cannot be found is a [NotFoundError].
func (e *Explorer) Ask(ctx context.Context, name string, about url.Values) (any, error) {
	answer := questions[name]
	if answer == nil {
		return nil, notFound("no question is called %q", name)
	}
	return answer(e, ctx, about)
}

// A NotFoundError says what there is not.
type NotFoundError struct{ what string }

func (e *NotFoundError) Error() string { return e.what }

func notFound(format string, args ...any) error { return &NotFoundError{fmt.Sprintf(format, args...)} }

// A WrongError says what is wrong with a question.
type WrongError struct{ what string }

func (e *WrongError) Error() string { return e.what }

// model is the one that ?model= names; without one the first.
func (e *Explorer) model(about url.Values) (*Model, error) {
	name := about.Get("model")
	for _, m := range e.models {
		if name == "" || m.Name == name {
			return m, nil
		}
	}
	return nil, notFound("no model is called %q", name)
}
