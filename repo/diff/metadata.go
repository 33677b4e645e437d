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
	maxJSON = 4 << 20
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
}

// diffMetadata compares headers, or JSON files by key. Of files of two formats there is nothing to be compared.
func diffMetadata(p ModelPair, a, b *object.File) ([]KeyDiff, error) {
	if a == nil || b == nil || a.Layout.Format != b.Layout.Format {
		return []KeyDiff{}, nil
	}
	switch a.Layout.Format {
	case "safetensors":
		return diffTexts(a, b)
	case "gguf":
		return diffPairs(a, b)
	}
	ka, err := keysOf(a, p.A)
	if err != nil {
		return nil, err
	}
	kb, err := keysOf(b, p.B)
	if err != nil {
		return nil, err
	}
	if ka == nil || kb == nil {
		return []KeyDiff{}, nil
	}
	return diffKeys(ka, kb), nil
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
		diffs = append(diffs, KeyDiff{key, asText(a, key), asText(b, key)})
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
func diffKeys(a, b map[string]json.RawMessage) []KeyDiff {
	diffs := []KeyDiff{}
	for _, key := range differing(a, b, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) }) {
		diffs = append(diffs, KeyDiff{key, a[key], b[key]})
	}
	return diffs
}

// keysOf are the keys of a JSON file; nil of any other.
func keysOf(c *object.File, m *model) (map[string]json.RawMessage, error) {
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
func flatten(text []byte) map[string]json.RawMessage {
	var top map[string]json.RawMessage
	if json.Unmarshal(text, &top) != nil || top == nil {
		return nil
	}
	keys := make(map[string]json.RawMessage)
	flattenInto(keys, "", top)
	return keys
}

func flattenInto(keys map[string]json.RawMessage, prefix string, object map[string]json.RawMessage) {
	for k, v := range object {
		var inner map[string]json.RawMessage
		if v[0] == '{' && json.Unmarshal(v, &inner) == nil && len(inner) > 0 {
			flattenInto(keys, prefix+k+".", inner)
			continue
		}
		var b bytes.Buffer
		if json.Compact(&b, v) == nil {
			keys[prefix+k] = shortened(b.Bytes())
		}
	}
}
