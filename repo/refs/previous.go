package refs

import (
	"fmt"
	"strconv"
	"strings"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// lastBranch is short for "@{-1}", as in git.
const lastBranch = "-"

// The words of HEAD's log for a switch: movedFrom FROM movedTo TO.
const (
	movedFrom = "checkout: moving from "
	movedTo   = " to "
)

// MovedReason is what HEAD's log says of a switch: names of branches, or the digits of commits.
func MovedReason(from, to Head) string { return movedFrom + from.label() + movedTo + to.label() }

func (h Head) label() string {
	if h.Detached() {
		return h.Commit.String()
	}
	return h.Branch
}

// MovedFrom is where a switch came from, by what HEAD's log says of it; ok is false of any other move.
func MovedFrom(reason string) (from string, ok bool) {
	rest, ok := strings.CutPrefix(reason, movedFrom)
	if !ok {
		return "", false
	}
	from, _, ok = strings.Cut(rest, movedTo)
	return from, ok
}

// Named is rev, or what "-" and "@{-N}" stand for: what was checked out N switches ago, the name of a branch or the
// digits of a commit.
func (r *Refs) Named(rev string) (string, error) {
	n, ok := switchesBack(rev)
	if !ok {
		return rev, nil
	}
	entries, err := r.Reflog(object.HeadName)
	if err != nil {
		return "", err
	}
	met := 0
	for _, e := range entries {
		from, switched := MovedFrom(e.Reason)
		if !switched {
			continue
		}
		if met++; met == n {
			return from, nil
		}
	}
	if met == 0 {
		return "", Missing("%s: nothing else was checked out before", rev)
	}
	return "", Missing("%s: HEAD was switched %d times, nothing was checked out before that", rev, met)
}

// switchesBack reads "-" and "@{-N}".
func switchesBack(rev string) (n int, ok bool) {
	if rev == lastBranch {
		return 1, true
	}
	digits, ok := strings.CutPrefix(rev, "@{-")
	if digits, closed := strings.CutSuffix(digits, "}"); ok && closed {
		n, err := strconv.Atoi(digits)
		return n, err == nil && n > 0
	}
	return 0, false
}

// resolveSwitched is the commit of what [Refs.Named] finds.
func (r *Refs) resolveSwitched(rev string) (digest.ID, error) {
	name, err := r.Named(rev)
	if err != nil {
		return digest.ID{}, err
	}
	id, err := r.resolveName(name)
	if err != nil {
		return digest.ID{}, fmt.Errorf("%s was %s: %w", rev, name, err)
	}
	return r.Peel(id)
}
