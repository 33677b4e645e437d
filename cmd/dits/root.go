package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dits/repo"
)

// globals are the flags that all commands share.
type globals struct {
	dir   string // work as if started here
	quiet bool

	color   colorMode
	noPager bool
}

// newRoot is the whole command line.
func newRoot() *cobra.Command {
	g := &globals{color: "auto"}
	cmd := &cobra.Command{
		Use:   "dits",
		Short: "Version control for model weights",
		Long: `dits is version control for model weights. It understands safetensors and GGUF, stores
every tensor once, and what is almost the same as something stored (a fine-tune, a
merged adapter) as a small, bit-exact difference. Whoever knows git knows dits.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       readBuild().String(),
		Args:          asUsage(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetVersionTemplate("{{.Version}}\n")
	fitHelp(cmd)
	cmd.PersistentFlags().StringVarP(&g.dir, "directory", "C", "", "work as if started in `DIR`")
	cmd.PersistentFlags().BoolVarP(&g.quiet, "quiet", "q", false, "no progress, no hints, nothing where the exit status tells")
	cmd.PersistentFlags().Var(&g.color, "color", "colours: `WHEN` is auto (on a terminal), always or never")
	cmd.PersistentFlags().BoolVar(&g.noPager, "no-pager", false, "print to the terminal itself")
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(colorModes, cobra.ShellCompDirectiveNoFileComp))
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{wrongFlag(cmd, err)} })
	cmd.AddGroup(&cobra.Group{ID: everyday, Title: "Everyday:"}, &cobra.Group{ID: past, Title: "History and branches:"},
		&cobra.Group{ID: content, Title: "Content:"}, &cobra.Group{ID: upkeep, Title: "Upkeep:"})
	cmd.SetHelpCommandGroupID(upkeep)
	cmd.SetCompletionCommandGroupID(upkeep)
	for _, sub := range commands(g) {
		sub.Args = asUsage(sub.Args)
		cmd.AddCommand(sub)
	}
	cmd.PersistentFlags().BoolP("help", "h", false, "explain a command")
	cmd.Flags().BoolP("version", "v", false, "print the version")
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultCompletionCmd()
	for _, sub := range cmd.Commands() {
		switch sub.Name() {
		case "help":
			explainHelp(sub)
		case "completion":
			fitCompletion(sub)
			explainCompletion(sub)
		}
	}
	return cmd
}

// The groups of commands in help.
const (
	everyday = "everyday"
	past     = "history"
	content  = "content"
	upkeep   = "upkeep"
)

// asUsage makes a wrong number of arguments, and an empty one, a wrong usage.
func asUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := noEmpty(cmd, args); err != nil {
			return err
		}
		if check != nil && check(cmd, args) != nil {
			return usageError{wrongWords(cmd, check, args)}
		}
		return nil
	}
}

// cwd is the folder that the command works in.
func (g *globals) cwd() (string, error) {
	if g.dir == "" {
		dir, err := os.Getwd()
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("the current folder is gone: cd to one that is there")
		}
		return dir, err
	}
	if !isFolder(g.dir) {
		return "", usagef("-C %s: no such folder", g.dir)
	}
	return filepath.Abs(g.dir)
}

// open opens the repository that the command works in.
func (g *globals) open() (*repo.Repo, error) {
	dir, err := g.cwd()
	if err != nil {
		return nil, err
	}
	return repo.Find(dir)
}

// paths are the arguments as paths relative to the root of r.
func (g *globals) paths(r *repo.Repo, args []string) ([]string, error) {
	dir, err := g.cwd()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(args))
	for i, arg := range args {
		if out[i], err = r.Rel(dir, arg); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// join is path as seen from dir.
func (g *globals) join(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
