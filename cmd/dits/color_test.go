package main

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"dits/repo/diff"
)

// TestColorMode: of itself colours go to a terminal that shows them and to a user who
// wants them.
func TestColorMode(t *testing.T) {
	for _, test := range []struct {
		mode, noColor, term string
		terminal            bool
		want                palette
	}{
		{"auto", "", "xterm", true, true},
		{"auto", "", "xterm", false, false},
		{"auto", "1", "xterm", true, false},
		{"auto", "", "dumb", true, false},
		{"always", "1", "dumb", false, true},
		{"never", "", "xterm", true, false},
	} {
		env := map[string]string{"NO_COLOR": test.noColor, "TERM": test.term}
		if got := colorMode(test.mode).palette(test.terminal, func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
	m := colorMode("auto")
	if err := m.Set("sometimes"); err == nil || m != "auto" {
		t.Errorf("--color sometimes: got %q (%v)", m, err)
	}
}

func TestChangeStyle(t *testing.T) {
	for _, test := range []struct {
		relative float64
		want     style
	}{
		{0, ""}, {9e-3, ""}, {1e-2, yellow}, {1e-1, boldYellow}, {1, boldRed}, {math.Inf(1), boldRed}, {math.NaN(), bold},
	} {
		if got := changeStyle(test.relative); got != test.want {
			t.Errorf("%v: got %q, want %q", test.relative, got, test.want)
		}
	}
}

// marked shows what colours a text has: <31:text>.
func marked(text string) string {
	return regexp.MustCompile("\x1b\\[([0-9;]+)m").ReplaceAllString(strings.ReplaceAll(text, "\x1b[m", ">"), "<$1:")
}

// TestColoredLayers: "=" is dim, and a change the darker the nearer it comes to the largest.
func TestColoredLayers(t *testing.T) {
	var got strings.Builder
	layer := 0
	err := newLayerTable(&screen{out: &got, palette: true}, []diff.LayerDiff{
		{Layer: &layer, Module: "q", Changed: 1, RelL2: 0.0012}, {Layer: &layer, Module: "k"},
		{Layer: &layer, Module: "v", Changed: 1, RelL2: 0.5}, {Module: "head", Changed: 1, RelL2: 0.12},
	}, nil, false).print()
	want := `  relative change
  layers   q       k       v
  0        <30;48;5;230:0.12%>   <2:=>       <30;48;5;203:50%>
  others   head <30;48;5;223:12%>
`
	if err != nil || marked(got.String()) != want {
		t.Errorf("got (%v):\n%s\nwant:\n%s", err, marked(got.String()), want)
	}
}

// TestColorsKeepColumns: without its colours a table is what it is without any.
func TestColorsKeepColumns(t *testing.T) {
	write := func(p palette) string {
		table := &table{}
		table.rightAlign(2)
		table.row(p.paint(bold, "ä.safetensors"), "all", p.paint(boldRed, "1"), "x")
		table.row("b", p.paint(dim, ""), "12", p.paint(green, "added"))
		table.row(p.paint(yellow, "c"), p.paint(red, "some"), p.paint(yellow, "3"))
		var b strings.Builder
		if err := table.write(&screen{out: &b, palette: p}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain, painted := write(false), write(true)
	if got := rendition.ReplaceAllString(painted, ""); got != plain {
		t.Errorf("got:\n%s\nwant:\n%s", got, plain)
	}
	if strings.Count(painted, "\x1b[") != 2*6 {
		t.Errorf("%q: want 6 colours", painted)
	}
}

func TestPaintRef(t *testing.T) {
	for name, want := range map[string]string{
		"HEAD -> main": "\x1b[1;36mHEAD -> \x1b[m\x1b[1;32mmain\x1b[m",
		"HEAD":         "\x1b[1;36mHEAD\x1b[m",
		"tag: v1":      "\x1b[1;33mtag: v1\x1b[m",
		"side":         "\x1b[1;32mside\x1b[m",
	} {
		if got := paintRef(true, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if got := paintRef(false, name); got != name {
			t.Errorf("%s without colours: got %q", name, got)
		}
	}
}
