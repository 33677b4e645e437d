package main

import (
	"strings"

	"dits/formats/names"
	"dits/repo/lineage"
)

// formatWords is what people call the format of a file.
func formatWords(format string) string {
	if format == "opaque" {
		return "other file"
	}
	return format
}

// kindWords is what people call the way in which a tensor came from another, in a count: "4 recomputed".
func kindWords(kind string) string {
	switch kind {
	case "delta":
		return "as a difference"
	case "low rank":
		return "as a low-rank difference"
	case "combination":
		return "as a mix"
	case "rounded", "hinted", "replayed", "scaled", "scales":
		return "recomputed"
	}
	return kind
}

// kindCounts are counts of tensors in the words that people read.
func kindCounts(of map[string]int) map[string]int {
	out := map[string]int{}
	for kind, n := range of {
		out[kindWords(kind)] += n
	}
	return out
}

// storedAs is how a tensor is made of its sources: "difference to base.safetensors @ main~1",
// "difference to … (low rank r16)", "recomputed from …", "recomputed from … (merged with adapter.safetensors)" or
// "identical to …"; the kind alone without any.
func storedAs(tensor, kind string, sources []lineage.TensorSource) string {
	if len(sources) == 0 {
		return kind
	}
	verb, how := "difference to", strings.Replace(kind, "combination", "mix", 1)
	switch name, _, _ := strings.Cut(kind, " "); name {
	case "identical":
		verb, how = "identical to", ""
	case "delta", "relative":
		how = ""
	case "quantised", "scaled", "scales":
		verb, how = "recomputed from", ""
	case "cast", "arranged":
		verb = "recomputed from"
	case "adapter":
		verb, how = "recomputed from", "merged with "+places(sources[1:])
		sources = sources[:1]
	}
	text := verb + " " + tensorNames(tensor, sources)
	if how != "" {
		text += " (" + how + ")"
	}
	return text
}

// onlyLike is how a tensor is stored that does not come out as it was computed.
func onlyLike(how string) string {
	return strings.Replace(how, "recomputed from ", "difference to ", 1)
}

// sumUp tells above the rows what tensors are made of, if these are too wide with it in a column.
func (t *table) sumUp(p *printer, column int, hows []string) {
	if !t.tooWide() {
		return
	}
	words, told := inShort(hows)
	for _, line := range told {
		p.words(t.width, t.indent, line)
	}
	for i, row := range t.rows[len(t.rows)-len(words):] { // what is above are words
		row[column] = words[i]
	}
}

// inShort leaves of how tensors are stored the first word, "recomputed", and tells the rest of all of them: "4 tensors:
// recomputed from base.safetensors". Where that takes more than a few lines, it leaves all as it is.
func inShort(hows []string) (words, told []string) {
	const most = 3
	of, order := map[string]int{}, []string(nil)
	for _, how := range hows {
		word, _, made := strings.Cut(strings.Replace(how, " from ", " to ", 1), " to ")
		if words = append(words, word); made {
			if strings.HasSuffix(how, hadToBeStored) {
				how = how[:strings.LastIndex(how, shareGap)]
			}
			order = withName(order, how)
			of[how]++
		}
	}
	if len(order) > most {
		return hows, nil
	}
	for _, how := range order {
		told = append(told, plural(of[how], "tensor", "tensors")+": "+how)
	}
	return words, told
}

// What is between how a tensor is made and the share that had to be stored, and what ends that.
const (
	shareGap      = ", "
	hadToBeStored = " had to be stored"
)

// tensorNames is "model.safetensors:model.norm.weight @ main~1, …", without the names of tensors that have the role
// of the one that is made of them.
func tensorNames(tensor string, sources []lineage.TensorSource) string {
	var all []string
	for _, s := range sources {
		if names.Role(s.Tensor) == names.Role(tensor) {
			s.Tensor = ""
		}
		all = withName(all, sourceTensor(s))
	}
	return strings.Join(all, ", ")
}

// places is the files of sources, each once.
func places(sources []lineage.TensorSource) string {
	var all []string
	for _, s := range sources {
		s.Tensor = ""
		all = withName(all, sourceTensor(s))
	}
	return strings.Join(all, ", ")
}

// recipeWords is what a recipe takes besides its source: " (cast)", " (merged with adapter_model.safetensors)",
// " (with base.imatrix)"; "" where a quantiser needed nothing else.
func recipeWords(r lineage.Recipe) string {
	var words []string
	if way := kindWords(r.Way); way != "recomputed" {
		words = append(words, way)
	}
	if len(r.With) > 0 {
		words = append(words, "with "+strings.Join(r.With, ", "))
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, " ") + ")"
}

// shareLeft is "2.1% had to be stored": what does not come out as it was computed.
func shareLeft(stored, whole int64) string {
	return shareOf(stored, whole) + hadToBeStored
}
