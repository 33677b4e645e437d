//go:build unix

package main

import (
	"bytes"
	"strings"
	"testing"
)

// fakeSequence stands for the binary: each add is a pack, checkout of main~N the N-th from the end, or FIXED.
const fakeSequence = `#!/bin/sh
packs=.dits/store/packs
mkdir -p $packs
count=$(ls $packs | wc -l)
case "$1" in
add) cp model.safetensors $packs/$count ;;
checkout) cp $packs/FIXED$((count - 1 - ${3#main~})) model.safetensors ;;
esac
`

func TestSequence(t *testing.T) {
	dir := t.TempDir()
	s := sequence{write(t, dir, "a", "one"), write(t, dir, "b", "three"), write(t, dir, "c", "eleven")}
	o := options{dits: script(t, "dits", strings.Replace(fakeSequence, "FIXED", "", 1)), work: t.TempDir()}
	var out bytes.Buffer
	if err := writeSequence(&out, o, s); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), " 100.00 / 100.00 | 100.00 / 100.00 | 100.00 / 100.00 |"); got != len(s) {
		t.Errorf("report: got %d rows that grew by the file, want %d:\n%s", got, len(s), out.String())
	}
	o.dits = script(t, "dits", strings.Replace(fakeSequence, "FIXED$((count - 1 - ${3#main~}))", "0", 1))
	if _, err := measureSequence(o, s); err == nil || !strings.Contains(err.Error(), "other bytes") {
		t.Errorf("checkout gives other bytes: got %v", err)
	}
}
