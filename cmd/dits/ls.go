package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/refs"
)

type lsOptions struct {
	recursive bool
	verbose   bool
	json      bool
}

func newLs(g *globals) *cobra.Command {
	o := lsOptions{}
	cmd := &cobra.Command{
		Use:     "ls [REV] [PATH] | REV:PATH",
		Short:   "List a folder, or the tensors of a file",
		GroupID: content,
		Long: `Lists the files of a folder in REV (by default HEAD), or, where PATH is a file, its
tensors: name, dtype, shape, size, digest and how each is stored. A single word that is
no revision is a path. A model in shards is one line, and its name lists the tensors of all.
Paths are relative to the current folder; after REV: they start at the root of the
repository, and :PATH is what is staged. What is not in HEAD is
listed as it is staged, a file else as it is in the working folder, which needs no repository.`,
		Example: `  dits ls
  dits ls -r ft-customer
  dits ls main:model.safetensors
  dits ls model.safetensors
  dits ls --json v1-customer-lora adapter_model.safetensors`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runLs(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVarP(&o.recursive, "recursive", "r", false, "all files below the folder")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "each shard of a model")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runLs(cmd *cobra.Command, g *globals, o lsOptions, args []string) error {
	err := g.withRepo(func(r *repo.Repo) error { return o.runIn(cmd, g, r, args) })
	if len(args) != 1 || !isNotThere(err) {
		return err
	}
	path, perr := g.diskPath(args[0])
	if info, serr := os.Stat(path); perr != nil || serr != nil || !info.Mode().IsRegular() {
		return err
	}
	l, err := repo.ScanTensors(cmd.Context(), path)
	if err != nil {
		return err
	}
	l.Path = args[0]
	return printListed(cmd, "", l, o.json)
}

// isNotThere says that no repository has what was asked for.
func isNotThere(err error) bool {
	return errors.Is(err, object.ErrNoPath) || errors.Is(err, refs.ErrUnknownRevision) ||
		errors.Is(err, repo.ErrNoRepository)
}

// runIn lists what the repository has.
func (o lsOptions) runIn(cmd *cobra.Command, g *globals, r *repo.Repo, args []string) error {
	at, err := g.lsPlace(r, cmd, args)
	if err != nil {
		return err
	}
	h := g.here(r)
	if len(args) > 0 && g.isObject(r, args[0]) {
		h = "" // REV:PATH is from the root
	}
	err = o.listAt(cmd, h, r, at)
	meansHead := g.meansHead(r, cmd, args, at)
	if isNotThere(err) && meansHead && anyStaged(r) {
		if serr := o.listAt(cmd, h, r, refs.Spec{Path: at.Path}); !isNotThere(serr) {
			return serr
		}
	}
	switch {
	case errors.Is(err, refs.ErrUnknownRevision):
		return err
	case len(args) == 1 && meansHead && at.Path != "" && cmd.ArgsLenAtDash() < 0 && errors.Is(err, object.ErrNoPath):
		return g.neither(r, args[0], isRevision(r, args[0]))
	case err != nil && at.Rev != "":
		return fmt.Errorf("%s: %w", at.Rev, err)
	}
	return err
}

// meansHead says that the words name no revision: HEAD is meant, and what is staged where that has nothing.
func (g *globals) meansHead(r *repo.Repo, cmd *cobra.Command, args []string, at refs.Spec) bool {
	if len(args) == 0 {
		return true
	}
	isRev := cmd.ArgsLenAtDash() > 0 || at.Rev != object.HeadName || args[0] == at.Rev
	return len(args) == 1 && !isRev && !g.isObject(r, args[0])
}

// anyStaged says that the index has files.
func anyStaged(r *repo.Repo) bool {
	x, err := r.Index()
	return err == nil && len(x.Entries) > 0
}

// listAt lists what is at a path of a revision, or as staged: a folder, a file, or a model in shards that goes by it.
func (o lsOptions) listAt(cmd *cobra.Command, h here, r *repo.Repo, at refs.Spec) error {
	entries, err := r.Ls(at.Rev, at.Path, o.recursive)
	if errors.Is(err, object.ErrNoPath) {
		if l, merr := r.ModelTensors(at.Rev, at.Path); merr == nil {
			return printListed(cmd, h, l, o.json)
		}
	}
	if err != nil {
		return err
	}
	if len(entries) == 1 && entries[0].Path == at.Path && entries[0].Type == "file" {
		return lsFile(cmd, h, r, at.Rev, at.Path, o)
	}
	return listFolder(cmd, h, r, at.Rev, at.Path, entries, o)
}

// listFolder prints what a folder has.
func listFolder(cmd *cobra.Command, h here, r *repo.Repo, rev, path string, entries []repo.LsEntry, o lsOptions) error {
	switch {
	case o.json:
		return writeJSON(cmd, listedFolder{path, orEmpty(entries)})
	case o.verbose:
		return printFolder(cmd, h, r, rev, entries)
	}
	return printFolder(cmd, h, r, rev, asModels(entries))
}

// asModels are entries with the shards of a model and their index as one, in the order of their names. It has no digest.
func asModels(entries []repo.LsEntry) []repo.LsEntry {
	files := make([]object.TreeFile, len(entries))
	for i, e := range entries {
		files[i] = object.TreeFile{Path: e.Path}
		if e.Type != "file" {
			files[i].Mode = object.ModeLink
		}
	}
	models, folded := object.Models(files), map[int]bool{}
	for _, m := range models {
		if m.Index >= 0 {
			folded[m.Index] = true
		}
	}
	var out []repo.LsEntry
	for _, m := range models {
		e := entries[m.Files[0]]
		switch {
		case m.Sharded:
			e = repo.LsEntry{Path: fmt.Sprintf("%s (%s)", m.Name, filesOrShards(m.Shards())), Type: e.Type}
			for _, i := range m.Files {
				e.Size += entries[i].Size
			}
			if m.Index >= 0 {
				e.Size += entries[m.Index].Size
			}
		case folded[m.Files[0]]:
			continue
		}
		out = append(out, e)
	}
	return out
}

// lsPlace reads [REV] [PATH] or REV:PATH.
func (g *globals) lsPlace(r *repo.Repo, cmd *cobra.Command, args []string) (at refs.Spec, err error) {
	if len(args) == 1 && cmd.ArgsLenAtDash() < 0 && g.isObject(r, args[0]) {
		at.Rev, at.Path, err = g.object(r, args[0])
		return at, err
	}
	rev, word, err := g.lsWords(r, cmd, args)
	if err != nil {
		return at, err
	}
	paths, err := g.paths(r, []string{word})
	if err != nil {
		return at, err
	}
	return refs.Spec{Rev: rev, Path: paths[0]}, nil
}

// lsWords reads [REV] [PATH]; a single word is a revision if it names one. One that is both is refused.
func (g *globals) lsWords(r *repo.Repo, cmd *cobra.Command, args []string) (rev, path string, err error) {
	dash := cmd.ArgsLenAtDash()
	if len(args) > 0 {
		err = g.noPathToo(r, cmd, args[0], "./"+args[0])
	}
	switch {
	case err != nil:
		return "", "", err
	case len(args) == 0:
		return "HEAD", ".", nil
	case len(args) == 2:
		return args[0], args[1], nil
	case dash == 0:
		return "HEAD", args[0], nil
	}
	_, err = r.Resolve(args[0])
	if err != nil && errors.Is(err, refs.ErrUnknownRevision) && dash < 0 {
		return "HEAD", args[0], nil
	}
	return args[0], ".", err
}

// isObject says that a word is REV:PATH, or :PATH.
func (g *globals) isObject(r *repo.Repo, word string) bool {
	return strings.Contains(word, ":") && !g.isPath(r, word)
}

// A listedFolder is a folder in JSON.
type listedFolder struct {
	Path    string         `json:"path"`
	Entries []repo.LsEntry `json:"entries"`
}

func printFolder(cmd *cobra.Command, h here, r *repo.Repo, rev string, entries []repo.LsEntry) error {
	t := &table{}
	t.rightAlign(0)
	for _, e := range entries {
		name := h.path(e.Path)
		switch e.Type {
		case "dir":
			name += "/"
		case "link":
			var target strings.Builder
			if err := r.Cat(cmd.Context(), rev, e.Path, repo.CatOptions{}, &target); err != nil {
				return err
			}
			name += " -> " + target.String()
		}
		digest := ""
		if !e.Digest.IsZero() {
			digest = e.Digest.Short()
		}
		t.row(size(e.Size), digest, name)
	}
	return t.write(cmd.OutOrStdout())
}

func lsFile(cmd *cobra.Command, h here, r *repo.Repo, rev, path string, o lsOptions) error {
	l, err := r.FileTensors(rev, path)
	if err != nil {
		return err
	}
	return printListed(cmd, h, l, o.json)
}

// printListed prints a file and its tensors.
func printListed(cmd *cobra.Command, h here, l *repo.FileListing, asJSON bool) error {
	if asJSON {
		return writeJSON(cmd, l)
	}
	p := &printer{w: cmd.OutOrStdout()}
	facts := []string{formatWords(l.Format)}
	if l.Shards > 0 {
		facts = append(facts, filesOrShards(l.Shards))
	}
	if l.BigEndian {
		facts = append(facts, "big endian")
	}
	if len(l.Tensors) > 0 {
		facts = append(facts, plural(len(l.Tensors), "tensor", "tensors"))
	}
	facts = append(facts, size(l.Size))
	if l.SHA256 != nil {
		facts = append(facts, "sha256 "+*l.SHA256)
	}
	for i := range facts[1:] {
		facts[i] += ","
	}
	p.filled(terminalWidth(p.w), "  ", append([]string{h.path(l.Path) + ":"}, facts...)...)
	if l.Warning != "" {
		p.words(terminalWidth(p.w), "  ", l.Warning)
	}
	if p.err != nil {
		return p.err
	}
	return printListing(cmd, l)
}

// printListing prints a row for each tensor. Where they are too wide, what tensors are made of stands above them.
func printListing(cmd *cobra.Command, l *repo.FileListing) error {
	hows := make([]string, len(l.Tensors))
	for i, x := range l.Tensors {
		hows[i] = howStored(x)
	}
	const name, stored, digest, how = 0, 4, 5, 6
	t := &table{indent: "  ", width: terminalWidth(cmd.OutOrStdout()), give: []int{name, how}, ends: map[int]bool{how: true}}
	t.rightAlign(3, stored)
	if len(l.Tensors) > 0 {
		t.row("tensor", "type", "shape", "size", "stored", "digest", "how")
	}
	tracked := false
	for i, x := range l.Tensors {
		t.row(x.Name, x.DType, fmt.Sprint(x.Shape), size(x.Size), size(x.Stored), x.Digest.Short(), hows[i])
		tracked = tracked || x.Encoding != ""
	}
	if !tracked {
		t.leaveOut(stored)
	}
	p := &printer{w: cmd.OutOrStdout()}
	t.sumUp(p, how, hows)
	if p.err != nil {
		return p.err
	}
	if t.tooWide() {
		t.leaveOut(digest)
	}
	return t.write(cmd.OutOrStdout())
}

// howStored is "stored whole", "difference to base.safetensors @ main~1" or
// "recomputed from …, 2.1% had to be stored".
func howStored(x repo.TensorInfo) string {
	switch {
	case x.Encoding == "" && x.Size > 0:
		return "not added"
	case x.Source.IsZero():
		return "stored whole"
	}
	sources := x.Sources
	if len(sources) == 0 {
		sources = []lineage.TensorSource{{Digest: x.Source, Path: x.SourcePath, Tensor: x.SourceTensor, Rev: x.SourceRev}}
	}
	how := storedAs(x.Name, x.Prediction, sources)
	if x.Encoding == lineage.DerivedName && !lineage.Tells(x.Prediction, x.Stored, x.Size) {
		return onlyLike(how)
	}
	if x.Encoding == lineage.DerivedName {
		how += shareGap + shareLeft(x.Stored, x.Size)
	}
	return how
}
