package main

import (
	"fmt"
	"strings"

	"dits/repo/lineage"
	"dits/repo/object"
)

// printFamily prints the models as a tree, with what each takes and how it is stored.
func printFamily(s *screen, t *lineage.Tree) error {
	if len(t.Roots) == 0 {
		return nil
	}
	rows := &table{width: s.width, give: []int{3, 0}, wrap: 3, under: []string{""}}
	rows.rightAlign(1, 2)
	rows.row("model", "size", "stored", "how")
	var add func(m *lineage.Model, first, rest string)
	add = func(m *lineage.Model, first, rest string) {
		name := first + s.paint(bold, atRev(m.Path, m.Rev)) + shardsOf(m)
		if m.Cut {
			rows.row(name, size(m.Size), "", "--depth 0 looks further back")
		} else {
			rows.row(name, size(m.Size), size(m.Stored), visible(storedAsModel(m, t.Above[m])))
		}
		below := t.Below[m]
		if rows.under = append(rows.under, rest); len(below) > 0 {
			rows.under[len(rows.under)-1] += "│"
		}
		for i, child := range below {
			if i == len(below)-1 {
				add(child, rest+"└─ ", rest+"   ")
			} else {
				add(child, rest+"├─ ", rest+"│  ")
			}
		}
	}
	for _, root := range t.Roots {
		add(root, "", "")
	}
	return rows.write(s)
}

// shardsOf is " (3 shards)" of a model in shards, "" of others.
func shardsOf(m *lineage.Model) string {
	if _, ok := object.ShardOf(m.Files[0].Path); !ok {
		return ""
	}
	return " (" + filesOrShards(len(m.Files)) + ")"
}

// storedAsModel is how a model is stored, seen from the one above it in the tree: "76% the same, 24% as a difference".
// What else it takes is named.
func storedAsModel(m, above *lineage.Model) string {
	differs := max(0, m.Whole-m.Same-m.New-m.Derived)
	made := madeWord(m.Kinds)
	parts := []struct {
		n           int64
		alone, some string
	}{
		{m.Same, "the same weights", "the same"},
		{m.Derived, made, made},
		{differs, "as a difference", "as a difference"},
		{m.New, "whole", "new"},
	}
	var words []string
	for _, p := range parts {
		switch {
		case p.n == 0 || p.n < m.Whole/100 && m.Whole > 0:
		case p.n >= m.Whole-m.Whole/100: // the rest is norms and the like
			words = append(words, p.alone)
		default:
			words = append(words, wholePercent(p.n, m.Whole)+" "+p.some)
		}
	}
	return strings.Join(words, ", ") + otherSources(m, above)
}

// madeWord is how most of what is computed from other tensors was.
func madeWord(kinds map[string]int) string {
	most, word := 0, "recomputed"
	for kind, n := range kinds {
		w := map[string]string{
			"rounded": "quantised", "hinted": "quantised", "replayed": "quantised", "scaled": "quantised", "scales": "quantised",
			"cast": "cast", "merged": "merged", "arranged": "rearranged",
		}[kind]
		if w != "" && (n > most || n == most && w < word) {
			most, word = n, w
		}
	}
	return word
}

// wholePercent is a share without decimals: "76%", "<1%", ">99%".
func wholePercent(part, whole int64) string {
	switch f := 100 * float64(part) / float64(whole); {
	case f < 1:
		return "<1%"
	case f > 99:
		return ">99%"
	default:
		return fmt.Sprintf("%.0f%%", f)
	}
}

// mostNamed is how many sources are named.
const mostNamed = 2

// otherSources names what a model was made of besides the one above it, such as an adapter.
func otherSources(m, above *lineage.Model) string {
	var names []string
	for _, s := range m.Sources {
		if s.Made && (s.Of == nil || s.Of != above) {
			names = append(names, sourceName(s.Path, s.Rev))
		}
	}
	if len(names) == 0 {
		return ""
	}
	if n := len(names); n > mostNamed {
		names = append(names[:mostNamed], fmt.Sprintf("%d more", n-mostNamed))
	}
	word := " with "
	if above == nil {
		word = " from "
	}
	return word + strings.Join(names, ", ")
}
