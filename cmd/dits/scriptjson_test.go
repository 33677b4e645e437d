package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// keys FILE WHERE KEY...: the object at WHERE has exactly these keys, in that order, in
// every JSON document of the file (stdout for what the last command printed).
func keys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: keys FILE WHERE KEY...")
	}
	for i, doc := range documents(ts, args[0]) {
		at, err := lookUp(doc, args[1])
		ts.Check(err)
		got, err := keysOf(at)
		if err != nil {
			ts.Fatalf("document %d: %s: %v", i, args[1], err)
		}
		if !slices.Equal(got, args[2:]) {
			ts.Fatalf("document %d: %s: keys %q, want %q", i, args[1], got, args[2:])
		}
	}
}

// value FILE WHERE JSON: what is at WHERE in the one JSON document of the file is JSON,
// apart from spaces.
func value(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: [!] value FILE WHERE JSON")
	}
	docs := documents(ts, args[0])
	if len(docs) != 1 {
		ts.Fatalf("%s: %d JSON documents, want 1", args[0], len(docs))
	}
	at, err := lookUp(docs[0], args[1])
	ts.Check(err)
	var got bytes.Buffer
	ts.Check(json.Compact(&got, at))
	if (got.String() == args[2]) == neg {
		ts.Fatalf("%s is %s, want %s", args[1], got.String(), args[2])
	}
}

// documents are the JSON documents of a file; there is at least one.
func documents(ts *testscript.TestScript, file string) []json.RawMessage {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	var docs []json.RawMessage
	for {
		var doc json.RawMessage
		err := d.Decode(&doc)
		if err == io.EOF {
			break
		}
		ts.Check(err)
		docs = append(docs, doc)
	}
	if len(docs) == 0 {
		ts.Fatalf("%s: no JSON", file)
	}
	return docs
}

// lookUp follows WHERE: names and numbers with dots between them, "." for the whole.
func lookUp(doc json.RawMessage, where string) (json.RawMessage, error) {
	for _, step := range strings.FieldsFunc(where, func(r rune) bool { return r == '.' }) {
		if i, err := strconv.Atoi(step); err == nil {
			var list []json.RawMessage
			if err := json.Unmarshal(doc, &list); err != nil || i >= len(list) {
				return nil, fmt.Errorf("%s: step %s: %d elements (%v)", where, step, len(list), err)
			}
			doc = list[i]
			continue
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(doc, &object); err != nil || object[step] == nil {
			return nil, fmt.Errorf("%s: step %s: not in %.200s (%v)", where, step, doc, err)
		}
		doc = object[step]
	}
	return doc, nil
}

// keysOf are the keys of a JSON object in their order.
func keysOf(object json.RawMessage) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("%.80s: want an object (%v)", object, err)
	}
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		keys = append(keys, fmt.Sprint(key))
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
