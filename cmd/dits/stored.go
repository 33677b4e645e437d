package main

import (
	"fmt"
	"strings"

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

// storedAs is how a tensor is made of its sources: "difference to base.safetensors:lm_head.weight @ main~1",
// "difference to … (low rank r16)", "recomputed from …", "recomputed from … (merged r16)" or "identical to …"; the
// kind alone without any.
func storedAs(kind string, sources []lineage.TensorSource) string {
	if len(sources) == 0 {
		return kind
	}
	verb, how := "difference to", kind
	switch name, rest, _ := strings.Cut(kind, " "); name {
	case "identical":
		verb, how = "identical to", ""
	case "delta", "relative":
		how = ""
	case "quantised", "scaled", "scales":
		verb, how = "recomputed from", ""
	case "cast", "arranged":
		verb = "recomputed from"
	case "adapter":
		verb, how = "recomputed from", "merged "+rest
	}
	text := verb + " " + tensorNames(sources)
	if how != "" {
		text += " (" + how + ")"
	}
	return text
}

// tensorNames is "model.safetensors:model.norm.weight @ main~1, …".
func tensorNames(sources []lineage.TensorSource) string {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = sourceTensor(s)
	}
	return strings.Join(names, ", ")
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
	return fmt.Sprintf("%s had to be stored", shareOf(stored, whole))
}
