package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dits/catalog"
	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/disk"
)

// Exit statuses, as documented in docs/manual.md.
const (
	exitOK           = 0
	exitDifferent    = 1 // differences, or an expectation that is not met
	exitUsage        = 2
	exitError        = 3
	exitNoRepository = 10
	exitLocked       = 11
	exitCorrupt      = 12
	exitInterrupted  = 130
)

var (
	errInterrupted = errors.New("interrupted")
	errDifferent   = errors.New("") // the output has said it all
	errProblems    = errors.New("damaged")
	errUnreadable  = errors.New("not all could be read")
)

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A statusError ends a command with that exit status, after the output has said it all.
type statusError int

func (statusError) Error() string { return "" }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// status is the exit status of an error.
func status(err error) int {
	var usage usageError
	var damaged *catalog.DamagedError
	var own statusError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &own):
		return int(own)
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, errDifferent), errors.Is(err, repo.ErrNothing):
		return exitDifferent
	case errors.Is(err, repo.ErrNoRepository):
		return exitNoRepository
	case errors.Is(err, refs.ErrLocked), errors.Is(err, disk.ErrLocked), errors.Is(err, catalog.ErrBusy):
		return exitLocked
	case errors.Is(err, object.ErrCorrupt), errors.Is(err, tensorstore.ErrCorrupt), errors.Is(err, errProblems), errors.As(err, &damaged):
		return exitCorrupt
	}
	return exitError
}

// report prints an error of a command with what to do next, and returns the exit status.
func report(w io.Writer, cmd *cobra.Command, err error) int {
	code := status(err)
	if err == nil || errors.Is(err, errDifferent) || errors.As(err, new(statusError)) {
		return code
	}
	folder := folderOf(cmd)
	for _, err := range each(err) {
		tell(w, "dits: %s", plainly(err, folder))
	}
	if next := advice(cmd, err, code); next != "" {
		tell(w, "%s", next)
	}
	return code
}

// mostTold is how many errors of one kind are told; the others are counted.
const mostTold = 10

// each is the errors that err is made of, those that are too many as one.
func each(err error) []error {
	var refused *repo.RefusedError
	if !errors.As(err, &refused) {
		return []error{err}
	}
	told, left := refused.Files, len(refused.Files)-mostTold
	if left <= 1 { // which takes a line, too
		return told
	}
	return append(slices.Clone(told[:mostTold]), fmt.Errorf("and %d more files", left))
}

// advice is what to do about an error, "" where its text says it.
func advice(cmd *cobra.Command, err error, code int) string {
	var damaged *catalog.DamagedError
	var unreadable *repo.UnreadableError
	switch {
	case errors.As(err, &unreadable):
		return "Nothing was deleted. If it is gone for good, or was moved and a command was run there since, `dits gc --forget " +
			typed(unreadable.Root) + "` frees what only it needed."
	case errors.As(err, &damaged):
		return "The catalog is a cache: `dits fsck --rebuild` makes it again from the packs."
	case errors.Is(err, repo.ErrOutdated):
		return "Nothing was deleted. Run it again when less is added to the store."
	case errors.Is(err, errProblems):
		return "`dits fsck --repair` mends what it can. Of what is lost, add the original file again, or give a good copy:\n" +
			"`dits fsck --repair --from FILE` (or a folder, a store or a repository). Or put the packs back from a copy of the store."
	case errors.Is(err, errUnreadable):
		return "That says nothing of what the bytes are: make the files readable, and check again."
	case errors.Is(err, catalog.ErrBusy):
		return "Another process is writing it: try again."
	case errors.As(err, new(*work.DirtyError)):
		return "Commit them or move them away first" + orForce(cmd)
	case errors.As(err, new(*refs.BrokenError)):
		return "`dits fsck --repair` mends it, and puts what is there now aside."
	case errors.As(err, new(*repo.RefusedError)):
		return fmt.Sprintf("Nothing was staged. `%s` stores them as they are, `%s` leaves them out.",
			addAgain(cmd, "--force"), addAgain(cmd, "--keep-going"))
	case errors.As(err, new(*repo.FlawError)):
		return fmt.Sprintf("Nothing was staged. `%s` stores it as it is, `%s` leaves it out.",
			addAgain(cmd, "--force"), addAgain(cmd, "--keep-going"))
	case errors.Is(err, tensorstore.ErrChanged):
		return "Nothing was staged. Add it again when nothing writes to it."
	case code == exitCorrupt && !errors.Is(err, errProblems):
		return "`dits fsck` lists all that is damaged."
	case code == exitInterrupted:
		return "What was stored is kept: the same command goes on from there."
	case code == exitUsage:
		return help(cmd)
	}
	return where(err)
}

// addAgain is add of the same with one more flag, as it may be typed: "dits add --force model.gguf". Where that is long,
// or another command stages, it says PATH.
func addAgain(cmd *cobra.Command, flag string) string {
	const most = 40 // columns
	var words []string
	if cmd.Name() == "add" {
		for _, name := range []string{"all", "update"} {
			if set, _ := cmd.Flags().GetBool(name); set {
				words = append(words, "--"+name)
			}
		}
		for _, arg := range cmd.Flags().Args() {
			words = append(words, typed(arg))
		}
	}
	text := strings.Join(words, " ")
	if text == "" || textWidth(text) > most {
		text = "PATH..."
	}
	if dir, _ := cmd.Flags().GetString("directory"); dir != "" { // which paths are seen from
		text = "PATH..."
	}
	return "dits add " + flag + " " + text
}

// orForce is how a command does what would lose changes, where it can.
func orForce(cmd *cobra.Command) string {
	if cmd.Flags().Lookup("force") == nil {
		return "."
	}
	return ", or let them go with --force."
}

// folderOf is the folder that a command works in, "" if that cannot be told.
func folderOf(cmd *cobra.Command) string {
	dir, _ := cmd.Flags().GetString("directory")
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	return dir
}
