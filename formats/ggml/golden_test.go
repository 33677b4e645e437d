package ggml_test

import (
	"math/rand/v2"
	"testing"

	"dits/formats/ggml"
)

// coreKinds are the types of the table arithmetics but for the plain floats.
var coreKinds = []ggml.Type{
	ggml.Q4_0, ggml.Q4_1, ggml.Q5_0, ggml.Q5_1, ggml.Q8_0, ggml.Q8_1,
	ggml.Q2_K, ggml.Q3_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K, ggml.Q8_K,
}

// golden has four hashes for each type: of the values of arbitrary blocks; of the
// blocks of goldenRows without importances and with them; and of goldenRows rounded
// to the scales of the same numbers backwards. Upstream agrees with the first three
// (oracle_test.go). A change here breaks the reading of everything that was stored
// as a difference from such blocks.
var golden = map[ggml.Type][4]string{
	ggml.Q4_0: {"ecbf9beecd7d2527", "273ba40eb74f58a0", "20e19d08af8c256e", "dc95006ab7397692"},
	ggml.Q4_1: {"13288cf3028bae8d", "953fafabafeeb62a", "e7955c070bcfc155", "8dbe0bf040525484"},
	ggml.Q5_0: {"441a04c452882c21", "0cdb7db1bdee3f80", "531083cc4d0ad701", "4bfb745120bcb6d7"},
	ggml.Q5_1: {"a183765aa1c3116b", "a7a377854866aa11", "0ab7f15ab762f97c", "be72fc494cf88660"},
	ggml.Q8_0: {"220ed571a73764ea", "930bc223fe370654", "930bc223fe370654", "19041a4cb9355d0e"},
	ggml.Q8_1: {"bee6cebe095032f1", "b6944880e12c0a15", "b6944880e12c0a15", ""},
	ggml.Q2_K: {"bdef1939944a211a", "20d55057c092df69", "7e6b1caf29e52d9c", "fe39a6462e71584b"},
	ggml.Q3_K: {"efdcc938fed652cd", "3d5fb364f593a508", "6d112e0de11cddbd", "cffa023c5a3dbccb"},
	ggml.Q4_K: {"44d7a48cd708feb3", "d1e209b71286029a", "2b67ab0102af6eb3", "0056b5469ed4cc25"},
	ggml.Q5_K: {"a3b84f5111386189", "683a7485b6c6d215", "9528b011b622a784", "8058f6aac7d894f8"},
	ggml.Q6_K: {"6d4099e57bb9638f", "e7160c0545cc0fe6", "e4569e55d94e4278", "861a0ad9b71de123"},
	ggml.Q8_K: {"de06074cd0dd9746", "e49b222495e2bfed", "e49b222495e2bfed", ""},
}

// TestGolden holds the bytes on platforms without the oracle.
func TestGolden(t *testing.T) {
	rows, weights := goldenRows(), goldenWeights(512)
	for _, kind := range coreKinds {
		got := [4]string{
			shortHash(floatBytes(dequantised(t, kind, randomBlocks(kind, 64)))),
			shortHash(quantised(t, &ggml.Quantiser{Type: kind, Columns: 512}, rows)),
			shortHash(quantised(t, &ggml.Quantiser{Type: kind, Columns: 512, Weights: weights}, rows)),
		}
		if kind.CanRound() {
			got[3] = shortHash(roundedBackwards(t, kind, rows))
		}
		if got != golden[kind] {
			t.Errorf("%v: got %q, want %q", kind, got, golden[kind])
		}
	}
}

// negativeGolden has the hashes of the blocks of goldenRows under negative
// importances, where an error can fall again: upstream agrees.
var negativeGolden = map[ggml.Type]string{
	ggml.Q4_1: "29cae44d879834ad",
	ggml.Q5_1: "867ee1b1804b3db1",
	ggml.Q2_K: "aaaf937443f382e6",
	ggml.Q4_K: "73638641b6fa987f",
	ggml.Q5_K: "db1ceb910ced5ace",
}

func TestNegativeGolden(t *testing.T) {
	for _, kind := range []ggml.Type{ggml.Q4_1, ggml.Q5_1, ggml.Q2_K, ggml.Q4_K, ggml.Q5_K} {
		q := &ggml.Quantiser{Type: kind, Columns: 512, Weights: negated(goldenWeights(512))}
		if got := shortHash(quantised(t, q, goldenRows())); got != negativeGolden[kind] {
			t.Errorf("%v: got %q, want %q", kind, got, negativeGolden[kind])
		}
	}
}

// fusedGolden has the hashes of fusedRows made by upstream's ggml-quants.c as gcc
// 12.2 compiles it with -O3 -march=haswell: without importances and with them.
var fusedGolden = map[ggml.Type][2]string{
	ggml.Q4_0: {"9078cc6d58970899", "1ecd5b7bd4653175"},
	ggml.Q4_1: {"4cd2530631c6e4ed", "b2e7e0853c99c9fb"},
	ggml.Q5_0: {"0d267c8fb37fc26e", "552963cae2cfa4ae"},
	ggml.Q5_1: {"5a6eb8d59d6b08d2", "ed4218fbb2312d92"},
	ggml.Q8_0: {"48e05c466b14a696", "48e05c466b14a696"},
	ggml.Q2_K: {"eb93e0017d4ad8ee", "5aecf4358ea6df77"},
	ggml.Q3_K: {"cc0388a83463ff72", "281f3f6cc0f011b7"},
	ggml.Q4_K: {"72dd219898e0e883", "a3fd3f01c48e9803"},
	ggml.Q5_K: {"6bd4127ed18c1027", "34f4700a4d795d22"},
	ggml.Q6_K: {"6d37547051db518e", "d2a37a1f95833d08"},
}

// TestFusedGolden holds that the fused blocks are those of a fused build, and that
// the difference matters: but for types without a sum after a product.
func TestFusedGolden(t *testing.T) {
	if underRace {
		t.Skip("130,000 weights in 36 ways: without the race detector")
	}
	rows, weights := fusedRows(), goldenWeights(512)
	for kind, want := range fusedGolden {
		var got [2]string
		for i, w := range [][]float32{nil, weights} {
			q := ggml.Quantiser{Type: kind, Columns: 512, Weights: w}
			strict := shortHash(quantised(t, &q, rows))
			q.Fused = true
			got[i] = shortHash(quantised(t, &q, rows))
			if same := kind == ggml.Q8_0 || i == 0 && (kind == ggml.Q4_1 || kind == ggml.Q5_1); same != (got[i] == strict) {
				t.Errorf("%v, weighted %t: the same as strict: %t", kind, i == 1, !same)
			}
		}
		if got != want {
			t.Errorf("%v: got %q, want %q", kind, got, want)
		}
	}
}

// fusedRows returns rows of 512 values with 24 significant bits and with 11 in turn,
// enough for the rare differences between builds to show in every type.
func fusedRows() []float32 {
	rng := rand.New(rand.NewPCG(21, 22))
	rows := make([]float32, 256*512)
	for i := range rows {
		var sum int32
		for range 4 {
			sum += rng.Int32N(1<<24) - 1<<23
		}
		if i%1024 >= 512 { // as from binary16
			sum = sum >> 15 << 15
		}
		rows[i] = float32(sum) / (1 << 30)
	}
	return rows
}
