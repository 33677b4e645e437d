package names

import (
	"slices"
	"strings"
	"testing"
)

// TestTable holds the table to what is read from it: a role and each of its names have the same stars, no
// name is in two rows, and no end tells two modules.
func TestTable(t *testing.T) {
	rows, ends := map[string]string{}, map[[2]string]string{}
	for line := range strings.Lines(text) {
		if line == "\n" || line[0] == '#' {
			continue
		}
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(fields) != 3 || fields[1] == "" {
			t.Fatalf("%q: got %d fields, want a role, a module, and names", line, len(fields))
		}
		role, module := fields[0], fields[1]
		_, end, inLayer := strings.Cut(role, "blk.*.")
		where := "in layers"
		if !inLayer {
			end, where = role, "outside"
		}
		for _, name := range append([]string{role, "." + end}, strings.Fields(fields[2])...) {
			if end, ok := strings.CutPrefix(name, "."); ok {
				if other, twice := ends[[2]string{where, end}]; twice && other != module {
					t.Errorf("%q: the end %s tells %q and %q", end, where, module, other)
				}
				ends[[2]string{where, end}] = module
				continue
			}
			if strings.Count(name, "*") != strings.Count(role, "*") {
				t.Errorf("%q and %q do not have as many numbers", role, name)
			}
			if other, twice := rows[name]; twice {
				t.Errorf("%q is in the rows of %q and %q", name, role, other)
			}
			rows[name] = role
		}
	}
	if len(rows) < 250 || len(rows) != len(table().rows) {
		t.Errorf("got %d names, and the table has %d, want the whole table", len(table().rows), len(rows))
	}
}

// TestOnePlace: whatever a tensor is called, it is in one place.
func TestOnePlace(t *testing.T) {
	numbered := func(s string) string {
		return strings.Replace(strings.Replace(s, "*", "7", 1), "*", "3", 1)
	}
	for _, r := range table().rows {
		inLayer := strings.Contains(r.role, "*")
		for _, end := range []string{"", ".weight", ".bias", ".lora_A.default.weight"} {
			want := PlaceOf(numbered(r.role) + end)
			if want.Module != r.module || (want.Layer == 7) != inLayer || (want.Stack == "") == inLayer {
				t.Errorf("%q: got %+v, want %q", numbered(r.role)+end, want, r.module)
			}
			for _, name := range r.names {
				for _, wrapper := range []string{"", "model.", "base_model.model."} {
					got := PlaceOf(wrapper + numbered(name) + end)
					if strings.HasPrefix(name, "encoder.layers.") && got.Stack == "encoder.layers" {
						got.Stack = want.Stack // of a model without a decoder, which no name tells
					}
					if got != want {
						t.Errorf("%q: got %+v, want %+v, that of %q", wrapper+numbered(name)+end, got, want, r.role)
					}
				}
			}
		}
	}
}

// TestModuleRank: columns come in the order in which a layer computes them.
func TestModuleRank(t *testing.T) {
	order := []string{"q_proj", "k_proj", "v_proj", "qkv", "q_a_proj", "o_proj", "cross.q_proj", "ssm.in", "gate", "up", "down",
		"router", "experts.gate", "experts.up", "experts.gate_up", "experts.down", "shared.gate", "shared.up", "shared.down", "norms", "inv_freq"}
	for i, m := range order[1:] {
		if ModuleRank(order[i]) >= ModuleRank(m) {
			t.Errorf("%q is not before %q", order[i], m)
		}
	}
	last := ModuleRank("rotor")
	if last <= ModuleRank("inv_freq") || last != ModuleRank("lm_head") || last != ModuleRank("") {
		t.Errorf("got rank %d of what no layer has, want the last", last)
	}
	if !slices.Contains(order, table().rows["blk.*.attn_rot_embd"].module) {
		t.Error("the last module of the table is not in the test")
	}
}
