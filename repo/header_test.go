package repo

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
)

// ladderHeader is the metadata of a model with 128,000 tokens, some 3 MB, as one quant of it has it. Between
// quants the file type differs, at the front, and with an importance matrix there are keys more.
func ladderHeader(fileType uint32, importance bool) []keyValue {
	rng := rand.New(rand.NewPCG(1, 2))
	kvs := []keyValue{{"general.architecture", "llama"}, {"general.name", "Model 8B"}, {"llama.block_count", uint32(32)}, {"general.file_type", fileType}}
	tokens, types := make([]string, 128_000), make([]int32, 128_000)
	for i := range tokens {
		word := make([]byte, 2+rng.IntN(4)+rng.IntN(9))
		for j := range word {
			word[j] = "etaoinshrdlucmfwypvbgkjqxz"[min(rng.IntN(26), rng.IntN(26))]
		}
		if rng.IntN(2) == 0 {
			word = append([]byte("Ġ"), word...)
		}
		tokens[i], types[i] = string(word), 1
		if i > 127_743 {
			tokens[i], types[i] = fmt.Sprintf("<|reserved_special_token_%d|>", i-127_744), 3
		}
	}
	kvs = append(kvs, keyValue{"tokenizer.ggml.tokens", tokens}, keyValue{"tokenizer.ggml.token_type", types},
		keyValue{"tokenizer.chat_template", "{% for message in messages %}{{ message.content }}{% endfor %}"}, keyValue{"general.quantization_version", uint32(2)})
	if importance {
		kvs = append(kvs, keyValue{"quantize.imatrix.file", "/models/imatrix.dat"}, keyValue{"quantize.imatrix.entries_count", uint32(224)})
	}
	return kvs
}

// ladderTensors are the 291 tensors of such a model by name, all the same few values: what they take is not
// what is looked at.
func ladderTensors(quant formats.DType) (out []part) {
	add := func(name string, d formats.DType) {
		_, bytes, _ := d.Block()
		out = append(out, part{formats.Tensor{Name: name, DType: d, Shape: []int64{256}}, make([]byte, map[formats.DType]int64{"F32": 256}[d]*bytes+map[formats.DType]int64{"Q4_K": 1, "Q6_K": 1, "Q8_0": 8}[d]*bytes)})
	}
	add("token_embd.weight", quant)
	for layer := range 32 {
		for _, name := range []string{"attn_norm", "ffn_norm"} {
			add(fmt.Sprintf("blk.%d.%s.weight", layer, name), "F32")
		}
		for _, name := range []string{"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"} {
			add(fmt.Sprintf("blk.%d.%s.weight", layer, name), quant)
		}
	}
	add("output_norm.weight", "F32")
	add("output.weight", quant)
	return out
}

// TestHeadersOfALadderAreStoredOnce: another quant of a model has its tokenizer and other infos of tensors.
func TestHeadersOfALadderAreStoredOnce(t *testing.T) {
	f := newFixture(t)
	f.put("m-Q8_0.gguf", ggufOf(t, ladderHeader(7, false), ladderTensors("Q8_0")))
	f.save("first")
	for i, c := range []struct {
		quant      formats.DType
		importance bool
	}{{"Q4_K", false}, {"Q6_K", true}} {
		before, err := f.PackBytes()
		require.NoError(t, err)
		name := fmt.Sprintf("m-%s.gguf", c.quant)
		content := ggufOf(t, ladderHeader(uint32(15+i), c.importance), ladderTensors(c.quant))
		require.Greater(t, len(content), 2<<20)
		f.put(name, content)
		a := f.addOne(name)
		f.commit(name)
		after, err := f.PackBytes()
		require.NoError(t, err)
		t.Logf("%s: header of some %d bytes, %d more in packs, payload %d", name, len(content), after-before, a.Stored)
		require.Less(t, after-before, int64(20_000))
		f.readsBack(name, content)
	}
}
