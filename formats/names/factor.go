package names

import "strings"

// A Part is what a tensor of a low-rank adapter is to the matrix that it changes, as Hugging Face's peft
// names it. Other tools' names (lora_down, lora_unet_…) are not read.
type Part string

// The parts of a change. That of a matrix is B·A; that of an embedding the transpose of B·A.
const (
	FactorA    Part = "lora_A"
	FactorB    Part = "lora_B"
	EmbeddingA Part = "lora_embedding_A"
	EmbeddingB Part = "lora_embedding_B"
	Magnitude  Part = "lora_magnitude_vector" // of DoRA
)

var allParts = []Part{FactorA, FactorB, EmbeddingA, EmbeddingB, Magnitude}

// adapted is what peft puts before the name of a module (PeftModel.base_model.model).
const adapted = "base_model.model."

// Factor reads the name of a tensor that is part of a change: module "model.layers.0.self_attn.q_proj" and
// part "lora_A" of "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight". What follows the part,
// as the name that the adapter had in training ("lora_A.default.weight"), is of no account.
func Factor(name string) (module string, part Part, ok bool) {
	name = strings.TrimPrefix(name, adapted)
	for _, part := range allParts {
		if module, rest, ok := strings.Cut(name, "."+string(part)); ok && module != "" && (rest == "" || rest[0] == '.') {
			return module, part, true
		}
	}
	return "", "", false
}

// FactorName is the name of a part of a module's change, as peft writes it.
func FactorName(module string, part Part) string {
	return adapted + module + "." + string(part) + ".weight"
}

// Replaced is the name in the model of a tensor in an adapter that is no [Factor]: it takes the place of the
// model's, as biases and modules to save do.
func Replaced(name string) string {
	return savedParts.Replace(strings.TrimPrefix(name, adapted))
}

// savedParts are what some versions of peft leave in such names.
var savedParts = strings.NewReplacer(".base_layer.", ".", ".modules_to_save.default.", ".", ".modules_to_save.", ".")
