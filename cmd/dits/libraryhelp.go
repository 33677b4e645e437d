package main

import "github.com/spf13/cobra"

// explainHelp puts our words to the library's command help.
func explainHelp(cmd *cobra.Command) {
	cmd.Use, cmd.Args = "help [COMMAND]", asUsage(nil)
	cmd.Short = "Explain a command, or list them all"
	cmd.Long = "Explains a command: what it does, its flags, examples. Without one lists all commands."
	cmd.Example = "  dits help\n  dits help diff\n  dits help reflog expire"
}

// completionFiles are where each shell looks for completion.
var completionFiles = map[string]string{
	"bash":       "~/.local/share/bash-completion/completions/dits",
	"zsh":        "_dits in a folder of fpath",
	"fish":       "~/.config/fish/completions/dits.fish",
	"powershell": "the file that $PROFILE names",
}

// explainCompletion puts our words to the library's command completion and those below it.
func explainCompletion(cmd *cobra.Command) {
	cmd.Use = "completion SHELL"
	cmd.Short = "Make the completion of commands for your shell"
	cmd.Long = `Prints a script for bash, zsh, fish or powershell with which the shell completes commands, flags, branches,
tags, files and names of tensors. The help of each says where it belongs.`
	cmd.Example = "  dits completion bash > dits.bash"
	for _, shell := range cmd.Commands() {
		shell.Short = "Completion for " + shell.Name()
		shell.Long = "Prints the script with which " + shell.Name() + " completes commands, flags and names. It belongs into " +
			completionFiles[shell.Name()] + ", which is read when a new shell starts."
		shell.Example = "  dits completion " + shell.Name() + " > dits." + shell.Name()
		if f := shell.Flags().Lookup("no-descriptions"); f != nil {
			f.Usage = "names alone, without what they are"
		}
	}
}
