package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
)

type configOptions struct{ json bool }

func newConfig(g *globals) *cobra.Command {
	o := configOptions{}
	cmd := &cobra.Command{
		Use:     "config [KEY [VALUE]]",
		Short:   "Show or set who commits",
		GroupID: upkeep,
		Long: `Without arguments lists what is set. With KEY prints its value (exit status 1 if it is
not set), with VALUE sets it; an empty VALUE takes it out. Keys:

  user.name    the name of who commits
  user.email   the address of who commits`,
		Example: `  dits config user.name "Ada Lovelace"
  dits config user.email ada@example.com
  dits config`,
		Args:        cobra.MaximumNArgs(2),
		Annotations: map[string]string{takesEmpty: "VALUE"},
		RunE:        func(cmd *cobra.Command, args []string) error { return runConfig(cmd, g, o, args) },
	}
	var names []string
	for _, k := range configKeys {
		names = append(names, k.name)
	}
	cmd.ValidArgsFunction = cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

// configKeys are what can be set, and where it is.
var configKeys = []struct {
	name string
	at   func(*repo.Config) *string
}{
	{"user.email", func(c *repo.Config) *string { return &c.User.Email }},
	{"user.name", func(c *repo.Config) *string { return &c.User.Name }},
}

func runConfig(cmd *cobra.Command, g *globals, o configOptions, args []string) error {
	if len(args) == 0 {
		return g.withNames(func(r *repo.Repo) error { return listConfig(cmd, r, o) })
	}
	at := configKey(args[0])
	if at == nil {
		return usagef("config: key %q, want user.name or user.email", args[0])
	}
	if len(args) == 2 && strings.ContainsAny(args[1], "<>\n\x00") {
		return usagef("config: %s: %q: want one line without < and >", args[0], args[1])
	}
	return g.withNames(func(r *repo.Repo) error {
		if len(args) == 2 {
			return r.SetConfig(func(c *repo.Config) { *at(c) = args[1] })
		}
		value := *at(&r.Config)
		if value == "" {
			return errDifferent
		}
		if o.json {
			return writeJSON(cmd, map[string]string{args[0]: value})
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), value)
		return err
	})
}

// configKey is where the value of a key is, nil if there is no such key.
func configKey(name string) func(*repo.Config) *string {
	for _, k := range configKeys {
		if k.name == name {
			return k.at
		}
	}
	return nil
}

func listConfig(cmd *cobra.Command, r *repo.Repo, o configOptions) error {
	set := map[string]string{}
	p := &printer{w: cmd.OutOrStdout()}
	for _, k := range configKeys {
		value := *k.at(&r.Config)
		if value == "" {
			continue
		}
		set[k.name] = value
		if !o.json {
			p.f("%s=%s\n", k.name, value)
		}
	}
	if o.json {
		return writeJSON(cmd, set)
	}
	return p.err
}
