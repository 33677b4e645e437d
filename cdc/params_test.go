package cdc

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	ok := Params{Min: 64, Avg: 128, Max: 256, Align: 8}
	cases := []struct {
		name string
		edit func(*Params)
		want string
	}{
		{"good", func(*Params) {}, ""},
		{"align 0", func(p *Params) { p.Align = 0 }, ""},
		{"avg is max", func(p *Params) { p.Avg = p.Max }, ""},
		{"zero", func(p *Params) { *p = Params{} }, "chunk min: got 0, want at least 64"},
		{"negative align", func(p *Params) { p.Align = -1 }, "chunk align: got -1"},
		{"min under window", func(p *Params) { p.Min = 63 }, "chunk min: got 63"},
		{"avg is min", func(p *Params) { p.Avg = 64 }, "chunk avg: got 64, want more than min 64"},
		{"max under avg", func(p *Params) { p.Max = 127 }, "chunk max: got 127, want at least avg 128"},
		{"huge max", func(p *Params) { p.Max = 1<<30 + 1 }, "chunk max: got 1073741825"},
		{"align over avg-min", func(p *Params) { p.Align = 65 }, "chunk align: got 65, want at most avg-min 64"},
	}
	for _, c := range cases {
		p := ok
		c.edit(&p)
		err := p.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v, want nil", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	for _, align := range []int{0, 1, 2, 4, 8, 18, 34, 110, 144, 210, 292, 16384} {
		if err := Default.aligned(align).Validate(); err != nil {
			t.Errorf("default, align %d: %v", align, err)
		}
	}
	if err := Fine.Validate(); err != nil {
		t.Errorf("fine: %v", err)
	}
}

// bounds of valid parameters must leave a position to cut at, whatever Align is.
func TestBounds(t *testing.T) {
	for lo := window; lo < 200; lo += 7 {
		for avg := lo + 1; avg < 300; avg += 11 {
			for align := 1; align <= avg-lo; align++ {
				p := Params{lo, avg, avg + lo%5, align}
				if err := p.Validate(); err != nil {
					t.Fatal(err)
				}
				a, b := p.bounds()
				if a < p.Min || b > p.Max || a > b || a%align != 0 || b%align != 0 {
					t.Fatalf("%+v: bounds %d, %d", p, a, b)
				}
			}
		}
	}
}
