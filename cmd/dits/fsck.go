package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
)

type fsckOptions struct {
	rebuild bool
	repair  bool
	quick   bool
}

func newFsck(g *globals) *cobra.Command {
	o := fsckOptions{}
	cmd := &cobra.Command{
		Use:     "fsck",
		Short:   "Verify the store, or make its catalog again",
		GroupID: upkeep,
		Long: `Reads every byte of every pack, decodes every tensor and compares every digest. What is
damaged is named: pack and offset, file and tensor. Exit status 12 when something is.

--rebuild makes the catalog, a cache, again from the packs first. --repair first mends what of .dits
cannot be understood: configuration, catalog, logs, branches and tags, HEAD, index. What it replaces is
put aside in .dits, as NAME.damaged-N.`,
		Example: `  dits fsck
  dits fsck --quick       # checksums only
  dits fsck --rebuild
  dits fsck --repair`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runFsck(cmd, g, o) },
	}
	cmd.Flags().BoolVar(&o.rebuild, "rebuild", false, "make the catalog again from the packs")
	cmd.Flags().BoolVar(&o.repair, "repair", false, "mend what of .dits cannot be understood")
	cmd.Flags().BoolVar(&o.quick, "quick", false, "compare checksums; decode nothing")
	return cmd
}

func runFsck(cmd *cobra.Command, g *globals, o fsckOptions) error {
	dir, err := g.cwd()
	if err == nil && o.repair {
		err = repo.Repair(dir, func(m refs.Mending) { printMending(cmd, m) })
	}
	if err == nil && o.rebuild {
		err = repo.Rebuild(dir)
	}
	if err != nil {
		return err
	}
	r, err := g.open()
	if err != nil {
		return err
	}
	defer r.Close()
	found := &findings{w: cmd.ErrOrStderr()}
	problems, err := r.Fsck(cmd.Context(), repo.FsckOptions{
		Quick:    o.quick,
		Progress: g.progress(cmd.ErrOrStderr()),
		Report:   found.tell,
		Note:     func(text string) { tell(cmd.ErrOrStderr(), "dits: note: %s", text) },
	})
	if err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("%w: %s found", found.kind(), plural(problems, "problem", "problems"))
	}
	if !g.quiet {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), "everything is right")
	}
	return err
}

// findings prints what fsck finds.
type findings struct {
	w          io.Writer
	unreadable bool // something that the system does not let be read
	damaged    bool // something that is not what it was
}

func (f *findings) tell(err error) {
	if tensorstore.IsSystem(err) && !errors.Is(err, object.ErrCorrupt) {
		f.unreadable = true
	} else if !errors.Is(err, tensorstore.ErrUnknown) {
		f.damaged = true
	}
	tell(f.w, "dits: %v", err)
}

// kind is what the findings come to. What is not known may lie in what cannot be read.
func (f *findings) kind() error {
	if f.unreadable && !f.damaged {
		return errUnreadable
	}
	return errProblems
}

// printMending says what was done to a file.
func printMending(cmd *cobra.Command, m refs.Mending) {
	p := &printer{w: cmd.ErrOrStderr()}
	p.f("dits: mended %s: %s", m.Path, m.Did)
	if m.Aside != "" {
		p.f(" (what it was: %s)", m.Aside)
	}
	p.f("\n")
}
