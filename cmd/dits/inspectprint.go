package main

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"dits/repo/inspect"
)

// printReports prints what models are, an empty line between two.
func printReports(s *screen, reports []inspect.Report) error {
	for i := range reports {
		if i > 0 {
			if _, err := fmt.Fprintln(s); err != nil {
				return err
			}
		}
		if err := printReport(s, &reports[i]); err != nil {
			return err
		}
	}
	return nil
}

func printReport(s *screen, r *inspect.Report) error {
	p := &printer{w: s}
	p.f("%s   %s\n", s.paint(bold, r.Path), visible(strings.Join(kindOfModel(r), ", ")))
	for _, x := range r.Problems {
		if x.Path == r.Path {
			p.f("  %s\n", s.paint(red, x.Text))
		} else {
			p.f("  %s: %s\n", s.paint(red, x.Path), x.Text)
		}
	}
	if r.TensorCount > 0 {
		p.f("  %s\n", strings.Join(sizesOfModel(r), ", "))
	}
	for _, line := range []string{adapterText(r.Adapter), tokenizerText(r.Tokenizer)} {
		if line != "" {
			p.f("  %s\n", line)
		}
	}
	if p.err != nil {
		return p.err
	}
	if err := printMix(s, r.Mix); err != nil {
		return err
	}
	if err := printMetadata(s, r.Metadata); err != nil {
		return err
	}
	return printTensorList(s, r)
}

// kindOfModel is "safetensors", "LlamaForCausalLM", "3 shards", "412 MiB".
func kindOfModel(r *inspect.Report) []string {
	words := []string{formatWords(r.Format)}
	if r.Adapter != nil {
		words[0] += " adapter"
	}
	if r.BigEndian {
		words[0] += ", big endian"
	}
	if r.Architecture != "" && r.Adapter == nil {
		words = append(words, r.Architecture)
	}
	if r.Name != "" {
		words = append(words, r.Name)
	}
	if r.Files != 1 {
		words = append(words, plural(r.Files, "file", "files"))
	}
	return append(words, size(r.Size))
}

// sizesOfModel is "8.03 billion weights", "16.0 bits each", "291 tensors".
func sizesOfModel(r *inspect.Report) []string {
	words := []string{weights(r.Parameters)}
	if bits := float64(r.BitsPerWeight); !math.IsNaN(bits) {
		words = append(words, bitsText(bits)+" bits a weight")
	}
	return append(words, plural(r.TensorCount, "tensor", "tensors"))
}

// weights is a number of them for people: "8.03 billion parameters".
func weights(n int64) string {
	for _, u := range []struct {
		from float64
		name string
	}{{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}} {
		if x := float64(n) / u.from; x >= 1 {
			return strconv.FormatFloat(x, 'g', 3, 64) + " " + u.name + " parameters"
		}
	}
	return humanize.Comma(n) + " parameters"
}

// adapterText is "rank 16, alpha 32, on q_proj, v_proj (4 matrices)", with what else there is to say.
func adapterText(a *inspect.Adapter) string {
	if a == nil {
		return ""
	}
	ranks := make([]string, len(a.Ranks))
	for i, r := range a.Ranks {
		ranks[i] = strconv.FormatInt(r, 10)
	}
	text := "rank " + strings.Join(ranks, ", ")
	if len(ranks) > 3 {
		text = fmt.Sprintf("ranks %s–%s", ranks[0], ranks[len(ranks)-1])
	}
	if a.Alpha != nil {
		text += ", alpha " + strconv.FormatFloat(*a.Alpha, 'g', -1, 64)
	}
	for _, x := range []struct {
		is   bool
		name string
	}{{a.RSLoRA, "rsLoRA"}, {a.DoRA, "DoRA"}} {
		if x.is {
			text += ", " + x.name
		}
	}
	text += ", changes " + plural(a.Changes, "matrix", "matrices") + ": " + strings.Join(a.Targets, ", ")
	if len(a.Saved) > 0 {
		text += "; replaces " + plural(len(a.Saved), "tensor", "tensors")
	}
	if a.Base != "" {
		text += "; for " + a.Base
	}
	return text
}

// tokenizerText is "tokenizer gpt2 (llama-bpe), 128,256 tokens, chat template".
func tokenizerText(t *inspect.Tokenizer) string {
	if t == nil {
		return ""
	}
	text := "tokenizer " + cmp.Or(t.Model, "in the folder")
	if t.Pre != "" {
		text += " (" + t.Pre + ")"
	}
	if t.Tokens > 0 {
		text += ", " + humanize.Comma(t.Tokens) + " tokens"
	}
	if t.ChatTemplate == "" {
		return text + ", no chat template"
	}
	return text + ", chat template in " + t.ChatTemplate
}

// printMix prints which modules have which dtype.
func printMix(s *screen, mix []inspect.Mix) error {
	if len(mix) == 0 {
		return nil
	}
	t := &table{indent: "  ", width: s.width, wrap: 3}
	t.rightAlign(2)
	t.row("layers", "dtype", "bytes", "modules")
	for _, m := range foldMix(mix) {
		layers := runsText(m.Layers)
		if m.Stack != "" {
			layers = visible(m.Stack) + " " + layers
		}
		dtype := m.DType
		if m.Scales {
			dtype += " scales"
		}
		t.row(layers, dtype, size(m.Bytes), visible(strings.Join(m.Modules, ", ")))
	}
	return t.write(s)
}

// foldMix makes one of what is the same of several stacks.
func foldMix(mix []inspect.Mix) []inspect.Mix {
	return foldStacks(mix, func(m inspect.Mix) string { return m.Stack },
		func(m inspect.Mix) string { return fmt.Sprint(m.Layers, m.DType, m.Scales, m.Modules) },
		func(of []inspect.Mix, name string) inspect.Mix {
			all := of[0]
			all.Stack = name
			for _, m := range of[1:] {
				all.Bytes += m.Bytes
			}
			return all
		})
}

// mostRuns is how many runs of layers are shown.
const mostRuns = 6

// runsText is "0–3, 5, 8–9", "–" for none.
func runsText(runs [][2]int) string {
	if len(runs) == 0 {
		return "–"
	}
	var parts []string
	for i, r := range runs {
		switch {
		case i == mostRuns-1 && len(runs) > mostRuns:
			return strings.Join(parts, ", ") + ", … " + strconv.Itoa(runs[len(runs)-1][1])
		case r[0] == r[1]:
			parts = append(parts, strconv.Itoa(r[0]))
		default:
			parts = append(parts, fmt.Sprintf("%d–%d", r[0], r[1]))
		}
	}
	return strings.Join(parts, ", ")
}

// printMetadata prints the pairs of a header.
func printMetadata(s *screen, pairs []inspect.Key) error {
	p := &printer{w: s}
	for _, k := range pairs {
		p.f("  %s: %s\n", s.paint(bold, k.Key), valueText(k.Value))
	}
	return p.err
}

// printTensorList prints a line for each tensor.
func printTensorList(s *screen, r *inspect.Report) error {
	t := &table{indent: "  ", width: s.width, give: []int{0, 4}}
	t.rightAlign(3)
	for _, x := range r.Tensors {
		row := []string{visible(x.Name), x.DType, fmt.Sprint(x.Shape), size(x.Size)}
		if r.Files > 1 {
			row = append(row, visible(x.Path))
		}
		t.row(row...)
	}
	return t.write(s)
}
