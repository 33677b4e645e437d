package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"dits/repo/repotest"
)

// A shaped tensor has a name that is found in the wild, and a shape that is small.
type shaped struct {
	name  string
	shape []int64
}

// weightsOf is a safetensors file: numbers that depend on the names alone, each moved by some share.
func weightsOf(tensors []shaped, moved func(name string) float64) string {
	var file []repotest.Tensor
	for _, t := range tensors {
		n := int64(1)
		for _, d := range t.shape {
			n *= d
		}
		values, by := noiseOf(t.name, n), noiseOf("moved "+t.name, n)
		for i := range values {
			values[i] = 0.05 * (values[i] + moved(t.name)*by[i])
		}
		file = append(file, repotest.Tensor{Name: t.name, DType: "BF16", Shape: t.shape, Data: repotest.Floats("BF16", values)})
	}
	return repotest.TensorsFile("small", file...)
}

// noiseOf is normal noise of a name.
func noiseOf(name string, n int64) []float64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	values := make([]float64, n)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	return values
}

// unmoved is a model as it was trained first.
func unmoved(string) float64 { return 0 }

// movedBy moves tensors in whose names there is one of the words, each by another share.
func movedBy(share float64, words ...string) func(string) float64 {
	return func(name string) float64 {
		for i, w := range words {
			if strings.Contains(name, w) {
				return share * float64(i+1) / float64(len(words))
			}
		}
		return 0
	}
}

// llamaTensors are those of a llama as transformers names them.
func llamaTensors(layers int) []shaped {
	tensors := []shaped{{"model.embed_tokens.weight", []int64{128, 32}}}
	for i := range layers {
		for _, m := range []shaped{
			{"input_layernorm", []int64{32}}, {"mlp.down_proj", []int64{32, 64}}, {"mlp.gate_proj", []int64{64, 32}},
			{"mlp.up_proj", []int64{64, 32}}, {"post_attention_layernorm", []int64{32}}, {"self_attn.k_proj", []int64{32, 32}},
			{"self_attn.o_proj", []int64{32, 32}}, {"self_attn.q_proj", []int64{32, 32}}, {"self_attn.v_proj", []int64{32, 32}},
		} {
			tensors = append(tensors, shaped{fmt.Sprintf("model.layers.%d.%s.weight", i, m.name), m.shape})
		}
	}
	return append(tensors, shaped{"model.norm.weight", []int64{32}})
}

// unetTensors are those of the UNet of Stable Diffusion 1.5 as diffusers names them.
func unetTensors() (tensors []shaped) {
	layer := func(name string, shape ...int64) {
		tensors = append(tensors, shaped{name + ".bias", shape[:1]}, shaped{name + ".weight", shape})
	}
	resnet := func(at string) {
		layer(at+".conv1", 8, 8, 3, 3)
		layer(at+".conv2", 8, 8, 3, 3)
		layer(at+".norm1", 8)
		layer(at+".norm2", 8)
		layer(at+".time_emb_proj", 8, 16)
	}
	attention := func(at string) {
		layer(at+".norm", 8)
		layer(at+".proj_in", 8, 8, 1, 1)
		layer(at+".proj_out", 8, 8, 1, 1)
		block := at + ".transformer_blocks.0"
		for _, attn := range []string{".attn1", ".attn2"} {
			for _, w := range []string{".to_k", ".to_q", ".to_v"} {
				tensors = append(tensors, shaped{block + attn + w + ".weight", []int64{16, 16}})
			}
			layer(block+attn+".to_out.0", 16, 16)
		}
		layer(block+".ff.net.0.proj", 32, 16)
		layer(block+".ff.net.2", 16, 16)
		for i := range 3 {
			layer(fmt.Sprintf("%s.norm%d", block, i+1), 16)
		}
	}
	layer("conv_in", 8, 4, 3, 3)
	layer("conv_norm_out", 8)
	layer("conv_out", 4, 8, 3, 3)
	for i := range 4 {
		for j := range 2 {
			resnet(fmt.Sprintf("down_blocks.%d.resnets.%d", i, j))
			if i < 3 {
				attention(fmt.Sprintf("down_blocks.%d.attentions.%d", i, j))
			}
		}
		if i < 3 {
			layer(fmt.Sprintf("down_blocks.%d.downsamplers.0.conv", i), 8, 8, 3, 3)
		}
	}
	attention("mid_block.attentions.0")
	resnet("mid_block.resnets.0")
	resnet("mid_block.resnets.1")
	for i := range 4 {
		for j := range 3 {
			resnet(fmt.Sprintf("up_blocks.%d.resnets.%d", i, j))
			if i > 0 {
				attention(fmt.Sprintf("up_blocks.%d.attentions.%d", i, j))
			}
		}
		if i < 3 {
			layer(fmt.Sprintf("up_blocks.%d.upsamplers.0.conv", i), 8, 8, 3, 3)
		}
	}
	layer("time_embedding.linear_1", 16, 8)
	layer("time_embedding.linear_2", 16, 16)
	return tensors
}

// fluxTensors are those of FLUX.1 as its authors name them.
func fluxTensors() (tensors []shaped) {
	layer := func(name string, shape ...int64) {
		tensors = append(tensors, shaped{name + ".bias", shape[:1]}, shaped{name + ".weight", shape})
	}
	scale := func(name string) { tensors = append(tensors, shaped{name + ".scale", []int64{8}}) }
	for i := range 19 {
		for _, side := range []string{"img", "txt"} {
			at := fmt.Sprintf("double_blocks.%d.%s_", i, side)
			scale(at + "attn.norm.key_norm")
			scale(at + "attn.norm.query_norm")
			layer(at+"attn.proj", 16, 16)
			layer(at+"attn.qkv", 48, 16)
			layer(at+"mlp.0", 32, 16)
			layer(at+"mlp.2", 16, 32)
			layer(at+"mod.lin", 48, 16)
		}
	}
	layer("final_layer.adaLN_modulation.1", 32, 16)
	layer("final_layer.linear", 8, 16)
	for _, in := range []string{"guidance_in", "time_in", "vector_in"} {
		layer(in+".in_layer", 16, 16)
		layer(in+".out_layer", 16, 16)
	}
	layer("img_in", 16, 8)
	for i := range 38 {
		at := fmt.Sprintf("single_blocks.%d.", i)
		layer(at+"linear1", 64, 16)
		layer(at+"linear2", 16, 48)
		layer(at+"modulation.lin", 48, 16)
		scale(at + "norm.key_norm")
		scale(at + "norm.query_norm")
	}
	layer("txt_in", 16, 16)
	return tensors
}

// inShards are the shards of a model, with their index.
func inShards(n int, tensors []shaped, moved func(string) float64) map[string]string {
	files, weightMap, i := map[string]string{}, map[string]string{}, 0
	for part := range slices.Chunk(tensors, (len(tensors)+n-1)/n) {
		i++
		name := fmt.Sprintf("model-%05d-of-%05d.safetensors", i, n)
		files[name] = weightsOf(part, moved)
		for _, t := range part {
			weightMap[t.name] = name
		}
	}
	index, err := json.MarshalIndent(map[string]any{"metadata": map[string]any{}, "weight_map": weightMap}, "", "  ")
	if err != nil {
		panic(err)
	}
	files["model.safetensors.index.json"] = string(index)
	return files
}
