package main

import (
	"errors"
	"fmt"
	"strings"

	"dits/repo"
)

// nothingStaged is the error of a commit that would record no change, with what it could record.
func nothingStaged(r *repo.Repo, err error) error {
	if !errors.Is(err, repo.ErrNothing) {
		return err
	}
	s, serr := r.Status()
	if serr != nil {
		return err
	}
	changed, untracked := len(s.Changed), len(s.Untracked)
	var parts []string
	if changed > 0 {
		parts = append(parts, fmt.Sprintf("%d changed", changed))
	}
	if untracked > 0 {
		parts = append(parts, fmt.Sprintf("%d untracked", untracked))
	}
	if len(parts) == 0 && s.Head.IsZero() {
		return fmt.Errorf("%w: no file is here yet (`dits add PATH` stages one)", repo.ErrNothing)
	}
	if len(parts) == 0 {
		return fmt.Errorf("%w, all is as in the last commit", repo.ErrNothing)
	}
	files, how := "files are", "`dits add PATH`"
	if changed+untracked == 1 {
		files = "file is"
	}
	if changed > 0 {
		how += ", or `dits commit -a` for all that is tracked"
	}
	return fmt.Errorf("%w: %s %s not staged (%s)", repo.ErrNothing, strings.Join(parts, " and "), files, how)
}
