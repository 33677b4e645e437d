package diff

import (
	"encoding/json"
	"slices"

	"dits/formats/gguf"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// diffPairs compares the key-value pairs in the headers of two GGUF files, of shards the first ones'. There may be a
// million of them: of one file digests are kept while the pairs of the other go by, and what differs is read again.
func diffPairs(a, b *object.File) ([]KeyDiff, error) {
	a, b = a.Lead(), b.Lead()
	left := map[sum]sum{} // of what only a has, in the end
	var keys firstKeys
	err := eachPair(a, func(key sum, kv gguf.KV) { left[key] = sumOf(asRaw(kv.Value)) })
	if err == nil {
		err = eachPair(b, func(key sum, kv gguf.KV) {
			if was, both := left[key]; !both || was != sumOf(asRaw(kv.Value)) {
				keys.add(kv.Key)
			}
			delete(left, key)
		})
	}
	if err == nil && len(left) > 0 {
		err = eachPair(a, func(key sum, kv gguf.KV) {
			if _, only := left[key]; only {
				keys.add(kv.Key)
			}
		})
	}
	if err != nil {
		return nil, err
	}
	return keys.diffs(a, b)
}

// A sum stands for a key, or for a value as it is shown.
type sum [16]byte

func sumOf(b []byte) sum {
	id := digest.Sum(b)
	return sum(id[:])
}

func eachPair(f *object.File, visit func(key sum, kv gguf.KV)) error {
	return gguf.EachKV(f, f.Layout.Size, func(kv gguf.KV) error {
		visit(sumOf([]byte(kv.Key)), kv)
		return nil
	})
}

// firstKeys are the first of all keys that were added, as many as are listed.
type firstKeys []string

func (k *firstKeys) add(key string) {
	if *k = append(*k, key); len(*k) >= 2*maxKeys {
		k.cut()
	}
}

// cut sorts the keys and leaves those that are listed.
func (k *firstKeys) cut() {
	slices.Sort(*k)
	*k = slices.Compact(*k)
	*k = slices.Clip((*k)[:min(len(*k), maxKeys)])
}

// diffs are the keys with the values that two files have for them.
func (k *firstKeys) diffs(a, b *object.File) ([]KeyDiff, error) {
	k.cut()
	diffs := make([]KeyDiff, len(*k))
	for i, key := range *k {
		diffs[i].Key = key
	}
	if len(diffs) == 0 {
		return diffs, nil
	}
	err := k.values(a, func(i int, v json.RawMessage) { diffs[i].A = v })
	if err == nil {
		err = k.values(b, func(i int, v json.RawMessage) { diffs[i].B = v })
	}
	return diffs, err
}

// values gives set the value that a file has for each of the keys.
func (k *firstKeys) values(f *object.File, set func(i int, v json.RawMessage)) error {
	return eachPair(f, func(_ sum, kv gguf.KV) {
		if i, listed := slices.BinarySearch(*k, kv.Key); listed {
			set(i, asRaw(kv.Value))
		}
	})
}
