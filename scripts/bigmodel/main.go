// Command bigmodel writes a safetensors file of any size, with BF16 weights distributed
// like those of a trained transformer, to measure memory and speed on:
//
//	go run ./scripts/bigmodel -bytes 2147483648 -o base.safetensors
//	go run ./scripts/bigmodel -bytes 2147483648 -move 1e-4 -o tuned.safetensors
//	go run ./scripts/bigmodel -bytes 1610612736 -tensors 1 -o tensor.safetensors
//
// The same flags give the same bytes. With -move each weight of the same base is moved by
// a normally distributed amount, as a fine-tune does. Sizes measured on these files say nothing about
// real weights: use the corpus for those.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
)

const width = 4096

type tensor struct {
	DType   string   `json:"dtype"`
	Shape   [2]int64 `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

func main() {
	bytes := flag.Int64("bytes", 1<<30, "bytes of weights, about")
	move := flag.Float64("move", 0, "standard deviation of a fine-tune's change; 0: the base")
	tensors := flag.Int("tensors", 0, "number of tensors of one size; 0: those of a model")
	out := flag.String("o", "", "file to write")
	flag.Parse()
	if *out == "" {
		log.Fatal("bigmodel: no file given, want -o FILE")
	}
	f, err := os.Create(*out)
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	rows := header(w, *bytes, *tensors)
	for i, n := range rows {
		weights(w, uint64(i), n*width, *move)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

// header writes the file's header and returns the rows of each tensor: an embedding of an
// eighth of the weights, then square matrices; or n of one size.
func header(w io.Writer, bytes int64, n int) (rows []int64) {
	tensors := map[string]tensor{}
	var off int64
	add := func(name string, n int64) {
		tensors[name] = tensor{"BF16", [2]int64{n, width}, [2]int64{off, off + 2*n*width}}
		off += 2 * n * width
		rows = append(rows, n)
	}
	for i := range n {
		add(fmt.Sprintf("blocks.%d.weight", i), max(bytes/int64(n)/(2*width), 1))
	}
	if n == 0 {
		add("model.embed_tokens.weight", max(bytes/8/(2*width), 1))
	}
	modules := []string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"}
	for i := 0; n == 0 && off+2*width*width <= bytes; i++ {
		add(fmt.Sprintf("model.layers.%d.%s.weight", i/len(modules), modules[i%len(modules)]), width)
	}
	h, err := json.Marshal(tensors)
	if err != nil {
		log.Fatal(err)
	}
	for len(h)%8 != 0 {
		h = append(h, ' ')
	}
	binary.Write(w, binary.LittleEndian, uint64(len(h)))
	w.Write(h)
	return rows
}

// weights writes n BF16 weights: normal, with a scale of their own for each row.
func weights(w io.Writer, seed uint64, n int64, move float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	m := rand.New(rand.NewPCG(seed, 2))
	var b [2]byte
	scale := 0.02
	for i := range n {
		if i%width == 0 {
			scale = 0.02 * math.Exp(0.3*r.NormFloat64())
		}
		v := bf16(r.NormFloat64() * scale)
		if move > 0 {
			v = bf16(float64(math.Float32frombits(uint32(v)<<16)) + m.NormFloat64()*move)
		}
		binary.LittleEndian.PutUint16(b[:], v)
		w.Write(b[:])
	}
}

// bf16 rounds to nearest, ties to even.
func bf16(v float64) uint16 {
	u := math.Float32bits(float32(v))
	return uint16((u + 0x7fff + u>>16&1) >> 16)
}
