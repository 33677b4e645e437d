package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	familyFiles = 25
	width       = 64
	modules     = 9 // tensors of a layer
)

// makeRepository commits families of files in one commit.
func makeRepository(dits, dir string, files, tensors int) error {
	for i := range files {
		family, member := i/familyFiles, i%familyFiles
		name := "base"
		if member > 0 {
			name = fmt.Sprintf("ft-%02d", member)
		}
		path := filepath.Join(dir, fmt.Sprintf("family-%02d", family), name+".safetensors")
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, model(uint64(family), uint64(member), tensors), 0o666); err != nil {
			return err
		}
	}
	for _, words := range [][]string{{"init", "-q"}, {"add", "-q", "."}, {"commit", "-q", "-m", "families"}} {
		c := exec.Command(dits, words...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", words, err, out)
		}
	}
	return nil
}

// shapes are rows of each tensor of a layer: four of attention, three of the feed-forward network, two norms.
var shapes = [modules]struct {
	name string
	rows int
}{
	{"self_attn.q_proj", 64}, {"self_attn.k_proj", 32}, {"self_attn.v_proj", 32}, {"self_attn.o_proj", 64},
	{"mlp.gate_proj", 96}, {"mlp.up_proj", 96}, {"mlp.down_proj", 96}, {"input_layernorm", 1}, {"post_attention_layernorm", 1},
}

// model is the bytes of a safetensors file in BF16.
func model(family, member uint64, tensors int) []byte {
	type entry struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	header, off := map[string]entry{}, 0
	frozen := rand.New(rand.NewPCG(family, member)).IntN(tensors/modules + 1)
	var data []byte
	for i := range tensors {
		layer, of := i/modules, shapes[i%modules]
		n := of.rows * width
		w := rand.New(rand.NewPCG(family, uint64(i)))
		moved := rand.New(rand.NewPCG(family<<32|member, uint64(i)))
		for range n {
			x := w.NormFloat64() * .02
			if member > 0 && layer >= frozen && moved.IntN(3) == 0 {
				x += moved.NormFloat64() * 2e-4
			}
			bits := math.Float32bits(float32(x)) >> 16
			data = append(data, byte(bits), byte(bits>>8))
		}
		header[fmt.Sprintf("model.layers.%d.%s.weight", layer, of.name)] = entry{"BF16", []int{of.rows, width}, [2]int{off, off + 2*n}}
		off += 2 * n
	}
	text, _ := json.Marshal(header)
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	out := make([]byte, 8, 8+len(text)+len(data))
	for i := range 8 {
		out[i] = byte(len(text) >> (8 * i))
	}
	return append(append(out, text...), data...)
}
