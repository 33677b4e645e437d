package codec

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"testing"
)

// corpusChunk is the longest chunk of the figures, in bytes.
const corpusChunk = 512 << 10

// A corpusTensor is a BF16 tensor of the corpus.
type corpusTensor struct {
	name        string
	rows, width int64
	data        []byte
}

// corpus reads the tensors of a file, in their order there.
func corpus(tb testing.TB, name string) []corpusTensor {
	tb.Helper()
	if underRace {
		tb.Skip("size figures are checked without the race detector: make corpus")
	}
	b, err := os.ReadFile(filepath.Join("../../../shared/corpus/safetensors", name+".safetensors"))
	if err != nil {
		tb.Skip("the corpus of real weights is not on this machine:", err)
	}
	n := binary.LittleEndian.Uint64(b)
	var header map[string]struct {
		Shape   []int64  `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	if err := json.Unmarshal(b[8:8+n], &header); err != nil {
		tb.Fatal(err)
	}
	var ts []corpusTensor
	for name, h := range header {
		if name == "__metadata__" {
			continue
		}
		t := corpusTensor{name: name, rows: 1, width: h.Shape[len(h.Shape)-1]}
		for _, d := range h.Shape[:len(h.Shape)-1] {
			t.rows *= d
		}
		t.data = b[8+n:][h.Offsets[0]:h.Offsets[1]]
		ts = append(ts, t)
	}
	sort.Slice(ts, func(i, j int) bool { return ts[i].name < ts[j].name })
	return ts
}

// coded is the size of a tensor as c stores it, in chunks, each decoded again;
// raw where c does not apply.
func coded(tb testing.TB, c Codec, t, base corpusTensor, act *Activity) (size int) {
	tb.Helper()
	if act != nil {
		b := act.Append(nil)
		size += len(b)
		var err error
		if act, err = ParseActivity(b, t.rows, t.width); err != nil {
			tb.Fatal(err)
		}
	}
	for at := 0; at < len(t.data); at += corpusChunk {
		end := min(at+corpusChunk, len(t.data))
		in := Input{Elem: BF16, First: int64(at / 2), Width: t.width, Act: act}
		if base.data != nil {
			in.Pred = base.data[at:end]
		}
		enc, ok := c.Encode(nil, t.data[at:end], in)
		if !ok {
			size += end - at
			continue
		}
		size += len(enc)
		dst := make([]byte, end-at)
		if err := c.Decode(dst, enc, in); err != nil || !bytes.Equal(dst, t.data[at:end]) {
			tb.Fatalf("%s at %d: decodes to other bytes: %v", t.name, at, err)
		}
	}
	return size
}

// measure is the activity of a tensor.
func measure(t, base corpusTensor, mode Mode) *Activity {
	m := NewMeter(BF16, t.rows, t.width, mode)
	m.Add(t.data, base.data, 0)
	return m.Activity()
}

func TestCorpusFields(t *testing.T) {
	var plain, best, total int
	for _, ten := range corpus(t, "base") {
		none := coded(t, fieldsCodec{}, ten, corpusTensor{}, nil)
		with := none
		for _, mode := range []Mode{RowColScales, RowScales, ColScales} {
			if act := measure(ten, corpusTensor{}, mode); act != nil {
				n := coded(t, fieldsCodec{}, ten, corpusTensor{}, act)
				if ten.rows > 512 && mode == RowColScales {
					t.Logf("%s: %d alone, %d with activity of %d bytes, mode %d", ten.name, none, n, len(act.Append(nil)), act.Mode())
				}
				with = min(with, n)
			}
		}
		plain, best, total = plain+none, best+with, total+len(ten.data)
	}
	a, b := 100*float64(plain)/float64(total), 100*float64(best)/float64(total)
	t.Logf("base: %.2f%% alone, %.2f%% with activity", a, b)
	if a > 66.1 || b > 64.3 {
		t.Errorf("base takes %.2f%%, %.2f%% with activity; want at most 66.1%%, 64.3%%", a, b)
	}
}

func TestCorpusDelta(t *testing.T) {
	for _, tc := range []struct {
		name        string
		plain, with float64 // most bits a weight
	}{
		{"ft-perl-2e5", 5.55, 5.22},
		{"ft-py-1e4", 7.25, 6.93},
		{"ft-frozen", 2.34, 2.28},
		{"merged-lora", 1.10, 1.06},
	} {
		base, tensors := corpus(t, "base"), corpus(t, tc.name)
		var plain, best, weights int
		for i, ten := range tensors {
			weights += len(ten.data) / 2
			if bytes.Equal(ten.data, base[i].data) {
				continue
			}
			none := coded(t, deltaCodec{}, ten, base[i], nil)
			with := none
			for _, mode := range []Mode{RowColScales, RowScales, ColScales} {
				if act := measure(ten, base[i], mode); act != nil {
					with = min(with, coded(t, deltaCodec{}, ten, base[i], act))
				}
			}
			plain, best = plain+none, best+with
		}
		a, b := 8*float64(plain)/float64(weights), 8*float64(best)/float64(weights)
		t.Logf("%s: %.3f bits a weight, %.3f with activity", tc.name, a, b)
		if a > tc.plain || b > tc.with {
			t.Errorf("%s takes %.3f bits a weight, %.3f with activity; want at most %.2f, %.2f", tc.name, a, b, tc.plain, tc.with)
		}
	}
}
