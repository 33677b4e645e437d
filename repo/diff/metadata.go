package diff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"

	"dits/formats"
	"dits/formats/gguf"
	"dits/formats/safetensors"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

const (
	// maxJSON is the longest JSON file that is compared by key, in bytes.
	maxJSON = 32 << 20
	// maxKeys is how many keys of a file are listed.
	maxKeys = 1000
	// maxShown is the longest text that is shown as it is, in bytes; a longer one by its length and the start of its
	// digest.
	maxShown = 1 << 20
	// maxListed is the longest array that is shown as it is; a longer one, as the tokens of a vocabulary,
	// is shown by its length and the start of its digest.
	maxListed = 64
)

// A KeyDiff is a key of a header or a JSON file whose values differ; nil where a side has no such key.
type KeyDiff struct {
	Key string          `json:"key"` // of JSON the path to it, "rope_scaling.factor"
	A   json.RawMessage `json:"a"`
	B   json.RawMessage `json:"b"`

	object string // of a JSON file, that has the key; "": the file itself
}

// diffMetadata compares headers, or JSON files by key. Of files of two formats there is nothing to be compared.
func (d *FileDiff) diffMetadata(p ModelPair, a, b *object.File) (err error) {
	if a == nil || b == nil || a.Layout.Format != b.Layout.Format {
		return nil
	}
	switch a.Layout.Format {
	case "safetensors":
		d.Metadata, err = diffTexts(a, b)
		return err
	case "gguf":
		d.Metadata, err = diffPairs(a, b)
		return err
	}
	ja, err := jsonOf(a, p.A)
	if err != nil || ja == nil {
		return err
	}
	jb, err := jsonOf(b, p.B)
	if err != nil || jb == nil {
		return err
	}
	d.Metadata, d.Sums = diffKeys(ja, jb), sumKeys(ja, jb)
	return nil
}

// diffTexts compares the metadata of two safetensors: texts, of which only those that are listed become JSON.
func diffTexts(a, b *object.File) ([]KeyDiff, error) {
	ta, err := textsOf(a)
	if err != nil {
		return nil, err
	}
	tb, err := textsOf(b)
	if err != nil {
		return nil, err
	}
	return keysOfTexts(ta, tb), nil
}

func keysOfTexts(a, b map[string]string) []KeyDiff {
	diffs := []KeyDiff{}
	for _, key := range differing(a, b, func(x, y string) bool { return x == y }) {
		diffs = append(diffs, KeyDiff{Key: key, A: asText(a, key), B: asText(b, key)})
	}
	return diffs
}

// HeaderKeys are the pairs of a header, ascending: A is the value, as a diff shows it. layout is how the file is cut, or
// would be if it were whole.
func HeaderKeys(f io.ReaderAt, layout *formats.Layout) ([]KeyDiff, error) {
	switch layout.Format {
	case "safetensors":
		header := make([]byte, layout.Segments[0].Len)
		if err := object.ReadFull(f, header, 0); err != nil {
			return nil, err
		}
		texts, err := safetensors.Metadata(header)
		if err != nil {
			return nil, err
		}
		return keysOfTexts(texts, nil), nil
	case "gguf":
		keys := []KeyDiff{}
		err := gguf.EachKV(f, layout.Size, func(kv gguf.KV) error {
			if len(keys) < maxKeys {
				keys = append(keys, KeyDiff{Key: kv.Key, A: asRaw(kv.Value)})
			}
			return nil
		})
		slices.SortFunc(keys, func(x, y KeyDiff) int { return cmp.Compare(x.Key, y.Key) })
		return keys, err
	}
	return nil, nil
}

// textsOf is the metadata in the header of a safetensors, of shards the first one's.
func textsOf(f *object.File) (map[string]string, error) {
	f = f.Lead()
	header, err := f.Header()
	if err != nil {
		return nil, err
	}
	return safetensors.Metadata(header)
}

// asText is the value of a key as JSON, nil where there is none.
func asText(texts map[string]string, key string) json.RawMessage {
	text, ok := texts[key]
	switch {
	case !ok:
		return nil
	case len(text) > maxShown:
		return asRaw(fmt.Sprintf("%d bytes, %s", len(text), digest.Sum([]byte(text)).Short()))
	}
	return asRaw(text)
}

// differing are the keys whose values differ, ascending, as many as are listed.
func differing[V any](a, b map[string]V, same func(V, V) bool) (keys []string) {
	for key, v := range a {
		if w, ok := b[key]; !ok || !same(v, w) {
			keys = append(keys, key)
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), maxKeys)]
}

// diffKeys are the keys whose values differ, ascending.
func diffKeys(a, b *jsonFile) []KeyDiff {
	diffs := []KeyDiff{}
	for _, key := range differing(a.values, b.values, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) }) {
		of := a
		if a.values[key] == nil {
			of = b
		}
		diffs = append(diffs, KeyDiff{key, a.values[key], b.values[key], of.objectOf(key)})
	}
	return diffs
}

// jsonOf is what a JSON file holds; nil of any other.
func jsonOf(c *object.File, m *model) (*jsonFile, error) {
	c = c.Lead()
	if path.Ext(m.path) != ".json" || c.Layout.Size > maxJSON {
		return nil, nil
	}
	text := make([]byte, c.Layout.Size)
	if err := object.ReadFull(c, text, 0); err != nil {
		return nil, err
	}
	return flatten(text), nil
}

// asRaw is a value as JSON: a number that is not finite as text, and a long array as text about it.
func asRaw(v any) json.RawMessage {
	switch x := v.(type) {
	case float32:
		if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
			v = strconv.FormatFloat(f, 'g', -1, 32)
		}
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			v = strconv.FormatFloat(x, 'g', -1, 64)
		}
	case []uint8: // which would be written as base64
		numbers := make([]uint16, len(x))
		for i, b := range x {
			numbers[i] = uint16(b)
		}
		v = numbers
	}
	b, err := marshal(v)
	if err != nil { // an array with a number that is not finite
		b = fmt.Append(nil, v)
		b, _ = marshal(string(b))
	}
	return shortened(b)
}

// marshal is JSON without HTML's escapes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// shortened is a value, or text about it where it is a long array.
func shortened(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || raw[0] != '[' {
		return raw
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) <= maxListed {
		return raw
	}
	text, _ := marshal(fmt.Sprintf("%d values, %s", len(list), digest.Sum(raw).Short()))
	return text
}

// flatten lists what a JSON object holds by path, arrays as one value; nil for what is no JSON object.
func flatten(text []byte) *jsonFile {
	var top map[string]json.RawMessage
	if json.Unmarshal(text, &top) != nil || top == nil {
		return nil
	}
	f := &jsonFile{map[string]json.RawMessage{}, map[string]bool{}}
	for k, v := range top {
		f.objects[k] = v[0] == '{'
	}
	f.add("", top)
	return f
}

// add takes up an object.
func (f *jsonFile) add(prefix string, object map[string]json.RawMessage) {
	for k, v := range object {
		var inner map[string]json.RawMessage
		if v[0] == '{' && json.Unmarshal(v, &inner) == nil && len(inner) > 0 {
			f.add(prefix+k+".", inner)
			continue
		}
		var b bytes.Buffer
		if json.Compact(&b, v) == nil {
			f.values[prefix+k] = shortened(b.Bytes())
		}
	}
}
