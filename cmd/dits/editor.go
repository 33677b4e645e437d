package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dits/repo"
)

// defaultEditor is opened on a terminal where nothing names another.
const defaultEditor = "vi"

// editorCommand is the command line of the editor: GIT_EDITOR, else that of the configuration, VISUAL, EDITOR, and on a
// terminal vi; "" is none.
func editorCommand(r *repo.Repo, lookup func(string) (string, bool), terminal bool) string {
	env := func(name string) string {
		value, _ := lookup(name)
		return strings.TrimSpace(value)
	}
	configured := strings.TrimSpace(cmp.Or(r.Config.Core.Editor, r.Settings.Core.Editor))
	last := ""
	if terminal {
		last = defaultEditor
	}
	return cmp.Or(env("GIT_EDITOR"), configured, env("VISUAL"), env("EDITOR"), last)
}

// runEditor opens a file in the editor of a command line, which the shell reads, and waits for its end.
func runEditor(cmd *cobra.Command, command, path string) error {
	editor := exec.Command("sh", "-c", command+` "$1"`, command, path)
	editor.Stdin, editor.Stdout, editor.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	if err := editor.Run(); err != nil {
		return fmt.Errorf("editor %q: %w: nothing was committed", command, err)
	}
	return nil
}

// stdinIsTerminal says that somebody can type.
func stdinIsTerminal() bool { return term.IsTerminal(int(os.Stdin.Fd())) }
