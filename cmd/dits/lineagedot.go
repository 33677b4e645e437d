package main

import (
	"fmt"
	"io"
	"strings"

	"dits/repo/lineage"
)

// printDot prints the family in the language of Graphviz: an arrow from each file to those
// made from it.
func printDot(w io.Writer, l *lineage.Lineage) error {
	p := &printer{w: w}
	p.f("digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n")
	lost := false
	for _, f := range l.Files {
		label := fmt.Sprintf("%s\n%s", atRev(f.Path, f.Rev), plural(f.Tensors, "tensor", "tensors"))
		p.f("  %s [label=%s];\n", quoteDot(f.Digest.Short()), quoteDot(label+strings.Replace(bits(f, 0), ";", ",", 1)))
		for _, s := range f.Sources {
			from := s.Digest.Short()
			if s.Path == "" {
				from, lost = "lost", true
			}
			var counts []string
			tensors := kindCounts(s.Tensors)
			for _, kind := range kindsOf(tensors) {
				counts = append(counts, fmt.Sprintf("%d %s", tensors[kind], kind))
			}
			p.f("  %s -> %s [label=%s];\n", quoteDot(from), quoteDot(f.Digest.Short()), quoteDot(strings.Join(counts, ", ")))
		}
	}
	if lost {
		p.f("  lost [label=\"in no branch or tag\", style=dashed];\n")
	}
	p.f("}\n")
	return p.err
}

// quoteDot is a double-quoted string of Graphviz.
func quoteDot(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
