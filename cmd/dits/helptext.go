package main

import (
	"os"
	"strings"

	"github.com/mitchellh/go-wordwrap"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Columns of help: as many as the terminal has, but no more than are read with ease.
const (
	helpWidth      = 80
	leastHelpWidth = 40
)

func init() {
	cobra.AddTemplateFunc("reflow", func(text string) string { return reflow(text, helpColumns()) })
	cobra.AddTemplateFunc("flags", func(f *pflag.FlagSet) string { return f.FlagUsagesWrapped(helpColumns()) })
}

// fitHelp makes the help of a command and of those below it fit the terminal.
func fitHelp(cmd *cobra.Command) {
	usage := cmd.UsageTemplate()
	for _, set := range []string{".LocalFlags", ".InheritedFlags"} {
		usage = strings.ReplaceAll(usage, "{{"+set+".FlagUsages | trimTrailingWhitespaces}}", "{{flags "+set+" | trimTrailingWhitespaces}}")
	}
	usage = strings.ReplaceAll(usage, "{{if .Runnable}}\n  {{.UseLine}}", "{{if and .Runnable .HasParent}}\n  {{.UseLine}}")
	usage = strings.ReplaceAll(usage, "{{.CommandPath}} [command]{{end}}", "{{.CommandPath}} COMMAND{{end}}")
	usage = strings.ReplaceAll(usage, `Use "{{.CommandPath}} [command] --help" for more information about a command.`,
		"{{.CommandPath}} COMMAND --help explains a command.")
	cmd.SetUsageTemplate(usage)
	cmd.SetHelpTemplate("{{with (or .Long .Short)}}{{reflow . | trimTrailingWhitespaces}}\n\n{{end}}" +
		"{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}")
}

func helpColumns() int {
	if width := terminalWidth(os.Stdout); width > 0 {
		return min(max(width, leastHelpWidth), helpWidth)
	}
	return helpWidth
}

// reflow breaks the paragraphs of a text anew. Lines that are set in stay as they are.
func reflow(text string, width int) string {
	var out []string
	for _, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if strings.Contains("\n"+paragraph, "\n ") || strings.Contains(paragraph, "\n- ") {
			out = append(out, paragraph)
			continue
		}
		joined := strings.Join(strings.Fields(paragraph), " ")
		out = append(out, wordwrap.WrapString(joined, uint(width)))
	}
	return strings.Join(out, "\n\n")
}
