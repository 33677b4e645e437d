//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeDits stands for the binary: add keeps each content, checkout puts one back, or another
// when it is to be caught.
const fakeDits = `#!/bin/sh
mkdir -p .dits/store/packs
case "$1" in
add) cp model.safetensors .dits/store/packs/$(ls .dits/store/packs | wc -l).pack ;;
checkout) case "$3" in
	main) cp .dits/store/packs/1.pack model.safetensors ;;
	*) cp .dits/store/packs/BASE.pack model.safetensors ;;
	esac ;;
esac
`

func fake(t *testing.T, base string) string {
	path := filepath.Join(t.TempDir(), "dits")
	if err := os.WriteFile(path, []byte(strings.Replace(fakeDits, "BASE", base, 1)), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMeasureStore(t *testing.T) {
	p := paths{filepath.Join(family, "base.safetensors"), filepath.Join(family, "ft-customer.safetensors")}
	o := options{dits: fake(t, "0"), runs: 2, work: t.TempDir()}
	r, err := measureStore(o, p)
	if err != nil {
		t.Fatal(err)
	}
	if r.base != r.size || r.tuned != r.size || r.catalog != 0 || r.size == 0 {
		t.Errorf("growth: got %d and %d and %d more, want the file twice, %d, and nothing", r.base, r.tuned, r.catalog, r.size)
	}
	if r.addBase.wall <= 0 || r.outTuned.wall <= 0 || r.floor.sha.wall <= 0 {
		t.Errorf("times: got %v, want all to be measured", r)
	}
	var out bytes.Buffer
	writeStores(&out, []paths{p}, []storeResult{r})
	if !strings.Contains(out.String(), "| 100.00 | 100.00 |") {
		t.Errorf("report: got no growth of 100%% in\n%s", out.String())
	}
	if left, err := os.ReadDir(o.work); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMeasureStoreCatchesOtherBytes(t *testing.T) {
	p := paths{filepath.Join(family, "base.safetensors"), filepath.Join(family, "ft-customer.safetensors")}
	_, err := measureStore(options{dits: fake(t, "1"), runs: 1, work: t.TempDir()}, p)
	if err == nil || !strings.Contains(err.Error(), "other bytes") {
		t.Errorf("a checkout of the wrong file: got %v, want an error", err)
	}
}

func TestMaxLevel(t *testing.T) {
	p := paths{filepath.Join(family, "base.safetensors"), filepath.Join(family, "ft-customer.safetensors")}
	o := options{dits: fake(t, "0"), runs: 1, sample: 1 << 18, work: t.TempDir()}
	st, err := os.Stat(p.tuned)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := writeMax(&out, []paths{p}, []storeResult{{size: st.Size(), tuned: st.Size() / 2}}, o); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "| family/base → ft-customer | 50.00 | 100.00 |") {
		t.Errorf("report: got no 50%% and 100%% in\n%s", out.String())
	}
	o.dits = fake(t, "1")
	if _, err := measureMax(o, p); err == nil || !strings.Contains(err.Error(), "other bytes") {
		t.Errorf("checkout gives another file: got %v", err)
	}
}
