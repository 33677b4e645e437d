package names

import (
	"cmp"
	"strings"
)

// Compare orders places by stack, layer and module, in the order in which a layer computes them; what is
// outside of layers comes last.
func (p Place) Compare(o Place) int {
	return cmp.Or(
		-cmp.Compare(min(p.Layer, 0), min(o.Layer, 0)),
		cmp.Compare(p.Stack, o.Stack),
		cmp.Compare(p.Layer, o.Layer),
		cmp.Compare(ModuleRank(p.Module), ModuleRank(o.Module)),
		cmp.Compare(p.Module, o.Module),
	)
}

// StackPrefixes are what goes before a module's name: nothing in the main stack and where there is only
// one, else what is left of the stack's path without what all have in common.
func StackPrefixes(stacks map[string]bool) map[string]string {
	var paths []string
	for s := range stacks {
		paths = append(paths, s)
	}
	prefixes := make(map[string]string, len(paths))
	if len(paths) < 2 {
		return prefixes
	}
	common := func(part func(p []string, i int) string) int {
		for i := 0; ; i++ {
			first := part(strings.Split(paths[0], "."), i)
			for _, p := range paths {
				if got := part(strings.Split(p, "."), i); got == "" || got != first {
					return i
				}
			}
		}
	}
	head := common(func(p []string, i int) string { return at(p, i) })
	tail := common(func(p []string, i int) string { return at(p, len(p)-1-i) })
	for _, s := range paths {
		parts := strings.Split(s, ".")
		end := max(len(parts)-tail, min(head+1, len(parts)))
		prefixes[s] = strings.Join(parts[min(head, end):end], ".") + "."
	}
	delete(prefixes, Main)
	return prefixes
}

// at is parts[i], "" outside.
func at(parts []string, i int) string {
	if i < 0 || i >= len(parts) {
		return ""
	}
	return parts[i]
}
