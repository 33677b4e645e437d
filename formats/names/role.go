package names

import (
	"strconv"
	"strings"
)

// wrappers are what goes before the names of all tensors of a model: training tools,
// adapters, and the class that holds the bare model.
var wrappers = []string{
	"base_model.model.", "module.", "_orig_mod.", "_fsdp_wrapped_module.",
	"model.", "transformer.", "language_model.", "gpt_neox.", "backbone.", "bert.", "roberta.", "distilbert.",
}

// Bare is a name without its wrappers: "base_model.model.model.layers.0…" is "model.layers.0…"
// is "layers.0…". It is never empty unless name is.
func Bare(name string) string {
	for again := true; again; {
		again = false
		for _, w := range wrappers {
			if rest, ok := strings.CutPrefix(name, w); ok && rest != "" {
				name, again = rest, true
			}
		}
	}
	return name
}

// Role returns what tensors of one purpose share whatever they are called: the name that the
// tensor has in a GGUF file, as in "blk.0.attn_q.weight" for "model.layers.0.self_attn.q_proj.weight".
// What follows a module's name ("weight", "lora_A.weight") is kept. A name that the table does not
// have is only stripped of its wrappers. Two tensors of one model may have the same role where
// architectures disagree (Gemma's two norms before the feed-forward part); Role does not guess.
func Role(name string) string {
	bare := Bare(name)
	parts := strings.Split(bare, ".")
	m, ok := find(parts)
	if !ok {
		return bare
	}
	return m.in(m.row.role) + strings.TrimPrefix(bare, strings.Join(parts[:m.parts], "."))
}

// maxParts is the most parts of a name that is looked up: the work grows with their square.
const maxParts = 32

// A match is the row that has the first parts of a name.
type match struct {
	row     *row
	parts   int
	numbers []string // in the place of each "*"
}

// find looks up a bare name, as much of it as a row has. All its numbers may be those of a layer and of an
// expert, or the first one only: T5 numbers the parts of a layer.
func find(parts []string) (match, bool) {
	if len(parts) > maxParts {
		return match{}, false
	}
	for n := len(parts); n > 0; n-- {
		all, numbers := abstract(parts[:n], n)
		if r, ok := table().rows[all]; ok {
			return match{r, n, numbers}, true
		}
		if len(numbers) < 2 {
			continue
		}
		first, numbers := abstract(parts[:n], 1)
		if r, ok := table().rows[first]; ok {
			return match{r, n, numbers}, true
		}
	}
	return match{}, false
}

// abstract makes the first few numbers among parts "*", and lists them.
func abstract(parts []string, few int) (pattern string, numbers []string) {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p
		if len(numbers) < few && isNumber(p) {
			out[i] = "*"
			numbers = append(numbers, p)
		}
	}
	return strings.Join(out, "."), numbers
}

// in puts the numbers in place of the stars.
func (m match) in(pattern string) string {
	for _, n := range m.numbers {
		pattern = strings.Replace(pattern, "*", n, 1)
	}
	return pattern
}

// isNumber says that a part is the number of a layer or an expert.
func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

// Aliases are the names that a tensor may have in other files, name itself first.
func Aliases(name string) []string {
	bare, role := Bare(name), Role(name)
	out := []string{name}
	for _, n := range append([]string{bare, role}, spellings(role)...) {
		out = append(out, n)
		for _, w := range []string{"model.", "transformer.", "backbone.", "base_model.model.", "base_model.model.model."} {
			out = append(out, w+n)
		}
	}
	return unique(out)
}

// spellings are the names that the table has for a role.
func spellings(role string) (out []string) {
	parts := strings.Split(role, ".")
	m, ok := find(parts)
	if !ok {
		return nil
	}
	for _, s := range m.row.names {
		out = append(out, m.in(s)+strings.TrimPrefix(role, strings.Join(parts[:m.parts], ".")))
	}
	return out
}

func unique(names []string) []string {
	seen := map[string]bool{}
	out := names[:0]
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// Expert says that a role is that of one expert of a mixture, which of them, and the role of
// the tensor that stacks them all: "blk.3.ffn_up.7.weight" is the eighth of "blk.3.ffn_up_exps.weight".
func Expert(role string) (stack string, index int, ok bool) {
	parts := strings.Split(role, ".")
	if len(parts) < 4 || parts[0] != "blk" || !isNumber(parts[1]) || !isNumber(parts[3]) {
		return "", 0, false
	}
	stack = strings.Join([]string{"blk", "*", parts[2] + "_exps"}, ".")
	if _, known := table().rows[stack]; !known {
		return "", 0, false
	}
	index, _ = strconv.Atoi(parts[3])
	return strings.Join(append([]string{"blk", parts[1], parts[2] + "_exps"}, parts[4:]...), "."), index, true
}
