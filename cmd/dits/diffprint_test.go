package main

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"dits/formats/number"
	"dits/repo/diff"
)

func TestFigure(t *testing.T) {
	for _, test := range []struct {
		n    float64
		want string
	}{
		{0, "0.0e0"}, {1.234e-3, "1.2e-3"}, {9.96e-4, "1.0e-3"}, {123456, "1.2e5"}, {1e-300, "1.0e-300"},
		{math.NaN(), "≠"}, {math.Inf(1), "inf"},
	} {
		if got := figure(number.Number(test.n)); got != test.want {
			t.Errorf("figure(%v) = %q, want %q", test.n, got, test.want)
		}
	}
}

// TestShare: one weight of a billion is not "0.0%", and all but one are not "100.0%".
func TestShare(t *testing.T) {
	for _, test := range []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "0.0%"}, {0, 10, "0.0%"}, {1, 1e9, "<0.1%"}, {412, 1000, "41.2%"}, {1e9 - 1, 1e9, ">99.9%"}, {7, 7, "100.0%"},
	} {
		if got := share(test.part, test.whole); got != test.want {
			t.Errorf("share(%d, %d) = %q, want %q", test.part, test.whole, got, test.want)
		}
	}
}

func TestEnergyText(t *testing.T) {
	for want, share := range map[string]float64{"100.00%": 1, ">99.99%": 0.99996, "99.99%": 0.9999, "0.00%": 0} {
		if got := energyText(share); got != want {
			t.Errorf("energyText(%v) = %q, want %q", share, got, want)
		}
	}
}

// TestCompareTensors: the largest figure first, and what has none last.
func TestCompareTensors(t *testing.T) {
	rank := int64(3)
	d := &diff.Diff{Files: []diff.FileDiff{{Tensors: []diff.TensorDiff{
		{Name: "b", Elements: 4, Changed: 1, RelL2: number.Number(math.NaN()), Cosine: 0.5, MaxAbs: 2},
		{Name: "a", Elements: 4, Changed: 2, RelL2: 1, Cosine: 1, MaxAbs: 3, Rank: &rank},
		{Name: "c", Elements: 4, Changed: 4, RelL2: 2, Cosine: -1, MaxAbs: 1},
	}}}}
	for _, test := range []struct{ by, want string }{
		{"", "bac"}, {"name", "abc"}, {"changed", "cab"}, {"rel-l2", "cab"}, {"max-abs", "abc"}, {"angle", "cba"}, {"rank", "acb"},
	} {
		sortTensors(d, test.by)
		got := ""
		for _, x := range d.Files[0].Tensors {
			got += x.Name
		}
		if got != test.want && test.by != "rank" || test.by == "rank" && got[0] != 'a' {
			t.Errorf("--sort %s: got %s, want %s", test.by, got, test.want)
		}
	}
}

// TestValueText: what is long is cut, what is not there is said.
func TestValueText(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{"32", "32"}, {`"ä"`, `"ä"`}, {strings.Repeat("é", 60), strings.Repeat("é", 60)}, {strings.Repeat("é", 61), strings.Repeat("é", 59) + "…"},
	} {
		if got := valueText([]byte(test.value)); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if got := valueText(nil); got != "none" {
		t.Errorf("got %q, want none", got)
	}
}

// layersOf makes cells of rows of relative changes by module; 0 is none.
func layersOf(stack string, layers int, changes map[string]float64) (cells []diff.LayerDiff) {
	for i := range layers {
		for _, module := range slices.Sorted(maps.Keys(changes)) {
			c := diff.LayerDiff{Layer: &[]int{i}[0], Module: module, Stack: stack, Elements: 9, RelL2: number.Number(changes[module])}
			if stack != "" {
				c.Module = stack + "." + module
			}
			if c.RelL2 != 0 {
				c.Changed = 9
			}
			cells = append(cells, c)
		}
	}
	return cells
}

