package gguf_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dits/formats/formatstest"
	"dits/formats/ggml"

	"github.com/stretchr/testify/assert"
)

const oracle = "gguf_oracle.py"

// random returns a valid file: every value type, every ggml type that both sides
// know alike, both byte orders, both versions, several alignments.
func random(rng *rand.Rand) []byte {
	g := formatstest.GGUF{Version: 2 + rng.Uint32N(2), NoTail: rng.IntN(2) == 0}
	if rng.IntN(4) == 0 {
		g.Order = binary.BigEndian
	}
	pairs := everyType()
	rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	g.KVs = pairs[:rng.IntN(6)]
	if rng.IntN(3) == 0 {
		g.Align = 1 << rng.IntN(8)
		g.KVs = append(g.KVs, pairOf("general.alignment", 4, uint32(g.Align)))
	}
	for i := range rng.IntN(6) {
		g.Tensors = append(g.Tensors, randomTensor(rng, fmt.Sprintf("blk.%d.weight", i)))
	}
	return g.Build()
}

func randomTensor(rng *rand.Rand, name string) tensor {
	types := slices.DeleteFunc(ggml.Types(), func(t ggml.Type) bool { return t == ggml.Q8_1 || t == ggml.Q2_0 })
	kind := types[rng.IntN(len(types))]
	dims := make([]uint64, 1+rng.IntN(4))
	count := uint64(1)
	for k := range dims {
		dims[k] = 1 + rng.Uint64N(3)
		if k == 0 {
			dims[k] *= uint64(kind.BlockElems())
		}
		count *= dims[k]
	}
	data := make([]byte, count/uint64(kind.BlockElems())*uint64(kind.BlockBytes()))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return tensor{Name: name, Dims: dims, Type: uint32(kind), Data: data}
}

// mutate flips bits, writes small numbers and cuts.
func mutate(rng *rand.Rand, file []byte) []byte {
	file = slices.Clone(file)
	for range 1 + rng.IntN(2) {
		at := rng.IntN(min(len(file), 400))
		switch rng.IntN(4) {
		case 0:
			file[at] = byte(rng.IntN(16))
		case 1:
			file = file[:max(1, rng.IntN(len(file)))]
		default:
			file[at] ^= 1 << rng.IntN(8)
		}
	}
	return file
}

// TestOracle compares with gguf-py on valid, mutated and adversarial files.
func TestOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	files := adversarial()
	for range 400 {
		files = append(files, random(rng))
	}
	for range 2000 {
		files = append(files, mutate(rng, random(rng)))
	}
	compare(t, files, formatstest.Ask(t, oracle, files))
}

// TestOracleCorpus compares on the real files of the corpus.
func TestOracleCorpus(t *testing.T) {
	paths := corpus(t)
	files := make([][]byte, len(paths))
	for i, p := range paths {
		var err error
		if files[i], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, files, formatstest.AskPaths(t, oracle, paths))
}

// compare fails if we and gguf-py disagree, but for the differences on the lists.
func compare(t *testing.T, files [][]byte, verdicts []formatstest.Verdict) {
	accepted, refused, strict, lax := 0, 0, 0, 0
	for i, v := range verdicts {
		l, err := parse(files[i])
		switch {
		case err == nil && v.Accepted:
			accepted++
			assert.Equal(t, v.Tensors, formatstest.Describe(l, files[i]), "file %d: real, ours", i)
			comparePairs(t, i, files[i], v.Pairs)
		case err != nil && !v.Accepted:
			refused++
		case err != nil && deliberate(stricter, err.Error()):
			strict++
		case err != nil:
			t.Errorf("file %d: refused with %q, want accepted:\n%.400q", i, err, files[i])
		case deliberate(laxer, v.Error):
			lax++
		default:
			t.Errorf("file %d: accepted, want refused with %q:\n%.400q", i, v.Error, files[i])
		}
	}
	t.Logf("%d accepted by both, %d refused by both, %d by us only, %d by gguf-py only", accepted, refused, strict, lax)
}

func comparePairs(t *testing.T, i int, file []byte, want []formatstest.VerdictPair) {
	h, err := readHeader(file)
	if err != nil {
		t.Errorf("file %d: %v", i, err)
		return
	}
	if len(h.KVs) != len(want) {
		t.Errorf("file %d: got %d pairs, want %d", i, len(h.KVs), len(want))
		return
	}
	for k, kv := range h.KVs {
		w := want[k]
		if kv.Key != w.Key || uint32(kv.Type) != w.Type || kv.Off != w.Offset || kv.Len != w.Bytes {
			t.Errorf("file %d: got pair %q %v [%d,+%d), want %+v", i, kv.Key, kv.Type, kv.Off, kv.Len, w)
		}
		if got := canonical(kv.Value); w.Value != nil && got != *w.Value {
			t.Errorf("file %d: %s: got %.100s, want %.100s", i, kv.Key, got, *w.Value)
		}
	}
}

// canonical puts a value as the oracle does.
func canonical(value any) string {
	switch v := value.(type) {
	case string:
		return hex.EncodeToString([]byte(v))
	case bool:
		return strconv.FormatBool(v)
	case float32:
		return fmt.Sprintf("%016x", math.Float64bits(float64(v)))
	case float64:
		return fmt.Sprintf("%016x", math.Float64bits(v))
	}
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		return fmt.Sprint(value)
	}
	parts := make([]string, list.Len())
	for i := range parts {
		parts[i] = canonical(list.Index(i).Interface())
	}
	return strings.Join(parts, ",")
}

func deliberate(list map[string][]byte, reason string) bool {
	for part := range list {
		if strings.Contains(reason, part) {
			return true
		}
	}
	return false
}

// TestDifferences holds the lists of deliberate differences true on both sides.
func TestDifferences(t *testing.T) {
	var reasons []string
	var files [][]byte
	for reason, file := range stricter {
		reasons, files = append(reasons, reason), append(files, file)
		if _, err := parse(file); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("got %v, want %q", err, reason)
		}
	}
	for reason, file := range laxer {
		reasons, files = append(reasons, reason), append(files, file)
		if _, err := parse(file); err != nil {
			t.Errorf("got %v, want it accepted against %q", err, reason)
		}
	}
	for i, v := range formatstest.Ask(t, oracle, files) {
		lax := i >= len(stricter)
		if lax == v.Accepted || lax && !strings.Contains(v.Error, reasons[i]) {
			t.Errorf("%q is no difference: gguf-py accepts: %t, %q", reasons[i], v.Accepted, v.Error)
		}
	}
}

// TestOracleQ8_1 holds the one difference in what both accept: gguf-py still has the
// block of 40 bytes that ggml gave up.
func TestOracleQ8_1(t *testing.T) {
	file := one(tensor{Dims: []uint64{32}, Type: uint32(ggml.Q8_1), Data: make([]byte, 40)})
	l, err := parse(file)
	if err != nil {
		t.Fatal(err)
	}
	v := formatstest.Ask(t, oracle, [][]byte{file})[0]
	if !v.Accepted || l.Tensors[0].Len != 36 || v.Tensors[0].Bytes != 40 {
		t.Errorf("got %d bytes, gguf-py accepts: %t, %v; want 36 and 40", l.Tensors[0].Len, v.Accepted, v.Tensors)
	}
}
