package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"dits/formats/number"
	"dits/repo/diff"
)

// printFileDiff prints one file: a line of counts, and below it the table of layers or
// the list of tensors.
func printFileDiff(s *screen, f *diff.FileDiff, o *diffOptions) error {
	p := &printer{w: s}
	line, counts := "%s   %s\n", describeFile(s.palette, f)
	if s.width > 0 && textWidth(visible(pathsOf(f)))+textWidth(counts)+3 > s.width {
		line = "%s\n  %s\n"
	}
	p.f(line, s.paint(bold, pathsOf(f)), counts)
	if f.Warning != "" {
		p.words(s.width, "  ", f.Warning)
	}
	printKeys(p, s, f)
	if f.LoRARank > 0 {
		p.f("  consistent with LoRA rank %d\n", f.LoRARank)
	}
	if p.err != nil || f.Status == diff.FileRenamed {
		return p.err
	}
	if o.tensors || o.rank {
		return printTensors(s, f.Tensors, o)
	}
	if f.Summary.Same() && !o.all {
		return nil
	}
	return newLayerTable(s, f.Layers, f.Tensors, o.all).print()
}

// mostKeys is how many keys that differ are listed.
const mostKeys = 40

// printKeys prints a line for each key that differs, and for each object of which many do.
func printKeys(p *printer, s *screen, f *diff.FileDiff) {
	for _, k := range f.Sums {
		p.f("  %s\n", visible(keySumText(f.Path, k)))
	}
	listed := f.Listed()
	for _, k := range listed[:min(len(listed), mostKeys)] {
		p.f("  %s: %s → %s\n", visible(k.Key), s.paint(red, valueText(k.A)), s.paint(green, valueText(k.B)))
	}
	if n := len(listed) - mostKeys; n > 0 {
		p.f("  … %s more differ (--json lists them)\n", plural(n, "key", "keys"))
	}
}

// keySumText is "weight_map: 90,000 names, 12 point to another shard".
func keySumText(path string, k diff.KeySum) string {
	things, changed := "keys", "changed"
	if k.Key == "weight_map" && strings.HasSuffix(path, ".index.json") {
		things, changed = "names", "point to another shard"
	}
	count := func(n int) string { return humanize.Comma(int64(n)) }
	text := count(k.B) + " " + things
	if k.A != k.B {
		text = count(k.A) + " → " + text
	}
	if k.Key != "" {
		text = k.Key + ": " + text
	}
	for _, part := range []struct {
		n    int
		what string
	}{{k.Changed, changed}, {k.Added, "added"}, {k.Removed, "removed"}} {
		if part.n > 0 {
			text += ", " + count(part.n) + " " + part.what
		}
	}
	return text
}

// maxValue is how many runes of a value are shown.
const maxValue = 60

// valueText is a value of a header or JSON file, "none" where there is none.
func valueText(v json.RawMessage) string {
	if v == nil {
		return "none"
	}
	text := []rune(string(v))
	if len(text) > maxValue {
		return string(text[:maxValue-1]) + "…"
	}
	return string(text)
}

// statusStyles are those of what happened to a file or tensor.
var statusStyles = map[string]style{
	diff.FileAdded: green, diff.FileRemoved: red, // of tensors too, by the same words
	diff.TensorIdentical: dim, diff.TensorChanged: yellow, diff.TensorReshaped: yellow,
}

func pathsOf(f *diff.FileDiff) string {
	if f.PathB != "" {
		return f.Path + " → " + f.PathB
	}
	return f.Path
}

