package names

import (
	"slices"
	"strconv"
	"strings"
)

// A Place is where a tensor is in its model: which module of which layer of which stack. All names
// that one tensor has have one place, but for the stack that is spelled "encoder.layers": in some models
// it is the only one, in others that before the decoder, and no name tells.
type Place struct {
	Stack  string // what holds the layers: [Main], "decoder.layers", "vision_tower.encoder.layers"; "" outside of layers
	Layer  int    // from 0; -1 outside of layers
	Module string // "q_proj", "gate", "norms", "embed_tokens", …
}

// Main is the stack of layers that most models have, under whatever name: "h", "blk", "model.layers".
const Main = "layers"

// stacks are the names of one stack.
var stacks = map[string]string{
	"blk": Main, "h": Main, "layer": Main, "blocks": Main, "encoder.layer": Main,
	"enc.blk": "encoder.layers", "encoder.block": "encoder.layers",
	"dec.blk": "decoder.layers", "decoder.block": "decoder.layers",
}

// containers are the names that precede a layer's number.
var containers = []string{
	"layers", "layer", "h", "blk", "block", "blocks", "resblocks", "transformer_blocks",
	"double_blocks", "single_blocks", "single_transformer_blocks", "joint_blocks", "resnets",
}

// arrays are the parts at the end of a name that say which array of a module
// it is, not which module.
var arrays = []string{
	"weight", "bias", "default", "base_layer", "lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B",
	"lora_magnitude_vector", "lora_a", "lora_b", "weight_scale", "weight_scale_inv", "input_scale", "weight_zero_point",
	"SCB", "qweight", "scales", "qzeros", "g_idx", "gamma", "beta", "scale",
}

// PlaceOf reads a tensor's place from its name. A name that it cannot make sense of
// has no layer, and its last part that means something as module.
func PlaceOf(name string) Place {
	parts := strings.Split(Bare(name), ".")
	tail := parts
	place := Place{Layer: -1}
	if i := layerPart(parts); i >= 0 {
		place.Layer, _ = strconv.Atoi(parts[i])
		place.Stack = strings.Join(parts[:i], ".")
		if s, ok := stacks[place.Stack]; ok {
			place.Stack = s
		}
		tail = parts[i+1:]
	}
	if m, ok := find(parts); ok && areArrays(parts[m.parts:]) {
		place.Module = m.row.module
	} else {
		place.Module = moduleByEnd(tail, place.Layer >= 0)
	}
	return place
}

// ModuleRank orders the modules of a layer about as it computes them; those that the table does not
// have come last, all of one rank.
func ModuleRank(module string) int {
	if i, ok := table().rank[module]; ok {
		return i
	}
	return len(table().rank)
}

// layerPart is the index of the part that is the layer's number, or -1.
func layerPart(parts []string) int {
	for i := 1; i < len(parts); i++ {
		if slices.Contains(containers, parts[i-1]) && isNumber(parts[i]) {
			return i
		}
	}
	return -1
}

// areArrays says that parts tell arrays of a module and nothing else.
func areArrays(parts []string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return !slices.Contains(arrays, p) })
}

// moduleByEnd is the short name of the module that the parts lead to, by the longest end that the table has.
func moduleByEnd(parts []string, inLayer bool) string {
	path, prefix := pathOf(parts)
	if len(path) == 0 {
		return strings.TrimSuffix(prefix, ".")
	}
	last := path[len(path)-1]
	if i := slices.IndexFunc(path[:len(path)-1], func(p string) bool { return slices.Contains(twins, p) }); i >= 0 {
		prefix += path[i] + "."
	}
	if inLayer && isNorm(last) {
		return prefix + "norms"
	}
	ends := table().outside
	if inLayer {
		ends = table().inside
	}
	for i := max(0, len(path)-maxParts); i < len(path); i++ {
		if m, ok := ends[strings.Join(path[i:], ".")]; ok {
			return prefix + m
		}
	}
	return prefix + last
}

// twins are modules of which a layer has several that are alike, in FLUX and in UNets.
var twins = []string{"attn1", "attn2", "img_attn", "txt_attn", "img_mlp", "txt_mlp", "img_mod", "txt_mod"}

// pathOf is parts without names of arrays and numbers; prefix is "experts." or "shared." where they are
// those of experts.
func pathOf(parts []string) (path []string, prefix string) {
	for i, p := range parts {
		switch {
		case p == "experts":
			prefix = "experts."
		case p == "shared_expert" || p == "shared_experts":
			prefix = "shared."
		case isNumber(p) || slices.Contains(arrays, p) && i > 0:
		default:
			path = append(path, p)
		}
	}
	return path, prefix
}

// isNorm says that a part names a normalisation.
func isNorm(part string) bool {
	p := strings.ToLower(part)
	return strings.Contains(p, "norm") || strings.HasPrefix(p, "ln_") || p == "ln1" || p == "ln2"
}
