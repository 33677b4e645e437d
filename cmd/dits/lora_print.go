package main

import (
	"math"
	"strconv"
	"strings"

	"dits/formats/number"
	"dits/repo/lora"
)

// verdictWords are what people read first of a check.
var verdictWords = map[string]struct {
	text  string
	style style
}{
	lora.Merged:         {"MERGED", boldGreen},
	lora.MergedThenCast: {"MERGED, THEN CAST", boldGreen},
	lora.MergedAndMore:  {"MERGED, AND MORE CHANGED", boldYellow},
	lora.OtherScale:     {"OTHER SCALE", boldRed},
	lora.OtherBase:      {"OTHER BASE", boldRed},
	lora.NotMerged:      {"NOT MERGED", boldRed},
}

// A checkList is which tensors of a check are listed.
type checkList struct {
	all  bool // those that are as expected as well
	most int  // how many; 0: any number
}

// printLoRACheck prints the verdict, a line of counts, and a line for each tensor that is off, or that an adapter
// changes.
func printLoRACheck(s *screen, c *lora.Check, list checkList) error {
	p := &printer{w: s}
	w := verdictWords[c.Verdict]
	text := w.text
	if c.Verdict == lora.OtherScale {
		text += " s=" + strconv.FormatFloat(float64(c.Scale), 'g', 3, 64)
	}
	line := wrapped(text+": "+c.Reason, s.width)
	p.f("%s%s\n", s.paint(w.style, text), line[len(text):])
	off := 0
	orders := []string{}
	for _, t := range c.Tensors {
		if !t.OK {
			off++
		} else if t.Order != "" {
			orders = withName(orders, t.Order)
		}
	}
	p.f("  %s (rank %d, alpha %s): %s, %d unchanged", c.Adapter, c.Rank, strconv.FormatFloat(c.Alpha, 'g', -1, 64),
		mergedCounts(c), c.Unchanged)
	if c.Replaced > 0 {
		p.f(", %d replaced", c.Replaced)
	}
	if off > 0 {
		p.f(", %s", s.counted(red, off, "off"))
	}
	p.f("\n")
	if len(orders) > 0 {
		p.f("  merged as %s\n", strings.Join(orders, "; "))
	}
	if p.err != nil {
		return p.err
	}
	return printChecked(s, c, list)
}

// mergedCounts is "4 tensors merged", "3 tensors merged, 1 merged in part" or "14 tensors merged in part".
func mergedCounts(c *lora.Check) string {
	lacking, further := c.InPart()
	var counts []string
	for _, x := range []struct {
		n   int
		how string
	}{{c.Merged, ""}, {lacking, " in part"}, {further, " and changed further"}} {
		switch {
		case x.n == 0:
		case len(counts) == 0:
			counts = append(counts, plural(x.n, "tensor", "tensors")+" merged"+x.how)
		default:
			counts = append(counts, strconv.Itoa(x.n)+" merged"+x.how)
		}
	}
	if len(counts) == 0 {
		return "0 tensors merged"
	}
	return strings.Join(counts, ", ")
}

// printChecked prints the tensors that are not as expected, or all that there is something to be said of.
func printChecked(s *screen, c *lora.Check, list checkList) error {
	t := &table{indent: "  "}
	t.rightAlign(1, 2, 3)
	more := 0
	for _, x := range c.Tensors {
		switch {
		case !list.all && x.OK:
			continue
		case list.most > 0 && len(t.rows) > list.most:
			more++
			continue
		case len(t.rows) == 0:
			t.row("tensor", "scale", "off", "furthest", "")
		}
		name := x.Name
		if !x.OK {
			name = s.paint(red, name)
		}
		t.row(name, scaleText(x.Scale), offText(&x), furthest(&x), checkedText(&x))
	}
	if err := t.write(s); err != nil || more == 0 {
		return err
	}
	p := &printer{w: s}
	p.f("  … and %d more that are off: --tensors lists all\n", more)
	return p.err
}

// scaleText is a scale, "" where there is none.
func scaleText(scale number.Number) string {
	if f := float64(scale); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return strconv.FormatFloat(f, 'f', 3, 64)
	}
	return ""
}

// offText is how many weights are off, as a share.
func offText(t *lora.Verdict) string {
	if t.Off == 0 {
		return ""
	}
	return share(t.Off, t.Elements)
}

func furthest(t *lora.Verdict) string {
	if t.Off == 0 {
		return ""
	}
	return figure(t.MaxOff)
}

// checkedText is what a tensor is, or what it was expected to be.
func checkedText(t *lora.Verdict) string {
	switch {
	case t.OK:
		return t.Expected
	case t.Off == 0:
		return t.Problem
	case t.Expected == lora.ExpectUnchanged:
		return "changed"
	case t.Expected == lora.ExpectReplaced:
		return "not the adapter's"
	}
	problem, _, _ := strings.Cut(t.Problem, ";")
	problem, _, _ = strings.Cut(problem, ":")
	figures := strings.HasPrefix(problem, "scale ") || strings.Contains(problem, " are off, ")
	if t.Expected == lora.ExpectMerged && figures {
		return "" // the columns say it
	}
	return problem
}
