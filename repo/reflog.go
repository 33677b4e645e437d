package repo

import (
	"fmt"
	"slices"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// How long reflogs remember, and moves that do not lead to where the ref is now; as in git.
const (
	DefaultExpire            = 90 * 24 * time.Hour
	DefaultExpireUnreachable = 30 * 24 * time.Hour
)

// ExpireOptions of [Repo.ExpireReflogs].
type ExpireOptions struct {
	Expire      time.Duration // older moves go
	Unreachable time.Duration // so do moves this old from or to commits that the ref has not now
	All         bool          // of all refs
	Now         time.Time     // zero: now
}

// LogRef is the ref whose reflog a name means: "" and HEAD are HEAD's.
func (r *Repo) LogRef(name string) (string, error) {
	if name == "" || name == object.HeadName || name == "@" {
		return object.HeadName, nil
	}
	full, _, err := r.ResolveRef(name)
	if err == nil && full == "" {
		err = r.Unknown(name)
	}
	return full, err
}

// ExpireReflogs drops old moves from the reflogs of refs, each log in one step, and says how many of each.
func (r *Repo) ExpireReflogs(names []string, o ExpireOptions) (map[string]int, error) {
	l, err := r.Lock()
	if err != nil {
		return nil, err
	}
	defer l.Unlock()
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	var logs []string
	for _, name := range names {
		ref, err := r.LogRef(name)
		if err != nil {
			return nil, err
		}
		logs = append(logs, ref)
	}
	if o.All {
		all, err := r.Logs()
		if err != nil {
			return nil, err
		}
		logs = append(logs, all...)
	}
	slices.Sort(logs)
	dropped := map[string]int{}
	for _, ref := range slices.Compact(logs) {
		if dropped[ref], err = r.expire(ref, o); err != nil {
			return dropped, fmt.Errorf("reflog of %s: %w", ref, err)
		}
	}
	return dropped, nil
}

func (r *Repo) expire(ref string, o ExpireOptions) (int, error) {
	reached, err := r.logReaches(ref)
	if err != nil {
		return 0, err
	}
	return r.PruneLog(ref, func(e refs.LogEntry) bool {
		age := o.Now.Sub(e.Time)
		return age >= o.Expire || age >= o.Unreachable && !(reached[e.Old] && reached[e.New])
	})
}

// logReaches are the commits that a ref has now; for HEAD those of all refs. The zero ID is among them.
func (r *Repo) logReaches(ref string) (map[digest.ID]bool, error) {
	var todo []digest.ID
	if ref == object.HeadName {
		h, err := r.Head()
		if err != nil {
			return nil, err
		}
		todo = append(todo, h.Commit)
		ref = object.RefPrefix
	}
	named, err := r.ListRefs(ref)
	if err != nil {
		return nil, err
	}
	for _, n := range named {
		if id, err := r.Peel(n.ID); err == nil && (n.Name == ref || ref == object.RefPrefix) {
			todo = append(todo, id)
		}
	}
	reached := map[digest.ID]bool{{}: true}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[id] {
			continue
		}
		reached[id] = true
		if c, err := r.ReadCommit(id); err == nil { // what cannot be read leads nowhere
			todo = append(todo, c.Parents...)
		}
	}
	return reached, nil
}
