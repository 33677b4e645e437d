package number

import (
	"encoding/json"
	"math"
)

// A Number is a float64 that JSON shows as null when it is not finite.
type Number float64

// MarshalJSON writes the number in its shortest form, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads what [Number.MarshalJSON] wrote; null becomes NaN.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}
