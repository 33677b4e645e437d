package names

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed table.tsv
var text string

// A row is what the table says of one purpose. Numbers are "*" in all of it.
type row struct {
	role   string   // the name in GGUF
	module string   // the short name, for people
	names  []string // elsewhere, in the order of the table
}

// A mapping is the table, to look up in.
type mapping struct {
	rows    map[string]*row   // by role, and by each name
	outside map[string]string // modules by the end of a name, outside of layers
	inside  map[string]string // the same of names in layers, from their layer on
	rank    map[string]int    // of the modules of layers, from 0
}

var table = sync.OnceValue(func() mapping { return parse(text) })

// parse reads lines of a role, a module, and names with spaces between; "#" starts a comment.
func parse(text string) mapping {
	m := mapping{map[string]*row{}, map[string]string{}, map[string]string{}, map[string]int{}}
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(fields) == 3 && !strings.HasPrefix(line, "#") {
			m.add(&row{role: fields[0], module: fields[1]}, strings.Fields(fields[2]))
		}
	}
	return m
}

// add takes up a row.
func (m *mapping) add(r *row, names []string) {
	ends := m.outside
	_, end, inLayer := strings.Cut(r.role, "blk.*.")
	if inLayer {
		ends = m.inside
		if _, known := m.rank[r.module]; !known {
			m.rank[r.module] = len(m.rank)
		}
	} else {
		end = r.role
	}
	ends[end] = r.module
	m.rows[r.role] = r
	for _, name := range names {
		if end, ok := strings.CutPrefix(name, "."); ok {
			ends[end] = r.module
			continue
		}
		r.names = append(r.names, name)
		m.rows[name] = r
	}
}