// TestLayerTable has layers with other modules than their neighbours, figures that cannot be given, tensors in no
// layer, layers that say the same, several stacks, and more of both than there is room for.
func TestLayerTable(t *testing.T) {
	zero, ten := 0, 10
	mixed := []diff.LayerDiff{
		{Layer: &zero, Module: "q_proj", Changed: 1, Elements: 2, RelL2: 1.23e-3},
		{Layer: &zero, Module: "up", Elements: 2},
		{Layer: &ten, Module: "q_proj", Elements: 2},
		{Layer: &ten, Module: "experts.gate", Changed: 1, Elements: 2, RelL2: number.Number(math.NaN())},
		{Module: "embed_tokens", Elements: 5},
		{Module: "lm_head", Changed: 5, Elements: 5, RelL2: 0.5},
	}
	lora := layersOf("", 40, map[string]float64{"down": 0, "q": 0})
	lora[6].Changed, lora[6].RelL2 = 1, 0.024
	flux := append(layersOf("double_blocks", 2, map[string]float64{"img": 0.1}), layersOf("single_blocks", 2, map[string]float64{"linear1": 0.2})...)
	unet := slices.Concat(layersOf("down.0", 2, map[string]float64{"q": 0.1}), layersOf("down.1", 2, map[string]float64{"q": 0.2}),
		layersOf("mid", 1, map[string]float64{"v": 0.2}), layersOf("up.0", 1, map[string]float64{"q": 0.3}))
	wide := layersOf("", 1, map[string]float64{"gate": 0.1, "k_proj": 0.2, "q_proj": 0.3, "v_proj": 2})
	wide = append(wide, diff.LayerDiff{Module: "embed_tokens", Changed: 1, RelL2: 0.1}, diff.LayerDiff{Module: "norm", Changed: 1, RelL2: 0.1})
	for _, test := range []struct {
		name  string
		cells []diff.LayerDiff
		all   bool
		width int
		want  string
	}{
		{"mixed", mixed, false, 0, `
  relative change
  layers   q_proj   up      experts.gate
  0        0.12%    =
  10       =                ≠
  others   lm_head 50%
`},
		{"one of 40 changed", lora, false, 0, `
  relative change
  layers   down    q
  3        2.4%    =
  layers without a change: 0–2, 4–39
`},
		{"one of 40 changed, all", lora, true, 0, `
  relative change
  layers   down    q
  0–2      =       =
  3        2.4%    =
  4–39     =       =
`},
		{"two stacks", flux, false, 0, `
  relative change
  double_blocks   img
  0–1             10%
  single_blocks   linear1
  0–1             20%
`},
		{"many stacks", unet, false, 0, `
  relative change
  layers       q       v
  down.0.0–1   10%
  down.1.0–1   20%
  mid.0                20%
  up.0.0       30%
`},
		{"narrow", wide, false, 30, `
  relative change
  layers   gate    k_proj
  0        10%     20%
  layers   q_proj   v_proj
  0        30%      200%
  others   embed_tokens 10%,
           norm 10%
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got strings.Builder
			table := newLayerTable(&screen{out: &got}, test.cells, nil, test.all)
			table.width = test.width
			if err := table.print(); err != nil || "\n"+got.String() != test.want {
				t.Errorf("got (%v):\n%s\nwant:%s", err, got.String(), test.want)
			}
			for line := range strings.Lines(got.String()) {
				if test.width > 0 && textWidth(strings.TrimRight(line, "\n")) > test.width {
					t.Errorf("wider than %d: %q", test.width, line)
				}
			}
		})
	}
}

func TestRelative(t *testing.T) {
	for _, test := range []struct {
		n    float64
		want string
	}{
		{0, "0%"}, {1e-9, "<0.001%"}, {1.04e-5, "0.0010%"}, {2.4e-4, "0.024%"}, {0.024, "2.4%"}, {0.0996, "10%"}, {0.0994, "9.9%"}, {0.26, "26%"},
		{0.996, "100%"}, {1.337, "134%"}, {240045, "2.4e5"}, {math.NaN(), "≠"}, {math.Inf(1), "inf"},
	} {
		if got := relative(number.Number(test.n)); got != test.want {
			t.Errorf("relative(%v) = %q, want %q", test.n, got, test.want)
		}
	}
}

func TestDescribeFile(t *testing.T) {
	for _, test := range []struct {
		want string
		f    diff.FileDiff
	}{
		{"added", diff.FileDiff{Status: diff.FileAdded}},
		{"removed, 1 tensor", diff.FileDiff{Status: diff.FileRemoved, Summary: diff.Summary{Tensors: 1, Removed: 1}}},
		{"modified, mode 100644 → 100755", diff.FileDiff{Status: diff.FileModified, ModeA: "100644", ModeB: "100755"}},
		{"3 tensors: 1 changed, 2 equal in value, 0 identical, 0 added, 0 removed", diff.FileDiff{Status: diff.FileModified,
			Summary: diff.Summary{Tensors: 3, Changed: 3, EqualValues: 2}}},
		{"9 tensors: 2 changed, 3 identical, 1 added, 1 removed, 1 renamed, 1 reshaped", diff.FileDiff{Status: diff.FileModified,
			Summary: diff.Summary{Tensors: 9, Changed: 2, Identical: 3, Added: 1, Removed: 1, Renamed: 1, Reshaped: 1}}},
	} {
		if got := describeFile(false, &test.f); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestParseRange(t *testing.T) {
	for _, test := range []struct {
		text     string
		from, to int64
		ok       bool
	}{
		{"", 0, 0, true}, {"1:2", 1, 2, true}, {":8", 0, 8, true}, {"8:", 8, 0, true}, {":", 0, 0, true},
		{"2:1", 0, 0, false}, {"1:1", 0, 0, false}, {"0:0", 0, 0, false}, {"-1:2", 0, 0, false}, {"1", 0, 0, false},
		{"a:b", 0, 0, false}, {"1:2:3", 0, 0, false}, {"0:9223372036854775808", 0, 0, false},
	} {
		o := catOptions{byteRange: test.text}
		err := o.parseRange()
		if (err == nil) != test.ok || o.From != test.from || o.To != test.to {
			t.Errorf("range %q: got [%d,%d) (%v), want [%d,%d) ok=%v", test.text, o.From, o.To, err, test.from, test.to, test.ok)
		}
	}
}
