package refs

import (
	"testing"
)

func FuzzParseRevision(f *testing.F) {
	for _, s := range []string{"HEAD~3^2", "@{1}", "main@{2}~", "a^^^0", "v1/x", "~", "^", "@", "deadbeef"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseRevision(s)
		if err != nil {
			return
		}
		if v.name == "" && v.log < 0 {
			t.Fatalf("%q names nothing", s)
		}
		for _, st := range v.steps {
			if st.n < 0 || st.n > maxSteps {
				t.Fatalf("%q: step of %d", s, st.n)
			}
		}
	})
}
