package safetensors_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dits/formats"
	"dits/formats/formatstest"

	"github.com/stretchr/testify/assert"
)

const oracle = "safetensors_oracle.py"

// random returns a valid file of up to 6 tensors: every dtype, empty ones, scalars, in
// any order of the header.
func random(rng *rand.Rand) []byte {
	var entries []string
	dtypes := formats.SafetensorsDTypes()
	size := 0
	for i := range rng.IntN(7) {
		d := dtypes[rng.IntN(len(dtypes))]
		shape := make([]int64, rng.IntN(4))
		for k := range shape {
			shape[k] = int64(rng.IntN(5))
		}
		n, ok := d.Bytes(shape)
		if !ok {
			continue // part of a byte left over
		}
		dims, _ := json.Marshal(shape)
		entries = append(entries, entry(fmt.Sprintf("t.%d", i), string(d), string(dims), size, size+int(n)))
		size += int(n)
	}
	if rng.IntN(2) == 0 {
		entries = append(entries, `"__metadata__":{"format":"pt"}`)
	}
	rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return formatstest.Safetensors("{"+strings.Join(entries, ",")+"}"+strings.Repeat(" ", rng.IntN(9)), data)
}

// mutate changes a file in one to three places, mostly in its header.
func mutate(rng *rand.Rand, file []byte) []byte {
	words := []string{"0", "1", "9", "-", "e", ".", `"`, "{", "}", "[", "]", ",", ":", " ", "\\", "null", "F32", "BF16", `"x":1,`, "\x00", "\xff", "\n"}
	for range 1 + rng.IntN(3) {
		at := rng.IntN(len(file))
		switch word := words[rng.IntN(len(words))]; rng.IntN(4) {
		case 0:
			file = slices.Insert(slices.Clone(file), at, []byte(word)...)
			file[0] += byte(len(word)) // mostly right: headers here are short
		case 1:
			file = slices.Clone(file)
			copy(file[at:], word)
		case 2:
			file = slices.Clone(file)
			file[at] ^= 1 << rng.IntN(8)
		default:
			file = slices.Delete(slices.Clone(file), at, at+1)
			if len(file) == 0 {
				return file
			}
			file[0]--
		}
	}
	return file
}

// TestOracle compares with the real package on valid, mutated and adversarial files.
func TestOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	files := adversarial()
	for range 1000 {
		files = append(files, random(rng))
	}
	for range 5000 {
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

// compare fails if we and the real package disagree, but for the refusals on the list.
func compare(t *testing.T, files [][]byte, verdicts []formatstest.Verdict) {
	accepted, refused, strict := 0, 0, 0
	for i, v := range verdicts {
		l, err := parse(files[i])
		switch {
		case err == nil && v.Accepted:
			accepted++
			got := formatstest.Describe(l, files[i])
			byPlace := func(a, b formatstest.VerdictTensor) int { return cmp.Or(cmp.Compare(a.Name, b.Name)) }
			slices.SortFunc(got, byPlace)
			slices.SortFunc(v.Tensors, byPlace)
			assert.Equal(t, v.Tensors, got, "file %d: real, ours:\n%.300q", i, files[i])
		case err != nil && !v.Accepted:
			refused++
		case err == nil:
			t.Errorf("file %d: accepted, want refused with %q:\n%.300q", i, v.Error, files[i])
		case !deliberate(err):
			t.Errorf("file %d: refused with %q, want accepted:\n%.300q", i, err, files[i])
		default:
			strict++
		}
	}
	t.Logf("%d accepted by both, %d refused by both, %d refused on purpose", accepted, refused, strict)
}

func deliberate(err error) bool {
	for reason := range stricter {
		if strings.Contains(err.Error(), reason) {
			return true
		}
	}
	return false
}

// TestStricter holds the list of deliberate differences true on both sides.
func TestStricter(t *testing.T) {
	var reasons []string
	var files [][]byte
	for reason, file := range stricter {
		reasons, files = append(reasons, reason), append(files, file)
		if _, err := parse(file); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("got %v, want %q", err, reason)
		}
	}
	for i, v := range formatstest.Ask(t, oracle, files) {
		if !v.Accepted {
			t.Errorf("%q is no difference: the real package says %q", reasons[i], v.Error)
		}
	}
}

// corpus returns the safetensors files beside the checkout.
func corpus(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "safetensors")
	paths, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skipf("the corpus is absent: no *.safetensors in %s", dir)
	}
	return paths
}