// describeFile is "290 tensors: 226 changed, 64 identical, 0 added, 0 removed" of a file
// that both sides have, or "added, 12 tensors".
func describeFile(c palette, f *diff.FileDiff) string {
	var b strings.Builder
	s := f.Summary
	if f.Similarity != nil {
		b.WriteString("renamed" + asBefore(*f.Similarity) + "; ")
	}
	switch {
	case f.Status != diff.FileModified:
		b.WriteString(c.paint(statusStyles[f.Status], f.Status))
		if s.Tensors > 0 {
			b.WriteString(", " + plural(s.Tensors, "tensor", "tensors"))
		}
	case s.Tensors == 0:
		b.WriteString(f.Status)
	default:
		fmt.Fprintf(&b, "%s: %s, %s%d identical, %s, %s", plural(s.Tensors, "tensor", "tensors"),
			c.counted(yellow, s.Unequal(), "changed"), equalValues(s), s.Identical, c.counted(green, s.Added, "added"), c.counted(red, s.Removed, "removed"))
		for _, k := range []struct {
			n    int
			name string
		}{{s.Renamed, "renamed"}, {s.Reshaped, "reshaped"}} {
			if k.n > 0 {
				fmt.Fprintf(&b, ", %d %s", k.n, k.name)
			}
		}
	}
	if f.ModeA != "" {
		fmt.Fprintf(&b, ", mode %s → %s", f.ModeA, f.ModeB)
	}
	return b.String()
}

// asBefore is ", 43% as before" of a share of bytes, "" of less than a hundredth.
func asBefore(share float64) string {
	if share < 0.01 {
		return ""
	}
	return fmt.Sprintf(", %.0f%% as before", math.Floor(100*share))
}

// equalValues is "5 equal in value, " of tensors that changed in their type alone, "" where there are none.
func equalValues(s diff.Summary) string {
	if s.EqualValues == 0 {
		return ""
	}
	return fmt.Sprintf("%d equal in value, ", s.EqualValues)
}

// figure is a number with two digits as "1.2e-3"; "≠" where there is none.
func figure(n number.Number) string {
	f := float64(n)
	if math.IsNaN(f) {
		return "≠"
	}
	if math.IsInf(f, 0) {
		return "inf"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', 1, 64), "e")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return mantissa + "e" + exponent
	}
	return fmt.Sprintf("%se%d", mantissa, e)
}

// printTensors prints a line for each tensor that changed, or for each; change is ‖ΔW‖/‖W‖.
func printTensors(s *screen, tensors []diff.TensorDiff, o *diffOptions) error {
	if !o.all {
		tensors = slices.DeleteFunc(slices.Clone(tensors), func(d diff.TensorDiff) bool {
			return d.Status == diff.TensorIdentical
		})
	}
	if len(tensors) == 0 {
		return nil
	}
	t := &table{indent: "  ", width: s.width, spare: []int{6, 5, 3}, give: []int{0}}
	t.rightAlign(3, 4, 5, 6, 7, 8)
	if !slices.ContainsFunc(tensors, func(d diff.TensorDiff) bool { return d.Status != diff.TensorChanged }) {
		t.leaveOut(1)
	}
	head := []string{"tensor", "status", "dtype, shape", "changed", "change", "max |Δ|", "cosine"}
	if o.rank {
		head = append(head, "rank", "energy")
	}
	t.row(head...)
	for i := range tensors {
		d := &tensors[i]
		row := []string{tensorName(d), s.paint(statusStyles[statusText(d)], statusText(d)), kindOf(d)}
		switch d.Status {
		case diff.TensorChanged, diff.TensorReshaped:
			row = append(row, share(d.Changed, d.Elements), s.paint(changeStyle(float64(d.RelL2)), relative(d.RelL2)), figure(d.MaxAbs), cosine(d.Cosine))
			if o.rank && d.Rank != nil {
				row = append(row, rankText(d), energyText(float64(*d.Energy)))
			}
		}
		t.row(row...)
	}
	return t.write(s)
}

// statusText is what became of a tensor.
func statusText(d *diff.TensorDiff) string {
	if d.HasEqualValues() {
		return "equal"
	}
	return d.Status
}

// energyText is a share in percent with two digits; ">99.99%" where rounding would hide that it is not all.
func energyText(share float64) string {
	if share < 1 && share >= 0.99995 {
		return ">99.99%"
	}
	return fmt.Sprintf("%.2f%%", 100*share)
}

