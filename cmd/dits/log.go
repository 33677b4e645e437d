package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/catalog"
	"dits/repo"
	"dits/repo/diff"
	"dits/repo/history"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

type logOptions struct {
	limit   int
	tensors []string
	oneline bool
	stat    bool
	graph   bool
	all     bool
	patch   bool
	names   namesOptions
	json    bool
	paths   []string
}

func newLog(g *globals) *cobra.Command {
	o := logOptions{}
	cmd := &cobra.Command{
		Use:     "log [REV|A..B] [[--] PATH...]",
		Short:   "Show the history",
		GroupID: past,
		Long: `Shows commits from REV (by default HEAD) back, newest first; A..B shows what B has and A
has not. With paths, only commits that changed them; with --tensor, only those that changed
a tensor whose name matches. -1, -5 is short for -n 1, -n 5. In a pattern * matches any run of characters but /, ? one
character, [a-z] one of a range. --json gives one object a line.`,
		Example: `  dits log --oneline
  dits log -3 --stat main..ft-customer
  dits log --all --graph --oneline
  dits log -p -1                              # layers the last one changed
  dits log -- model.safetensors
  dits log --tensor 'model.layers.1.*' model.safetensors`,
		RunE: func(cmd *cobra.Command, args []string) error { return runLog(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.IntVarP(&o.limit, "max-count", "n", 0, "at most `N` commits")
	f.StringArrayVar(&o.tensors, "tensor", nil, "only commits that changed a tensor whose name matches `GLOB`; may be given again")
	_ = cmd.RegisterFlagCompletionFunc("tensor", g.tensors)
	f.BoolVar(&o.oneline, "oneline", false, "one line a commit")
	f.BoolVar(&o.stat, "stat", false, "also the files changed, and the bytes that each commit added")
	o.names.addFlags(f)
	f.BoolVarP(&o.patch, "patch", "p", false, "also the table of layers that each commit changed, as diff prints it")
	f.BoolVar(&o.all, "all", false, "from all branches and tags, and HEAD")
	f.BoolVar(&o.graph, "graph", false, "draw the lines between commits")
	f.BoolVar(&o.json, "json", false, "one JSON object a line")
	return cmd
}

func runLog(cmd *cobra.Command, g *globals, o logOptions, args []string) error {
	if o.names.bad() {
		return usagef("log: --name-only with --name-status, want one of them")
	}
	if o.patch && o.json {
		return usagef("log: -p with --json, want one of them (`dits diff --json` has the layers)")
	}
	return g.withScreen(cmd, func(r *repo.Repo, out *screen) error {
		revs, paths, err := g.words(r, cmd, args, 1)
		if err != nil {
			return err
		}
		from, exclude, err := o.commits(r, strings.Join(revs, ""))
		if err != nil {
			return err
		}
		o.paths = paths
		s := shower{cmd: cmd, screen: out, repo: r, options: o, here: g.here(r)}
		if err := s.setRefs(r); err != nil {
			return err
		}
		if o.graph {
			s.graph = &graph{}
		}
		if o.limit == 0 && cmd.Flags().Changed("max-count") {
			return nil // as asked for; of the library 0 is no limit
		}
		shown := false
		for c, err := range r.Log(from, history.LogOptions{Exclude: exclude, Paths: paths, Tensors: o.tensors, Limit: max(0, o.limit)}) {
			if err != nil {
				return err
			}
			if err := s.show(c); err != nil {
				return err
			}
			shown = true
		}
		if !shown && len(o.tensors) > 0 {
			return r.WantTensors(from, paths, o.tensors)
		}
		return nil
	})
}

// commits are where the log starts, and what it leaves out.
func (o *logOptions) commits(r *repo.Repo, rev string) (from, exclude []digest.ID, err error) {
	if rev != "" || !o.all {
		from, exclude, err = r.ParseRange(rev)
	}
	if err != nil || !o.all {
		return from, exclude, err
	}
	tips, err := r.Tips()
	return append(from, tips...), exclude, err
}

// splitDash splits the arguments at "--".
func splitDash(cmd *cobra.Command, args []string) (before, after []string) {
	if n := cmd.ArgsLenAtDash(); n >= 0 {
		return args[:n], args[n:]
	}
	return args, nil
}

// A shower prints commits.
type shower struct {
	cmd     *cobra.Command
	screen  *screen
	repo    *repo.Repo
	options logOptions
	names   map[digest.ID][]string // what points to a commit, as people read it
	refs    map[digest.ID][]string // the same by full ref names
	graph   *graph
	here    here
	sources *lineage.Namer // nil: nothing was asked yet
}

// A loggedCommit is a commit in JSON.
type loggedCommit struct {
	ID      digest.ID   `json:"id"`
	Tree    digest.ID   `json:"tree"`
	Parents []digest.ID `json:"parents"`
	Author  string      `json:"author"`
	Time    string      `json:"time"`
	Message string      `json:"message"`
	Refs    []string    `json:"refs"`
	*repo.CommitStat
}

func (s *shower) show(c catalog.Commit) error {
	var stat *repo.CommitStat
	if s.options.stat || s.options.names.wanted() {
		var err error
		if stat, err = s.stat(c); err != nil {
			return err
		}
	}
	if s.options.json {
		return writeJSON(s.cmd, loggedCommit{c.ID, c.Tree, orEmpty(c.Parents), c.Author, rfc3339(c.Time),
			c.Message, orEmpty(s.refs[c.ID]), stat})
	}
	var b strings.Builder
	p := &printer{w: &b, palette: s.screen.palette}
	if s.options.oneline {
		p.f("%s%s %s\n", s.screen.paint(yellow, c.ID.Short()), s.decoration(c.ID), visible(object.Subject(c.Message)))
	} else {
		s.printLong(p, c)
	}
	if s.options.names.wanted() {
		if !s.options.oneline && len(stat.Files) > 0 {
			p.f("\n")
		}
		s.options.names.print(p, s.here, stat)
	}
	if s.options.stat {
		s.printStat(p, stat)
	}
	if s.options.patch && p.err == nil {
		if err := s.printPatch(&b, c); err != nil {
			return err
		}
	}
	if !s.options.oneline {
		p.f("\n")
	}
	text := b.String()
	if s.graph != nil {
		text = s.graph.draw(c.ID, c.Parents, text)
	}
	_, err := fmt.Fprint(s.screen, text)
	return err
}

// printPatch prints what a commit changed against its first parent, as diff does.
func (s *shower) printPatch(b *strings.Builder, c catalog.Commit) error {
	before := repo.AtNothing()
	if len(c.Parents) > 0 {
		before = repo.AtRevision(c.Parents[0].String())
	}
	d, err := s.repo.Diff(s.cmd.Context(), before, repo.AtRevision(c.ID.String()), diff.Options{Paths: s.options.paths})
	if err != nil {
		return fmt.Errorf("commit %s: %w", c.ID.Short(), err)
	}
	if !s.options.oneline && len(d.Files) > 0 {
		b.WriteByte('\n')
	}
	out := &screen{out: b, width: s.screen.width, palette: s.screen.palette}
	for i := range d.Files {
		if err := printFileDiff(out, &d.Files[i], &diffOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// stat is what a commit brought, and what its files were stored from.
func (s *shower) stat(c catalog.Commit) (*repo.CommitStat, error) {
	stat, err := s.repo.CommitStat(c)
	if err != nil {
		return nil, err
	}
	if s.sources == nil {
		if s.sources, err = lineage.NewNamer(s.repo.History); err != nil {
			return nil, err
		}
	}
	stat.Sources, err = s.sources.Sources(c, stat.Files)
	return stat, err
}

// wideLog is how many columns a terminal has where refs stand beside the id of a commit: an id takes 71.
const wideLog = 120

func (s *shower) printLong(p *printer, c catalog.Commit) {
	id, refs := "commit "+c.ID.String(), s.decoration(c.ID)
	line := "%s%s\n"
	if refs != "" && s.screen.width > 0 && s.screen.width < wideLog {
		line = "%s\nRefs:  %s\n"
	}
	p.f(line, s.screen.paint(yellow, id), refs)
	if len(c.Parents) > 1 {
		p.f("Merge: ")
		for _, parent := range c.Parents {
			p.f("%s ", parent.Short())
		}
		p.f("\n")
	}
	p.f("Author: %s\nDate:   %s\n\n", visible(c.Author), when(c.Time))
	p.message(c.Message)
}

func (s *shower) printStat(p *printer, stat *repo.CommitStat) {
	for _, m := range stat.Models {
		var sources []lineage.FileSource
		for _, path := range m.Paths {
			sources = append(sources, stat.Sources[path]...)
		}
		letter := s.screen.paint(letterStyles[m.Status], letters[m.Status])
		from := storedFrom(lineage.ByModel(sources))
		if s.screen.width > 0 && textWidth("  M "+modelName(m)+from) > s.screen.width {
			p.f("  %s %s\n", letter, visible(modelName(m)))
			p.words(s.screen.width, "      ", strings.TrimSpace(from))
			continue
		}
		p.f("  %s %s%s\n", letter, visible(modelName(m)), visible(from))
	}
	p.f("  %s, %s, %s added\n", whatChanged(stat.Models), tensorsChanged(stat.TensorsChanged), size(stat.StoredBytes))
}

// storedFrom is " ← base.safetensors (20 as a difference)", with up to three sources, "" without any.
func storedFrom(sources []lineage.FileSource) string {
	const most = 3
	var parts []string
	for _, s := range sources[:min(most, len(sources))] {
		var counts []string
		tensors := kindCounts(s.Tensors)
		for _, kind := range kindsOf(tensors) {
			counts = append(counts, fmt.Sprintf("%d %s", tensors[kind], kind))
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", sourceName(s.Path, s.Rev), strings.Join(counts, ", ")))
	}
	if n := len(sources) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("%d more", n))
	}
	if len(parts) == 0 {
		return ""
	}
	return " ← " + strings.Join(parts, ", ")
}

// decoration is " (HEAD -> main, tag)", or "".
func (s *shower) decoration(id digest.ID) string {
	if names := s.names[id]; len(names) > 0 {
		c := s.screen.palette
		painted := make([]string, len(names))
		for i, name := range names {
			painted[i] = paintRef(c, name)
		}
		comma := c.paint(yellow, ", ")
		return " " + c.paint(yellow, "(") + strings.Join(painted, comma) + c.paint(yellow, ")")
	}
	return ""
}

// paintRef paints "HEAD -> main", "tag: v1" or "main" as git does.
func paintRef(c palette, name string) string {
	branch, isHead := strings.CutPrefix(name, headPrefix)
	switch {
	case isHead:
		return c.paint(boldCyan, headPrefix) + c.paint(boldGreen, branch)
	case name == "HEAD":
		return c.paint(boldCyan, name)
	case strings.HasPrefix(name, tagPrefix):
		return c.paint(boldYellow, name)
	}
	return c.paint(boldGreen, name)
}

// What stands before names of the branch that HEAD is on, and of tags.
const (
	headPrefix = "HEAD -> "
	tagPrefix  = "tag: "
)

// setRefs finds what points to each commit, HEAD first.
func (s *shower) setRefs(r *repo.Repo) error {
	s.names, s.refs = map[digest.ID][]string{}, map[digest.ID][]string{}
	names := s.names
	head, err := r.Head()
	if err != nil {
		return err
	}
	refs, err := r.GoodRefs("refs/")
	if err != nil {
		return err
	}
	if head.Detached() {
		names[head.Commit] = append(names[head.Commit], "HEAD")
	}
	for _, ref := range refs {
		id, err := r.Peel(ref.ID)
		if err != nil {
			continue // fsck tells of it
		}
		s.refs[id] = append(s.refs[id], ref.Name)
		switch {
		case ref.Name == "refs/heads/"+head.Branch:
			names[id] = append([]string{headPrefix + ref.Short()}, names[id]...)
		case strings.HasPrefix(ref.Name, "refs/tags/"):
			names[id] = append(names[id], tagPrefix+ref.Short())
		default:
			names[id] = append(names[id], ref.Short())
		}
	}
	return nil
}

// orEmpty is a list that JSON shows as [] rather than null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
