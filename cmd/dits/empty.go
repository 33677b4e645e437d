package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// takesEmpty is the annotation of a command to which an empty word is a value like any other.
const takesEmpty = "takes empty"

// noEmpty refuses empty words and flags, which a variable of the shell that is not set makes: joined with a folder
// or left out, they would mean HEAD, the folder or everything.
func noEmpty(cmd *cobra.Command, args []string) error {
	var errs []error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if isEmpty(f.Value) {
			errs = append(errs, usagef("%s: --%s is empty, want a value%s", cmd.Name(), f.Name, unsetHint))
		}
	})
	if _, ok := cmd.Annotations[takesEmpty]; ok {
		args = nil
	}
	for i, arg := range args {
		if arg == "" && !cmd.HasParent() {
			errs = append(errs, usagef("word %d is empty, want a command%s", i+1, unsetHint))
		} else if arg == "" {
			errs = append(errs, usagef("%s: word %d is empty, want %s%s", nameOf(cmd), i+1, usageOf(cmd), unsetHint))
		}
	}
	return errors.Join(errs...)
}

const unsetHint = " (a variable of the shell that is not set?)"

// isEmpty says that a flag was given "", perhaps among others.
func isEmpty(v pflag.Value) bool {
	list, ok := v.(pflag.SliceValue)
	if !ok {
		return v.String() == ""
	}
	for _, s := range list.GetSlice() {
		if s == "" {
			return true
		}
	}
	return false
}
