package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFoldStacks: what stacks that are alike say is one row, if its name names them and no others.
func TestFoldStacks(t *testing.T) {
	for _, tt := range []struct{ rows, want string }{
		{"=x", "=x"},
		{"double_blocks=x single_blocks=x", "double_blocks=x single_blocks=x"},
		{"down_blocks.0.resnets=x down_blocks.1.resnets=x mid_block.resnets=x", "down.0–1.resnets=x2 mid.resnets=x"},
		{"a.0.b.0=x a.0.b.1=x c=y a.2.b.0=x a.2.b.1=x", "a.0, 2.b.0–1=x4 c=y"},
		{"a.0.b.0=x a.0.b.1=x a.1.b.0=x", "a.0.b.0=x a.0.b.1=x a.1.b.0=x"}, // a.0–1.b.0–1 has a.1.b.1
		{"a.0.b=x a.1.b=y a.2.b=x", "a.0, 2.b=x2 a.1.b=y"},
	} {
		part := func(i int) func(string) string {
			return func(row string) string { return strings.Split(row, "=")[i] }
		}
		got := foldStacks(strings.Fields(tt.rows), part(0), part(1), func(of []string, name string) string {
			if len(of) > 1 {
				return name + "=" + part(1)(of[0]) + string(rune('0'+len(of)))
			}
			return name + "=" + part(1)(of[0])
		})
		require.Equal(t, tt.want, strings.Join(got, " "))
	}
}

// TestInShort: a word a row, and the rest once; not where there is much of it.
func TestInShort(t *testing.T) {
	words, told := inShort([]string{
		"stored whole", "recomputed from a (merged with b), 0.09% had to be stored", "difference to a, b (mix 0.5/0.5)",
		"recomputed from a (merged with b), 1.1% had to be stored",
	})
	require.Equal(t, []string{"stored whole", "recomputed", "difference", "recomputed"}, words)
	require.Equal(t, []string{"2 tensors: recomputed from a (merged with b)", "1 tensor: difference to a, b (mix 0.5/0.5)"}, told)
	many := []string{"identical to a", "identical to b", "identical to c", "identical to d"}
	words, told = inShort(many)
	require.Equal(t, many, words)
	require.Empty(t, told)
}
