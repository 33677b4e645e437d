package main

import (
	"github.com/spf13/cobra"

	"dits/repo"
)

// printLost lists what no name leads to.
func printLost(cmd *cobra.Command, r *repo.Repo, o fsckOptions) error {
	lost, err := r.LostFound()
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(cmd, orEmpty(lost))
	}
	t := &table{}
	for _, l := range lost {
		held := "nothing holds it"
		if l.Held != "" {
			held = "only a reflog holds it"
		}
		what := visible(l.Name)
		if l.Kind == "file" {
			what = size(l.Size) + "  " + what
		}
		t.row(l.Kind, l.ID.Short(), held, what)
	}
	return t.write(cmd.OutOrStdout())
}