// rankText is "16", or "≥80" where that is all that was looked for.
func rankText(t *diff.TensorDiff) string {
	if t.RankLeast {
		return fmt.Sprintf("≥%d", *t.Rank)
	}
	return strconv.FormatInt(*t.Rank, 10)
}

// tensorName is "a", or "a → b" of a tensor that has another name in b.
func tensorName(t *diff.TensorDiff) string {
	if t.NameB != "" && t.NameB != t.Name {
		return visible(t.Name + " → " + t.NameB)
	}
	return visible(t.Name)
}

// kindOf is "BF16 [256 256]", with what was before an arrow where it was other.
func kindOf(t *diff.TensorDiff) string {
	dtype := t.DTypeB
	switch {
	case t.DTypeB == "":
		dtype = t.DTypeA
	case t.DTypeA != "" && t.DTypeA != t.DTypeB:
		dtype = t.DTypeA + " → " + t.DTypeB
	}
	if t.ShapeA != nil {
		return fmt.Sprintf("%s %v → %v", dtype, t.ShapeA, t.Shape)
	}
	return fmt.Sprintf("%s %v", dtype, t.Shape)
}

func cosine(n number.Number) string {
	if math.IsNaN(float64(n)) {
		return "≠"
	}
	return strconv.FormatFloat(float64(n), 'f', 6, 64)
}

// share is part of whole in percent; "<0.1%" and ">99.9%" where rounding would hide
// that it is some, or not all.
func share(part, whole int64) string {
	if whole == 0 {
		return "0.0%"
	}
	f := 100 * float64(part) / float64(whole)
	switch {
	case part > 0 && f < 0.05:
		return "<0.1%"
	case part < whole && f >= 99.95:
		return ">99.9%"
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + "%"
}

// printDiffStat prints a line for each file.
func printDiffStat(s *screen, d *diff.Diff, disk bool) error {
	t := &table{indent: " ", width: s.width, give: []int{0}}
	for i := range d.Files {
		f := &d.Files[i]
		t.row(s.paint(bold, pathsOf(f)), describeFile(s.palette, f))
	}
	if t.tooWide() {
		for _, row := range t.rows {
			row[1] = withoutNone.Replace(row[1])
		}
	}
	if err := t.write(s); err != nil {
		return err
	}
	return printSummary(s, d, false, disk)
}

// withoutNone takes away counts of nothing.
var withoutNone = strings.NewReplacer(", 0 identical", "", ", 0 added", "", ", 0 removed", "")

// printSummary prints the last line: "226 of 290 tensors changed · 41.2% of weights
// differ · stored 1.9 GiB of 15.0 GiB". Weights are those of tensors that both sides have.
// Of paths there is nothing to be said about the store.
func printSummary(w io.Writer, d *diff.Diff, read, disk bool) error {
	s := d.Summary
	parts := []string{plural(len(d.Files), "file", "files") + " changed"}
	if s.Tensors > 0 {
		parts[0] = fmt.Sprintf("%d of %s changed", s.Unequal()+s.Reshaped, plural(s.Tensors, "tensor", "tensors"))
		for _, k := range []struct {
			n    int
			name string
		}{{s.EqualValues, "equal in value"}, {s.Added, "added"}, {s.Removed, "removed"}, {s.Renamed, "renamed"}} {
			if k.n > 0 {
				parts[0] += fmt.Sprintf(", %d %s", k.n, k.name)
			}
		}
	}
	if read && s.Elements > 0 {
		parts = append(parts, share(s.ElementsChanged, s.Elements)+" of weights differ")
	}
	switch {
	case disk:
	case d.StoredBytes == nil:
		parts = append(parts, size(d.Logical)+" not yet added")
	case d.Logical > 0:
		parts = append(parts, "stored "+size(*d.StoredBytes)+" of "+size(d.Logical))
	}
	_, err := fmt.Fprintln(w, strings.Join(parts, " · "))
	return err
}
