package main

import (
	"regexp"
	"slices"

	"github.com/spf13/cobra"
)

// shortCount is "-3", which is a flag of log that no library of flags knows.
var shortCount = regexp.MustCompile(`^-([0-9]+)$`)

// spelledOut are the words of a command line as the library of flags takes them: "log -3" is "log -n3".
func spelledOut(root *cobra.Command, args []string) []string {
	sub, _, err := root.Find(args)
	if err != nil || sub.Name() != "log" {
		return args
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		if i > 0 && (args[i-1] == "-n" || args[i-1] == "--max-count") {
			continue // the number itself
		}
		out[i] = shortCount.ReplaceAllString(arg, "-n$1")
	}
	return out
}
