package predict

import (
	"strings"
	"testing"
)

// Every kind that Unmarshal takes has a name of its own.
func TestKindNames(t *testing.T) {
	seen := map[string]Kind{}
	for k := Kind(1); k < 128; k++ { // one byte each
		_, err := Unmarshal([]byte{version, byte(k)})
		if err == nil || strings.Contains(err.Error(), "not known") {
			continue
		}
		if name := k.String(); strings.HasPrefix(name, "kind ") || seen[name] != 0 {
			t.Errorf("kind %d: name %q, want one of its own", k, name)
		}
		seen[k.String()] = k
	}
	if len(seen) < 6 {
		t.Errorf("%d kinds, want at least 6", len(seen))
	}
	if got := Kind(0).String(); got != "kind 0" {
		t.Errorf("kind 0 is %q", got)
	}
}
