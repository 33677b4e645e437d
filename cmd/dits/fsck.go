package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

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
	lost    bool
	json    bool
	from    []string
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
put aside in .dits, as NAME.damaged-N. Then it lets go of damaged records whose content has another; with
--from it first stores anew what good copies have: files, folders of them, stores, or repositories.`,
		Example: `  dits fsck
  dits fsck --quick       # checksums only
  dits fsck --rebuild
  dits fsck --repair
  dits fsck --repair --from /backup/model.safetensors
  dits fsck --repair --from ~/.cache/huggingface/hub`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runFsck(cmd, g, o) },
	}
	cmd.Flags().BoolVar(&o.rebuild, "rebuild", false, "make the catalog again from the packs")
	cmd.Flags().BoolVar(&o.repair, "repair", false, "mend what of .dits cannot be understood")
	cmd.Flags().StringArrayVar(&o.from, "from", nil, "with --repair: store anew what is lost and `FILE` has, or a folder, store or repository")
	cmd.Flags().BoolVar(&o.lost, "lost-found", false, "list commits and files that only a reflog holds, or nothing; check nothing")
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON: an object a line for each problem")
	cmd.Flags().BoolVar(&o.quick, "quick", false, "compare checksums; decode nothing")
	return cmd
}

func runFsck(cmd *cobra.Command, g *globals, o fsckOptions) error {
	if o.lost {
		if o.repair || o.rebuild || o.quick {
			return usagef("fsck: --lost-found checks and mends nothing: want it alone")
		}
		return g.withRepo(func(r *repo.Repo) error { return printLost(cmd, r, o) })
	}
	if len(o.from) > 0 && !o.repair {
		return usagef("fsck: --from, want --repair with it")
	}
	dir, err := g.cwd()
	if err == nil && o.rebuild {
		err = repo.Rebuild(dir)
	}
	if err == nil && o.repair {
		err = runRepair(cmd, g, dir, o.from)
	}
	if err != nil {
		return err
	}
	r, err := g.open()
	if err != nil {
		return err
	}
	defer r.Close()
	found := &findings{cmd: cmd, json: o.json}
	problems, err := r.Fsck(cmd.Context(), repo.FsckOptions{
		Quick:    o.quick,
		Progress: g.progress(cmd.ErrOrStderr()),
		Report:   found.tell,
		Note:     func(text string) { tell(cmd.ErrOrStderr(), "dits: note: %s", text) },
	})
	if err = errors.Join(err, found.end()); err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("%w: %s found", found.kind(), plural(problems, "problem", "problems"))
	}
	if !g.quiet && !o.json {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), "everything is right")
	}
	return err
}

// runRepair mends what can be mended: first all that content is found by, then content, then what names commits
// that content has not brought back.
func runRepair(cmd *cobra.Command, g *globals, dir string, from []string) error {
	told := func(m refs.Mending) { printMending(cmd, m) }
	if err := repo.RepairFiles(dir, told); err != nil {
		return err
	}
	files := make([]string, len(from))
	for i, name := range from {
		files[i] = g.join(dir, name)
	}
	err := g.withRepo(func(r *repo.Repo) error {
		return r.Heal(cmd.Context(), files, func(text string) { tell(cmd.ErrOrStderr(), "dits: %s", text) })
	})
	if err != nil {
		return err
	}
	return repo.Repair(dir, told)
}

// findings prints what fsck finds.
type findings struct {
	cmd        *cobra.Command
	json       bool
	err        error                   // of printing
	needed     map[repo.Place][]string // what cannot be read for a damaged record
	unreadable bool                    // something that the system does not let be read
	damaged    bool                    // something that is not what it was
}

func (f *findings) tell(err error) {
	if tensorstore.IsSystem(err) && !errors.Is(err, object.ErrCorrupt) {
		f.unreadable = true
	} else if !errors.Is(err, tensorstore.ErrUnknown) {
		f.damaged = true
	}
	found := repo.FindingOf(err)
	if f.json {
		f.err = errors.Join(f.err, writeJSON(f.cmd, found))
		return
	}
	tell(f.cmd.ErrOrStderr(), "dits: %v", err)
	f.note(found)
}

// note remembers which tensors a damaged record takes along.
func (f *findings) note(found repo.Finding) {
	if found.File.IsZero() {
		return
	}
	if f.needed == nil {
		f.needed = map[repo.Place][]string{}
	}
	name := cmp.Or(found.At, found.File.Short())
	if found.Tensor != "" {
		name += " " + found.Tensor
	}
	if found.Dependent {
		name += " (coded against it)"
	}
	for _, p := range found.Packs {
		f.needed[p] = append(f.needed[p], name)
	}
}

// end says of each damaged record what needs it.
func (f *findings) end() error {
	const most = 10
	for p, names := range f.needed {
		more := ""
		if len(names) > most {
			more = fmt.Sprintf(" and %d more", len(names)-most)
		}
		tell(f.cmd.ErrOrStderr(), "dits: pack %s, offset %d: needed by %s%s",
			p.Pack, p.Offset, strings.Join(names[:min(len(names), most)], ", "), more)
	}
	return f.err
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
	was := ""
	if m.Aside != "" {
		was = " (what it was: " + m.Aside + ")"
	}
	tell(cmd.ErrOrStderr(), "dits: mended %s: %s%s", m.Path, m.Did, was)
}
