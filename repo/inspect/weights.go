package inspect

import (
	"slices"
	"strings"

	"dits/formats"
)

// scaleEnds are the names of tensors that say how others are to be read, and are no weights: of GPTQ and AWQ,
// compressed-tensors, FP8 checkpoints, bitsandbytes and MXFP4.
var scaleEnds = []string{
	".scales", ".qzeros", ".g_idx", ".weight_scale", ".weight_scale_inv", ".weight_scale_2", ".weight_zero_point",
	".weight_shape", ".weight_g_idx", ".input_scale", ".SCB", ".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map", "_scales",
}

// packings are the ends of names whose integers hold several weights each, and the bits of one.
var packings = []struct {
	end  string
	bits int64
}{{".qweight", 4}, {".weight_packed", 4}, {"_blocks", 4}}

// weightsOf counts the weights of tensors. bits is what the configuration says that a packed one takes, 0 if nothing.
func weightsOf(tensors []formats.Tensor, bits int64) (n int64) {
	names := namesOf(tensors)
	for _, t := range tensors {
		n += weightsIn(t, names, bits)
	}
	return n
}

func namesOf(tensors []formats.Tensor) map[string]bool {
	names := make(map[string]bool, len(tensors))
	for _, t := range tensors {
		names[t.Name] = true
	}
	return names
}

// isScale says that a tensor tells how another is to be read.
func isScale(name string) bool {
	return strings.Contains(name, ".quant_state.") ||
		slices.ContainsFunc(scaleEnds, func(end string) bool { return strings.HasSuffix(name, end) })
}

func weightsIn(t formats.Tensor, names map[string]bool, bits int64) int64 {
	if isScale(t.Name) {
		return 0
	}
	elements := formats.Elements(t.Shape)
	isInteger := t.DType == "U8" || t.DType == "I32" || t.DType == "U32"
	for _, p := range packings {
		if isInteger && strings.HasSuffix(t.Name, p.end) {
			if bits == 0 || p.end == "_blocks" {
				bits = p.bits
			}
			return 8 * t.Len / bits
		}
	}
	if t.DType == "U8" && names[t.Name+".absmax"] { // bitsandbytes has two in a byte
		return 2 * elements
	}
	return elements
}
