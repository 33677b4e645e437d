package lineage

// A Recipe is how tensors are computed from others.
type Recipe struct {
	Way    string   `json:"way"`    // rounded, hinted or replayed by a quantiser; cast, arranged, merged, scaled, scales
	Source string   `json:"source"` // file with their values, as PATH or REV:PATH; "" when no branch or tag leads to it
	With   []string `json:"with"`   // files of adapters and importance matrices that were used, named alike
}
