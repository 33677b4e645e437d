package lora

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoraConfigScale(t *testing.T) {
	c, err := parseLoraConfig([]byte(`{"r":16,"lora_alpha":32,"rank_pattern":{"v_proj":4,"layers.1.self_attn.v_proj":2},"alpha_pattern":{".*\\.0\\..*":8}}`))
	require.NoError(t, err)
	for module, want := range map[string]float64{
		"model.layers.2.self_attn.q_proj": 2, "model.layers.2.self_attn.v_proj": 8, "model.layers.1.self_attn.v_proj": 16,
		"model.layers.0.self_attn.q_proj": 0.5, "model.layers.2.self_attn.xv_proj": 2,
	} {
		require.Equal(t, want, c.scale(module), module)
	}
	c.RSLoRA = true
	require.Equal(t, 8.0, c.scale("model.layers.2.self_attn.q_proj"))
}

func FuzzLoraConfig(f *testing.F) {
	f.Add([]byte(`{"r":16,"lora_alpha":32,"target_modules":["q_proj"],"layers_to_transform":[1],"layers_pattern":["h"],"rank_pattern":{"a":1}}`))
	f.Add([]byte(`{"r":16,"target_modules":"all-linear","exclude_modules":"x|y","layers_to_transform":3}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseLoraConfig(text)
		if err != nil {
			return
		}
		c.targets("model.layers.1.self_attn.q_proj")
		if s := c.scale("model.layers.1.self_attn.q_proj"); c.Rank < 1 || s != s && len(c.RankPattern)+len(c.AlphaPattern) == 0 {
			t.Errorf("rank %d, scale %v", c.Rank, s)
		}
	})
}
