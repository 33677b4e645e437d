package main

import (
	"strings"
	"testing"
	"time"

	"dits/repo/history"
	"dits/tensorstore/digest"
)

// Layers that say the same are one line; of nearly all modules those are named that are left.
func TestBlamedLayers(t *testing.T) {
	old, tuned := digest.Sum([]byte("old")), digest.Sum([]byte("tuned"))
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	b := &history.Blame{Commits: []history.BlamedCommit{{ID: tuned, Subject: "tuned", Time: day}, {ID: old, Subject: "base", Time: day}}}
	add := func(stack string, layer int, commit digest.ID, whole bool, modules ...string) {
		b.Layers = append(b.Layers, history.BlamedLayer{Stack: stack, Layer: &layer, Commit: commit, Whole: whole, Modules: modules})
	}
	for layer := range 40 {
		add("", layer, tuned, false, "q", "k", "v", "up")
		add("", layer, old, false, "norms")
	}
	add("", 40, old, true, "q", "k", "v", "up", "norms")
	add("", 42, old, true, "q", "k", "v", "up", "norms") // not the one after 40
	add("vision.", 43, old, true, "q")
	add("vision.", 44, old, false, "norms") // a module of both commits is left out of neither
	add("vision.", 44, tuned, false, "norms")
	b.Layers = append(b.Layers, history.BlamedLayer{Commit: old, Modules: []string{"embed", "norm"}, Whole: true})
	var got strings.Builder
	err := printBlamedLayers(&screen{out: &got}, b)
	o, n := old.Short(), tuned.Short()
	want := "layers 0–39      " + n + "  2026-11-22  all but norms  tuned\n" +
		"                 " + o + "  2026-11-22  norms          base\n" +
		"layer 40         " + o + "  2026-11-22  all            base\n" +
		"layer 42         " + o + "  2026-11-22  all            base\n" +
		"vision layer 43  " + o + "  2026-11-22  all            base\n" +
		"vision layer 44  " + o + "  2026-11-22  norms          base\n" +
		"                 " + n + "  2026-11-22  norms          tuned\n" +
		"others           " + o + "  2026-11-22  embed, norm    base\n"
	if err != nil || got.String() != want {
		t.Errorf("got (%v):\n%s\nwant:\n%s", err, got.String(), want)
	}
}
