package diff

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// Keys of an object of longObject and more are summed up where more than fewKeys differ, and so are those of the index of
// a model in shards, of whatever length.
const (
	longObject, fewKeys = 100, 8
	shardIndex          = "weight_map"
)

// A KeySum is how many keys of an object in a JSON file differ, where they are many.
type KeySum struct {
	Key     string `json:"key"` // of the object, "" for the file's own
	A       int    `json:"a"`   // keys that each side has
	B       int    `json:"b"`
	Changed int    `json:"changed"` // that have other values
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
}

// A jsonFile is a JSON object, all that it holds by path.
type jsonFile struct {
	values  map[string]json.RawMessage
	objects map[string]bool // keys of the file itself that have objects
}

// objectOf is the object of the file that has the value at a path, "" for the file itself.
func (f *jsonFile) objectOf(path string) string {
	for i, c := range path {
		if c == '.' && f.objects[path[:i]] {
			return path[:i]
		}
	}
	return ""
}

// sumKeys sums up the objects of which many keys differ.
func sumKeys(a, b *jsonFile) []KeySum {
	sums := map[string]*KeySum{}
	of := func(f *jsonFile, path string) *KeySum {
		key := f.objectOf(path)
		if sums[key] == nil {
			sums[key] = &KeySum{Key: key}
		}
		return sums[key]
	}
	for path, v := range a.values {
		s := of(a, path)
		s.A++
		if w, both := b.values[path]; !both {
			s.Removed++
		} else if !bytes.Equal(v, w) {
			s.Changed++
		}
	}
	for path := range b.values {
		s := of(b, path)
		s.B++
		if _, both := a.values[path]; !both {
			s.Added++
		}
	}
	many := []KeySum{}
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		long := key == shardIndex || max(sums[key].A, sums[key].B) >= longObject
		if s := sums[key]; long && s.Changed+s.Added+s.Removed > fewKeys {
			many = append(many, *s)
		}
	}
	return many
}

// Listed are the keys that differ and are not summed up.
func (d *FileDiff) Listed() []KeyDiff {
	return slices.DeleteFunc(slices.Clone(d.Metadata), func(k KeyDiff) bool {
		return slices.ContainsFunc(d.Sums, func(s KeySum) bool { return s.Key == k.object })
	})
}
