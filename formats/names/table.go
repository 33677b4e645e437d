package names

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed table.tsv
var text string

// A mapping is the table, both ways. Numbers are "*" in all of it.
type mapping struct {
	roles map[string]string   // of each name
	names map[string][]string // of each role, in the order of the table
}

var table = sync.OnceValue(func() mapping { return parse(text) })

// parse reads lines of a role, a tab, and names with spaces between; "#" starts a comment.
func parse(text string) mapping {
	m := mapping{map[string]string{}, map[string][]string{}}
	for line := range strings.Lines(text) {
		role, list, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		m.roles[role] = role
		for _, name := range strings.Fields(list) {
			if _, taken := m.roles[name]; !taken {
				m.roles[name] = role
			}
			m.names[role] = append(m.names[role], name)
		}
	}
	return m
}
