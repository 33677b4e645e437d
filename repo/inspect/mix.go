package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dits/formats"
	"dits/formats/names"
)

// A strand is the tensors of one module of a stack that have one dtype.
type strand struct {
	names.Place // its layer is that of the first tensor
	dtype       formats.DType
	scales      bool
	layers      map[int]bool
	tensors     int
	weights     int64
	bytes       int64
}

// mixOf says which modules of which layers have which dtype: modules that have the same one in the same layers are
// together, in the order of the layers, what is outside of them last. bits are those of [weightsOf].
func mixOf(tensors []formats.Tensor, bits int64) []Mix {
	type key struct {
		stack, module string
		inLayer       bool
		dtype         formats.DType
		scales        bool
	}
	strands, all := map[key]*strand{}, namesOf(tensors)
	stacks := map[string]bool{}
	for _, t := range tensors {
		p := names.PlaceOf(t.Name)
		if p.Layer >= 0 {
			stacks[p.Stack] = true
		}
		k := key{p.Stack, p.Module, p.Layer >= 0, t.DType, isScale(t.Name)}
		s := strands[k]
		if s == nil {
			s = &strand{Place: p, dtype: t.DType, scales: k.scales, layers: map[int]bool{}}
			strands[k] = s
		}
		s.tensors++
		s.weights += weightsIn(t, all, bits)
		s.bytes += t.Len
		if p.Layer >= 0 {
			s.layers[p.Layer] = true
			s.Layer = min(s.Layer, p.Layer)
		}
	}
	return gather(slices.Collect(maps.Values(strands)), names.StackPrefixes(stacks))
}

// gather puts the modules together that have one dtype in the same layers.
func gather(strands []*strand, prefixes map[string]string) []Mix {
	slices.SortFunc(strands, func(a, b *strand) int {
		if c := a.Compare(b.Place); c != 0 {
			return c
		}
		return strings.Compare(string(a.dtype), string(b.dtype))
	})
	mix := []Mix{}
	at := map[string]int{}
	for _, s := range strands {
		runs := runsOf(s.layers)
		k := fmt.Sprint(s.Stack, s.Layer >= 0, s.dtype, s.scales, runs)
		i, ok := at[k]
		if !ok {
			i = len(mix)
			at[k] = i
			mix = append(mix, Mix{Stack: trimDot(prefixes[s.Stack]), Layers: runs, DType: string(s.dtype), Scales: s.scales})
		}
		m := &mix[i]
		m.Modules = append(m.Modules, s.Module)
		m.Tensors += s.tensors
		m.Parameters += s.weights
		m.Bytes += s.bytes
	}
	return mix
}

// trimDot is the prefix of a stack as a name.
func trimDot(prefix string) string {
	if prefix == "" {
		return ""
	}
	return prefix[:len(prefix)-1]
}

// runsOf are the layers as runs, first and last.
func runsOf(layers map[int]bool) [][2]int {
	runs := [][2]int{}
	for _, l := range slices.Sorted(maps.Keys(layers)) {
		if n := len(runs); n > 0 && runs[n-1][1]+1 == l {
			runs[n-1][1] = l
			continue
		}
		runs = append(runs, [2]int{l, l})
	}
	return runs
}
