package main

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// commandsPage is where all commands are, as their help has them: made by `make docs`, held by TestCommandsPage.
const commandsPage = "../../docs/cli.md"

// TestCommandsPage wants docs/cli.md to say what the help of each command says.
func TestCommandsPage(t *testing.T) {
	checkPage(t, commandsPage, commandsText(t))
}

func commandsText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`# The commands

What ` + "`dits COMMAND --help`" + ` says of each. Made from the commands by ` + "`make docs`" + `: do not edit.
[manual.md](manual.md) says what they print, with examples, and has the JSON and the exit statuses;
[errors.md](errors.md) has the errors.

`)
	root := fullRoot()
	for _, group := range root.Groups() {
		fmt.Fprintf(&b, "**%s**\n\n| | |\n|---|---|\n", strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range root.Commands() {
			if cmd.GroupID == group.ID && cmd.IsAvailableCommand() {
				fmt.Fprintf(&b, "| [%s](#dits-%s) | %s |\n", cmd.Name(), cmd.Name(), cell(cmd.Short))
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "Every command takes these flags, before or after its name:\n\n%s", fenced("text", root.PersistentFlags().FlagUsagesWrapped(helpWidth)))
	anchors := manualAnchors(t)
	walk(root, func(cmd *cobra.Command) {
		if cmd.HasParent() && cmd.IsAvailableCommand() && cmd.Name() != "help" && cmd.Parent().Name() != "completion" {
			b.WriteString("\n" + commandText(cmd, anchors))
		}
	})
	return b.String()
}

// commandText is the section of a command.
func commandText(cmd *cobra.Command, anchors map[string]string) string {
	var b strings.Builder
	text := reflow(cmp.Or(cmd.Long, cmd.Short+"."), docsWidth)
	fmt.Fprintf(&b, "## %s\n\n%s\n%s\n", cmd.CommandPath(), fenced("text", cmd.UseLine()), text)
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\n%s", fenced("sh", regexp.MustCompile(`(?m)^  `).ReplaceAllString(cmd.Example, "")))
	}
	if flags := cmd.NonInheritedFlags(); flags.HasAvailableFlags() {
		fmt.Fprintf(&b, "\n%s", fenced("text", flags.FlagUsagesWrapped(helpWidth)))
	}
	if anchor := anchors[cmd.CommandPath()]; anchor != "" {
		fmt.Fprintf(&b, "\n[What it prints](manual.md#%s)\n", anchor)
	}
	return b.String()
}

// fenced is a block of text as it is.
func fenced(kind, text string) string {
	return "```" + kind + "\n" + strings.TrimRight(text, "\n") + "\n```\n"
}

// noSlug is what headings have and their anchors have not.
var noSlug = regexp.MustCompile(`[^\pL\pN _-]`)

// manualAnchors are the anchors of the sections of the manual, by command.
func manualAnchors(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/manual.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if found := heading.FindStringSubmatch(line); found != nil {
			title := strings.TrimSpace(strings.TrimLeft(line, "#"))
			anchors[found[1]] = strings.ReplaceAll(strings.ToLower(noSlug.ReplaceAllString(title, "")), " ", "-")
		}
	}
	return anchors
}
