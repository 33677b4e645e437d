package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dits/repo/refs"
)

// help says where a command is explained.
func help(cmd *cobra.Command) string {
	if cmd == nil || !cmd.HasParent() {
		return "`dits help` lists the commands."
	}
	return "`" + cmd.CommandPath() + " --help` says how it is used."
}

// usageOf is how a command is called.
func usageOf(cmd *cobra.Command) string {
	_, words, _ := strings.Cut(cmd.Use, " ")
	return strings.TrimSpace("`"+cmd.CommandPath()+" "+words) + "`"
}

// nameOf is a command as messages begin: without dits.
func nameOf(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// didYouMean is " (did you mean A, B?)", or "".
func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return " (did you mean " + strings.Join(near, ", ") + "?)"
}

// unknownCommand is the error of a command line whose command does not exist; nil if it does. Flags are not looked
// at before: they may be right for the command that was meant.
func unknownCommand(root *cobra.Command, args []string) error {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	sub, rest, err := root.Find(args)
	word := firstWord(root.PersistentFlags(), args)
	switch {
	case err == nil && sub.Name() == "help":
		word = firstWord(root.PersistentFlags(), rest)
	case err == nil && sub != root || strings.HasPrefix(word, "__complete"):
		return nil
	}
	var names []string
	for _, sub := range root.Commands() {
		names = append(names, sub.Name())
	}
	if word == "" {
		return nil
	}
	if slices.Contains(names, word) {
		return unknownBelow(root, rest)
	}
	if how := instead[word]; how != "" {
		return usagef("no command %q: %s", word, how)
	}
	return usagef("unknown command %q%s", word, didYouMean(refs.Nearest(word, names)))
}

// unknownBelow is the error of words that name a command and then none below it.
func unknownBelow(root *cobra.Command, words []string) error {
	sub, rest, err := root.Find(words)
	word := firstWord(root.PersistentFlags(), rest)
	if err != nil || sub == root || word == "" {
		return nil
	}
	var names []string
	for _, below := range sub.Commands() {
		names = append(names, below.Name())
	}
	return usagef("unknown command %q%s", nameOf(sub)+" "+word, didYouMean(refs.Nearest(word, names)))
}

// noRemotes is what to do while there are no remotes.
const noRemotes = "there are no remotes yet. A repository is its folder: rsync -a or cp -a takes it elsewhere, .dits with it, " +
	"and `dits init --store DIR` lets several share one store"

// instead is how to do here what git has another command for.
var instead = map[string]string{
	"clone": noRemotes, "fetch": noRemotes, "pull": noRemotes, "push": noRemotes, "remote": noRemotes,
	"stash":       "`dits commit -a -m wip` keeps what is changed, and `dits undo` takes that commit back",
	"revert":      "`dits restore --source REV~1 PATH` brings files back as they were before a commit",
	"cherry-pick": "`dits restore --source REV PATH` takes files of another commit",
	"rebase":      "`dits merge` brings branches together",
	"ls-files":    "`dits ls -r` lists what is committed, `dits status` the rest",
	"rev-parse":   "`dits show --json REV` has the id",
	"clean":       "`dits status` names what is not tracked",
}

// flagInstead is how to do what git has a flag for, by command and flag.
var flagInstead = map[string]string{
	"status: porcelain": "-s is for people, --json for scripts",
	"log: format":       "--oneline is short, --json is for scripts",
	"log: pretty":       "--oneline is short, --json is for scripts",
	"log: decorate":     "log names branches and tags anyway",
	"log: follow":       "`dits blame PATH` follows a file to its older names",
	"log: author":       "`dits sql` asks about authors, as in SELECT commit_id, subject FROM commits WHERE author LIKE '%ada%'",
	"log: since":        "`dits sql` asks about times, as in SELECT commit_id, subject FROM commits WHERE time > '2026-01-01'",
	"log: grep":         "`dits sql` asks about messages, as in SELECT commit_id, subject FROM commits WHERE message LIKE '%lora%'",
	"merge: abort":      "a merge with conflicts changes nothing, so there is none to abort",
	"merge: no-ff":      "where HEAD has no commits of its own it only moves forward",
	"add: patch":        "files are staged whole",
	"diff: numstat":     "--stat is for people, --json for scripts",
}

// firstWord is the first word of a command line that is no flag and no value of one; "" if there is none.
func firstWord(flags *pflag.FlagSet, args []string) string {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		name, long := strings.CutPrefix(arg, "--")
		switch {
		case arg == "--":
			return ""
		case long:
			if f := flags.Lookup(name); f != nil && f.NoOptDefVal == "" {
				i++ // its value
			}
		case strings.HasPrefix(arg, "-") && len(arg) == 2:
			if f := flags.ShorthandLookup(arg[1:]); f != nil && f.NoOptDefVal == "" {
				i++
			}
		case !strings.HasPrefix(arg, "-"):
			return arg
		}
	}
	return ""
}

// wrongWords is the error of a command that got too few words, or too many.
func wrongWords(cmd *cobra.Command, check cobra.PositionalArgs, args []string) error {
	for k := len(args) - 1; k >= 0; k-- {
		if check(cmd, args[:k]) == nil {
			return fmt.Errorf("%s: %q is one word too many, want %s", nameOf(cmd), args[k], usageOf(cmd))
		}
	}
	if len(args) == 0 {
		return fmt.Errorf("%s: nothing named, want %s", nameOf(cmd), usageOf(cmd))
	}
	return fmt.Errorf("%s: %q alone is too little, want %s", nameOf(cmd), strings.Join(args, " "), usageOf(cmd))
}

// wrongFlag is an error of the library of flags in our words.
func wrongFlag(cmd *cobra.Command, err error) error {
	name := ""
	if cmd.HasParent() {
		name = nameOf(cmd) + ": "
	}
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && flagInstead[name+unknown.GetSpecifiedName()] != "":
		return fmt.Errorf("%sno flag --%s: %s", name, unknown.GetSpecifiedName(), flagInstead[name+unknown.GetSpecifiedName()])
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("%sunknown flag -%s", name, unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		flag := "--" + unknown.GetSpecifiedName()
		return fmt.Errorf("%sunknown flag %s%s", name, flag, didYouMean(nearFlags(cmd, flag)))
	case errors.As(err, &valueless):
		short := valueless.GetSpecifiedShortnames() != ""
		return fmt.Errorf("%s%s wants a value", name, flagName(valueless.GetFlag(), short))
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return fmt.Errorf("%s--%s %q: %s", name, f.Name, invalid.GetValue(), wantOf(f, invalid))
	}
	return fmt.Errorf("%s%w", name, err)
}

// flagName is a flag as it was written.
func flagName(f *pflag.Flag, short bool) string {
	if short {
		return "-" + f.Shorthand
	}
	return "--" + f.Name
}

// wantOf says what values a flag takes.
func wantOf(f *pflag.Flag, invalid *pflag.InvalidValueError) string {
	switch f.Value.Type() {
	case "bool":
		return "want true or false"
	case "int", "int64", "uint":
		return "want a number"
	case "duration":
		return "want a time, as 30s or 5m"
	}
	return errors.Unwrap(invalid).Error()
}

// nearFlags are flags of a command whose names are like one.
func nearFlags(cmd *cobra.Command, flag string) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return refs.Nearest(flag, names)
}
