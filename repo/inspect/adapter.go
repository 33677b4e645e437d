package inspect

import (
	"maps"
	"slices"
	"strings"

	"dits/formats"
	"dits/formats/names"
)

// An adapterConfig is what adapter_config.json says of one, as far as people want to know.
type adapterConfig struct {
	Rank   int64    `json:"r"`
	Alpha  *float64 `json:"lora_alpha"`
	Base   string   `json:"base_model_name_or_path"`
	RSLoRA bool     `json:"use_rslora"`
	DoRA   bool     `json:"use_dora"`
}

// adapter is the low-rank adapter that the tensors are; nil if they are none.
func (x *inspection) adapter() *Adapter {
	a := &Adapter{Targets: []string{}, Saved: []string{}}
	ranks, targets := map[int64]bool{}, map[string]bool{}
	for _, t := range x.tensors {
		module, part, ok := factorOf(t.Name)
		switch {
		case !ok:
			a.Saved = append(a.Saved, names.Replaced(t.Name))
		case part == names.Magnitude:
			a.DoRA = true
		case part == names.FactorA || part == names.EmbeddingA:
			a.Changes++
			targets[lastPart(module)] = true
			ranks[rankOf(t)] = true
		}
	}
	if a.Changes == 0 {
		return nil
	}
	a.Ranks, a.Targets = slices.Sorted(maps.Keys(ranks)), slices.Sorted(maps.Keys(targets))
	if x.kvs != nil {
		if alpha, ok := x.kvs["adapter.lora.alpha"].(float32); ok {
			wide := float64(alpha)
			a.Alpha = &wide
		}
		a.Base = x.text("general.base_model.0.name")
		return a
	}
	var c adapterConfig
	x.near.readJSON(x.anyPath(), "adapter_config.json", &c)
	a.Alpha, a.Base, a.RSLoRA, a.DoRA = c.Alpha, c.Base, c.RSLoRA, a.DoRA || c.DoRA
	return a
}

// factorOf is [names.Factor], of the names that llama.cpp gives as well: "blk.0.attn_q.weight.lora_a".
func factorOf(name string) (module string, part names.Part, ok bool) {
	if module, ok := strings.CutSuffix(name, ".weight.lora_a"); ok {
		return module, names.FactorA, true
	}
	if module, ok := strings.CutSuffix(name, ".weight.lora_b"); ok {
		return module, names.FactorB, true
	}
	return names.Factor(name)
}

// rankOf is the rank by the shape of factor A, rank × inputs.
func rankOf(t formats.Tensor) int64 {
	if len(t.Shape) == 0 {
		return 0
	}
	return t.Shape[0]
}

// lastPart is what a list of targets calls a module.
func lastPart(module string) string { return module[strings.LastIndexByte(module, '.')+1:] }
