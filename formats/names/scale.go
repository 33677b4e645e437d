package names

import "strings"

// A Scale is a tensor with the scales of a matrix of few bits, by what it is called.
type Scale struct {
	End    string  // of its name
	Matrix string  // end of the matrix's name
	Factor float64 // of a value: it is the number in the matrix times the scale times this
}

// scaleEnds are what formats put behind the name of a module: compressed-tensors, DeepSeek's FP8 (multiplied, whatever
// the name says) and what came after it, ComfyUI, bitsandbytes (the largest magnitude, of 127), quanto.
var scaleEnds = []Scale{
	{".weight_scale", ".weight", 1},
	{".weight_scale_inv", ".weight", 1},
	{".scale", ".weight", 1},
	{".scale_weight", ".weight", 1},
	{".SCB", ".weight", 1.0 / 127},
	{".weight._scale", ".weight._data", 1},
}

// ScaledBy is the name of the matrix that a tensor, by its name, may have the scales of.
func ScaledBy(name string) (matrix string, ok bool) {
	for _, s := range scaleEnds {
		if module, ok := strings.CutSuffix(name, s.End); ok {
			return module + s.Matrix, true
		}
	}
	return "", false
}

// ScalesOf are the names that the tensor with the scales of a matrix may have, and what they are then multiplied by.
func ScalesOf(matrix string) map[string]float64 {
	out := map[string]float64{}
	for _, s := range scaleEnds {
		if module, ok := strings.CutSuffix(matrix, s.Matrix); ok {
			out[module+s.End] = s.Factor
		}
	}
	return out
}
