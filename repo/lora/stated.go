package lora

import (
	"encoding/json"
	"strings"

	"dits/formats/safetensors"
	"dits/repo/object"
)

// errorsKey is the metadata in the header of an exported adapter that states the error of each module, as JSON: it is an
// approximation of a change, and a check has to know how good it is.
const errorsKey = "dits.errors"

// stateErrors is the metadata of an adapter that was exported.
func stateErrors(tensors []AdaptedTensor) (map[string]string, error) {
	errors := make(map[string]float64, len(tensors))
	for _, t := range tensors {
		errors[strings.TrimSuffix(t.Name, ".weight")] = float64(t.Error)
	}
	text, err := json.Marshal(errors)
	return map[string]string{"format": "pt", errorsKey: string(text)}, err
}

// statedErrors are those that an adapter states; none where it states none that make sense.
func statedErrors(weights *object.File) map[string]float64 {
	if weights.Layout.Format != "safetensors" {
		return nil
	}
	header, err := weights.Header()
	if err != nil {
		return nil
	}
	metadata, err := safetensors.Metadata(header)
	if err != nil {
		return nil
	}
	var stated map[string]float64
	if json.Unmarshal([]byte(metadata[errorsKey]), &stated) != nil {
		return nil
	}
	for module, e := range stated {
		if !(e >= 0 && e < 1) {
			delete(stated, module)
		}
	}
	return stated
}

// mostStated is the largest error of its own with which an adapter accounts for a change: what misses more has less than
// most of it.
const mostStated = 0.5
