package main

import (
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

// tellLate says of models that came after their quants what can be done about it: of one in shards once.
func tellLate(cmd *cobra.Command, files []repo.LateFile) {
	sources, first := map[string][]string{}, map[string]string{}
	var names []string
	for _, f := range files {
		name := object.ModelName(f.Path)
		if first[name] == "" {
			first[name] = f.Path
			names = append(names, name)
		}
		for _, s := range f.Sources {
			if s = object.ModelName(s); !slices.Contains(sources[name], s) {
				sources[name] = append(sources[name], s)
			}
		}
	}
	for _, name := range names {
		tell(cmd.ErrOrStderr(), "%s came after%s, which should take less stored against it: "+
			"`dits why --measure %s` says what `dits repack` would save.", name, sourceList(sources[name]), typed(first[name]))
	}
}
