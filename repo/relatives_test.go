package repo

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/relatives"
	"dits/tensorstore/digest"
)

// addOne stages a file and returns what that did.
func (f *fixture) addOne(path string) Added {
	f.t.Helper()
	var all []Added
	require.NoError(f.t, f.Add(context.Background(), []string{path}, AddOptions{Report: func(a Added) { all = append(all, a) }}))
	require.Len(f.t, all, 1)
	return all[0]
}

func TestRelativesAreFoundWhereverTheyAre(t *testing.T) {
	base, tuned := trained(t, "base.safetensors"), trained(t, "ft-customer.safetensors")
	for name, prepare := range map[string]func(*fixture){
		"under another path in HEAD": func(f *fixture) { f.put("sub/other.safetensors", base); f.save("base") },
		"staged, not committed":      func(f *fixture) { f.put("base.safetensors", base); f.add("base.safetensors") },
		"on a branch that is not checked out": func(f *fixture) {
			f.put("first", "x")
			f.save("first")
			_, err := f.checkout("HEAD", CheckoutOptions{NewBranch: "side"})
			require.NoError(f.t, err)
			f.put("base.safetensors", base)
			f.save("base")
			f.mustCheckout("main")
		},
		"nowhere but in the store": func(f *fixture) {
			f.put("base.safetensors", base)
			f.add("base.safetensors")
			f.remove("base.safetensors")
			f.add("base.safetensors")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			prepare(f)
			f.put("tuned.safetensors", tuned)
			a := f.addOne("tuned.safetensors")
			require.Equal(t, 20, a.Delta)
			require.Less(t, a.Stored, a.Logical*2/5)
			f.commit("tuned")
			f.readsBack("tuned.safetensors", tuned)
		})
	}
}

func TestRelativesOfTheSameCall(t *testing.T) {
	f := newFixture(t)
	f.put("a-base.safetensors", trained(t, "base.safetensors"))
	f.put("b-tuned.safetensors", trained(t, "ft-customer.safetensors"))
	var all []Added
	require.NoError(t, f.Add(context.Background(), []string{""}, AddOptions{Report: func(a Added) { all = append(all, a) }}))
	require.Len(t, all, 2)
	require.Equal(t, []int{20, 20}, []int{all[0].New, all[1].Delta})
}

// TestTheClosestRelativeComesFirst: with the base and the fine-tune in the store, a merge of the
// base is closest to the base, whatever was added last.
func TestTheClosestRelativeComesFirst(t *testing.T) {
	f := newFixture(t)
	merged := trained(t, "merged-lora.safetensors")
	for path, content := range map[string]string{"a.safetensors": trained(t, "ft-customer.safetensors"), "b.safetensors": trained(t, "base.safetensors")} {
		f.put(path, content)
		f.add(path)
	}
	rs := relatives.New(f.Folder)
	file, err := object.Scan(context.Background(), strings.NewReader(merged), int64(len(merged)), "m.safetensors", func(int64) {})
	require.NoError(t, err)
	family, err := rs.Family(context.Background(), "a.safetensors", file, strings.NewReader(merged))
	require.NoError(t, err)
	base := digest.Sum([]byte(trained(t, "base.safetensors")))
	first := 0
	for _, relatives := range family.Relatives {
		if relatives[0].File == base {
			first++
		}
	}
	require.Greater(t, first, len(family.Relatives)/2)
}

// What is as staged, or stored already, needs no relatives: the manifests of HEAD and of the
// index are read only once a file is to be stored.
func TestAddOfNothingNewReadsNoManifests(t *testing.T) {
	f := newFixture(t)
	content := func(i int) string {
		return tensorsFile("", testTensor{Name: "w", DType: "F32", Shape: []int64{1}, Data: f32s(float32(i))})
	}
	for i := range 10 {
		f.put(fmt.Sprint(i, ".safetensors"), content(i))
	}
	f.save("models")
	add := func() map[string]int { return f.reads(func() { f.add("") }) }
	require.Zero(t, add()["manifest"])
	f.put("0.safetensors", content(0)) // with another time
	require.Equal(t, 2, add()["manifest"], "the one that was touched: is it stored, and is it still when the index is to name it")
	f.put("new.safetensors", content(10))
	require.Greater(t, add()["manifest"], 10)
}
