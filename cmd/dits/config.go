package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
)

type configOptions struct {
	global bool
	json   bool

	list       bool
	get, unset string
}

func newConfig(g *globals) *cobra.Command {
	o := configOptions{}
	cmd := &cobra.Command{
		Use:     "config [KEY [VALUE]]",
		Short:   "Show or set who commits",
		GroupID: upkeep,
		Long: `Without arguments lists what is set. With KEY prints its value (exit status 1 if
it is not set), with VALUE sets it; an empty VALUE takes it out. What is set with
--global holds in all repositories of this user, unless one has a value of its
own. Keys:

  user.name     the name of who commits
  user.email    the address of who commits
  core.editor   the command line of the editor for messages`,
		Example: `  dits config --global user.name "Ada Lovelace"
  dits config user.email ada@example.com
  dits config`,
		Args:        cobra.MaximumNArgs(2),
		Annotations: map[string]string{takesEmpty: "VALUE"},
		RunE:        func(cmd *cobra.Command, args []string) error { return runConfig(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = cobra.FixedCompletions(configNames(), cobra.ShellCompDirectiveNoFileComp)
	cmd.Flags().BoolVarP(&o.list, "list", "l", false, "list what is set: what it does without words")
	cmd.Flags().StringVar(&o.get, "get", "", "print the value of `KEY`: the same as KEY alone")
	cmd.Flags().StringVar(&o.unset, "unset", "", "take `KEY` out")
	cmd.Flags().BoolVar(&o.global, "global", false, "what holds in all repositories of this user")
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

// A configKey can be set, here and for the user.
type configKey struct {
	name string
	here func(*repo.Config) *string
	user func(*repo.Settings) *string
	bad  string // characters that a value cannot have
	want string
}

var configKeys = []configKey{
	{"core.editor", func(c *repo.Config) *string { return &c.Core.Editor },
		func(s *repo.Settings) *string { return &s.Core.Editor }, "\n\x00", "one line"},
	{"user.email", func(c *repo.Config) *string { return &c.User.Email },
		func(s *repo.Settings) *string { return &s.User.Email }, "<>\n\x00", "one line without < and >"},
	{"user.name", func(c *repo.Config) *string { return &c.User.Name },
		func(s *repo.Settings) *string { return &s.User.Name }, "<>\n\x00", "one line without < and >"},
}

func configNames() []string {
	var names []string
	for _, k := range configKeys {
		names = append(names, k.name)
	}
	return names
}

// words are those that flags of git stand for.
func (o *configOptions) words(args []string) ([]string, error) {
	if count(o.list, o.get != "", o.unset != "", len(args) > 0) > 1 {
		return nil, usagef("config: one of --list, --get KEY, --unset KEY and KEY [VALUE]")
	}
	switch {
	case o.get != "":
		return []string{o.get}, nil
	case o.unset != "":
		return []string{o.unset, ""}, nil
	}
	return args, nil
}

func runConfig(cmd *cobra.Command, g *globals, o configOptions, args []string) error {
	args, err := o.words(args)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return g.withSettings(o, func(s settings) error { return listConfig(cmd, s, o) })
	}
	key := findConfigKey(args[0])
	if key == nil {
		return usagef("config: key %q, want one of %s", args[0], strings.Join(configNames(), ", "))
	}
	if len(args) == 2 && strings.ContainsAny(args[1], key.bad) {
		return usagef("config: %s: %q: want %s", args[0], args[1], key.want)
	}
	return g.withSettings(o, func(s settings) error {
		if len(args) == 2 {
			return s.set(key, args[1])
		}
		value := s.value(key)
		if value == "" {
			return errDifferent
		}
		if o.json {
			return writeJSON(cmd, map[string]string{args[0]: value})
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), visible(value))
		return err
	})
}

// settings are those of a repository over the user's, or with a nil repository the user's alone.
type settings struct {
	repo *repo.Repo
	user repo.Settings
}

// withSettings runs fn with the settings that a command is about.
func (g *globals) withSettings(o configOptions, fn func(settings) error) error {
	if !o.global {
		return g.withNames(func(r *repo.Repo) error { return fn(settings{r, r.Settings}) })
	}
	user, err := repo.ReadSettings()
	if err != nil {
		return err
	}
	return fn(settings{nil, user})
}

func (s settings) value(k *configKey) string {
	if s.repo == nil {
		return *k.user(&s.user)
	}
	return cmp.Or(*k.here(&s.repo.Config), *k.user(&s.user))
}

func (s settings) set(k *configKey, value string) error {
	if s.repo == nil {
		return repo.SetSettings(func(s *repo.Settings) { *k.user(s) = value })
	}
	return s.repo.SetConfig(func(c *repo.Config) { *k.here(c) = value })
}

// findConfigKey is the key of a name, nil if there is none.
func findConfigKey(name string) *configKey {
	for i := range configKeys {
		if configKeys[i].name == name {
			return &configKeys[i]
		}
	}
	return nil
}

func listConfig(cmd *cobra.Command, s settings, o configOptions) error {
	set := map[string]string{}
	p := &printer{w: cmd.OutOrStdout()}
	for i := range configKeys {
		value := s.value(&configKeys[i])
		if value == "" {
			continue
		}
		set[configKeys[i].name] = value
		if !o.json {
			p.f("%s=%s\n", configKeys[i].name, value)
		}
	}
	if o.json {
		return writeJSON(cmd, set)
	}
	return p.err
}
