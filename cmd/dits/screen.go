package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"dits/repo"
)

// errQuit is a write to a pager that the user has left.
var errQuit = errors.New("the pager has ended")

// A screen is where a command prints what people read: on a terminal with colours, and
// through a pager. JSON and graphs for programs go to stdout itself.
type screen struct {
	palette
	out        io.Writer
	complaints io.Writer // stderr
	width      int       // columns of the terminal; 0: not a terminal
	command    string    // of the pager, started by the first write; "" is none
	pager      *pager    // nil: not started
}

// screen is that of a command.
func (g *globals) screen(cmd *cobra.Command) *screen {
	out := cmd.OutOrStdout()
	s := &screen{out: out, width: terminalWidth(out), complaints: cmd.ErrOrStderr(), palette: g.color.palette(isTerminal(out), os.Getenv)}
	if isTerminal(out) && !g.noPager {
		s.command = pagerCommand(os.LookupEnv)
	}
	return s
}

// Write writes to the pager or, without one, to stdout. It returns errQuit once the
// user has left the pager.
func (s *screen) Write(b []byte) (int, error) {
	if s.pager == nil && s.command != "" {
		s.startPager()
	}
	if s.pager == nil {
		return s.out.Write(b)
	}
	n, err := s.pager.Write(b)
	if err != nil {
		return n, errQuit
	}
	return n, nil
}

// startPager starts the pager. Where it cannot be, the output goes without: the default
// one need not be there; one that was asked for is missed.
func (s *screen) startPager() {
	var err error
	if s.pager, err = startPager(s.command, s.out, s.complaints); err != nil && s.command != defaultPager {
		tell(s.complaints, "dits: %v", err)
	}
	s.command = ""
}

// close waits until the user has left the pager.
func (s *screen) close() {
	if s.pager != nil {
		s.pager.wait()
	}
}

// withScreen runs fn with the repository that the command works in, and a screen. The
// repository is closed before the pager is waited for. That the user leaves the pager
// is no error.
func (g *globals) withScreen(cmd *cobra.Command, fn func(*repo.Repo, *screen) error) error {
	s := g.screen(cmd)
	defer s.close()
	err := g.withRepo(func(r *repo.Repo) error { return fn(r, s) })
	return unlessQuit(err)
}

// verdict is the error of a command that printed what it found, and tells by its exit
// status whether that is as wanted: so it does where the user left the pager early.
func verdict(printed error, asWanted bool) error {
	if err := unlessQuit(printed); err != nil || asWanted {
		return err
	}
	return errDifferent
}

// unlessQuit is err, nil where it says that the user has left the pager.
func unlessQuit(err error) error {
	if errors.Is(err, errQuit) {
		return nil
	}
	return err
}
