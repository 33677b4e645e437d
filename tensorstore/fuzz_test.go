package tensorstore

import (
	"bytes"
	"testing"

	"dits/cdc"
	"dits/tensorstore/digest"
)

// smallChunks make tensors of test size have many.
var smallChunks = cdc.Params{Min: 4 << 10, Avg: 8 << 10, Max: 16 << 10, Align: 1}

// FuzzUnmarshal reads chunk lists that nobody wrote.
func FuzzUnmarshal(f *testing.F) {
	id := digest.Sum([]byte("blob"))
	one := Blob{ID: id, Len: 3, Chunks: []Span{{digest.Sum([]byte("a")), 3}}}
	many := Blob{ID: id}
	for i := range 300 {
		many.Chunks = append(many.Chunks, Span{digest.Sum([]byte{byte(i)}), int64(1 + i*i*100)})
		many.Len += many.Chunks[i].Len
	}
	for _, b := range []Blob{{ID: id}, one, many} {
		f.Add(b.marshal())
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add(append([]byte{1, 0}, id[:]...))
	f.Fuzz(func(t *testing.T, b []byte) {
		blob, err := unmarshalBlob(id, b)
		if err != nil {
			return
		}
		var sum int64
		for _, c := range blob.Chunks {
			if c.Len < 1 || c.Len > maxChunk {
				t.Fatalf("chunk of %d bytes", c.Len)
			}
			sum += c.Len
		}
		if sum != blob.Len || len(blob.Chunks)*digest.Size > len(b) {
			t.Fatalf("%d chunks of %d bytes, length %d, from %d bytes", len(blob.Chunks), sum, blob.Len, len(b))
		}
		again, err := unmarshalBlob(id, blob.marshal())
		if err != nil || !bytes.Equal(again.marshal(), blob.marshal()) {
			t.Fatalf("does not survive: %v", err)
		}
	})
}
