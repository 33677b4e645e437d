package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"dits/mount"
	"dits/repo"
)

func newMount(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "mount DIR [REV]",
		Short:   "Show branches, tags and commits as folders that are only read",
		GroupID: content,
		Long: `Mounts the repository on the folder DIR: DIR/branches/main, DIR/tags/v1 and
DIR/commits/ID have the files of each branch, tag and commit. With REV, DIR has the
files of that revision. Whatever reads files reads them there, mmap included, and they
take no place: they are decoded while they are read. A branch that moves is followed;
a file that is open stays what it was.

DIR is an empty folder, or is made. It is outside of working folders. Nothing can be
written there. Ctrl-C ends it, and so does umount DIR. It needs FUSE, which Linux has;
for macOS it is macFUSE.`,
		Example: `  dits mount ~/models
  dits mount ~/v1 v1`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: g.mountArgs,
		RunE:              func(cmd *cobra.Command, args []string) error { return runMount(cmd, g, args) },
	}
	return cmd
}

// mountArgs completes DIR and REV.
func (g *globals) mountArgs(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return g.revisions(cmd, args, word)
}

func runMount(cmd *cobra.Command, g *globals, args []string) error {
	dir, err := g.cwd()
	if err != nil {
		return err
	}
	if !filepath.IsAbs(args[0]) {
		args[0] = filepath.Join(dir, args[0])
	}
	o := mount.Options{Failed: func(path string, err error) {
		fmt.Fprintf(cmd.ErrOrStderr(), "dits: %s: %s\n", visible(path), visible(err.Error()))
	}}
	if len(args) > 1 {
		o.Rev = args[1]
	}
	return g.withRepo(func(r *repo.Repo) error {
		m, err := mount.Start(r, args[0], o)
		if err != nil {
			return err
		}
		if !g.quiet {
			tellMounted(cmd, r, m, o.Rev)
		}
		return untilEnded(cmd, m)
	})
}

func tellMounted(cmd *cobra.Command, r *repo.Repo, m *mount.Mount, rev string) {
	p := printer{w: cmd.OutOrStdout()}
	what := "branches, tags and commits"
	if rev != "" {
		what = "files of " + rev
	}
	p.f("%s has the %s of %s\n", m.Path(), what, r.Root)
	p.f("Ctrl-C or `umount %s` ends it.\n", typed(m.Path()))
}

// untilEnded waits until somebody unmounts it or the command is told to end. While programs use it, it ends when
// it is told so again.
func untilEnded(cmd *cobra.Command, m *mount.Mount) error {
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(again)
	select {
	case <-m.Done():
		return m.End()
	case <-cmd.Context().Done():
	}
	err := m.End()
	if !errors.Is(err, mount.ErrBusy) {
		return err
	}
	for len(again) > 0 { // the one that was acted on
		<-again
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s is in use: close what reads there (`lsof %s` lists it). It ends when that is done;\nCtrl-C again ends it at once.\n",
		visible(m.Path()), typed(m.Path()))
	return whenFree(m, again)
}

// whenFree ends a mount as soon as nothing uses it any more, or at a signal.
func whenFree(m *mount.Mount, now <-chan os.Signal) error {
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-now:
			return m.Detach()
		case <-look.C:
			if err := m.End(); !errors.Is(err, mount.ErrBusy) {
				return err
			}
		}
	}
}
