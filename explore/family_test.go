package explore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/lineage"
)

// The figures of a family are those of lineage, of the same generations.
func TestFamily(t *testing.T) {
	s := tell(t)
	got := answer[Family](s, "family", "")
	want, err := s.Lineage(lineage.Options{Depth: generations})
	require.NoError(t, err)
	models := want.ByModel()
	require.Len(t, got.Nodes, len(models.Files))
	at := map[string]FamilyNode{}
	for i, n := range got.Nodes {
		f := models.Files[i]
		require.Equal(t, f.Path, n.Path)
		require.Equal(t, f.Stored, n.Stored, f.Path)
		require.Equal(t, f.Tensors, n.Tensors)
		require.Equal(t, want.Files[i].Size, n.Size)
		require.Equal(t, want.Files[i].Derived, n.Made)
		require.Equal(t, want.Files[i].Same, n.Same)
		require.Equal(t, want.Files[i].NewBytes, n.New)
		at[n.Path+"@"+n.Rev] = n
		var links []FamilyLink
		for _, l := range got.Links {
			if l.To == i {
				links = append(links, l)
			}
		}
		require.Len(t, links, len(f.Sources))
		for j, l := range links {
			tensors := map[string]int{}
			for _, k := range l.Kinds {
				tensors[k.Kind] = k.Tensors
				require.Positive(t, k.Whole)
			}
			require.Equal(t, f.Sources[j].Tensors, tensors)
			require.Equal(t, f.Sources[j].Digest, got.Nodes[l.From].File)
		}
	}
	require.Equal(t, []string{"v1"}, at["model.safetensors@v1"].Refs)
	require.Equal(t, []string{"main", "lora"}, at["model.safetensors@main"].Refs)
	require.Equal(t, []string{"ft"}, at["model.safetensors@ft"].Refs)
}

// How tensors came about has one of three hues.
func TestFamilyHow(t *testing.T) {
	s := tell(t)
	got := answer[Family](s, "family", "model=a/m0")
	hows := map[[2]string]lineage.How{}
	for _, l := range got.Links {
		for _, k := range l.Kinds {
			hows[[2]string{got.Nodes[l.To].Path, k.Kind}] = k.How
		}
	}
	require.Equal(t, lineage.Same, hows[[2]string{"model.safetensors", lineage.Identical}])
	require.Equal(t, lineage.Difference, hows[[2]string{"model.safetensors", "delta"}])
	require.Equal(t, lineage.Recomputed, hows[[2]string{"model.safetensors", "merged"}])
	require.Equal(t, lineage.Recomputed, hows[[2]string{"q/model-Q8_0.gguf", "replayed"}])
}

// A revision has fewer, and what is not there is said.
func TestFamilyOf(t *testing.T) {
	s := tell(t)
	got := answer[Family](s, "family", "model=a/m0&rev=ft&depth=0")
	require.Zero(t, got.Depth)
	require.Len(t, got.Nodes, 2)
	require.Equal(t, "v1", got.Nodes[0].Rev)
	require.Equal(t, "ft", got.Nodes[1].Rev)
	for about, status := range map[string]int{"model=nobody": 404, "rev=nowhere": 404, "depth=-1": 400, "depth=x": 400} {
		require.Equal(t, status, s.refused("family", about), about)
	}
}

// A model stands below what most of it was made of, as lineage prints it.
func TestFamilyTree(t *testing.T) {
	s := tell(t)
	got := answer[Family](s, "family", "")
	l, err := s.Lineage(lineage.Options{Depth: generations})
	require.NoError(t, err)
	tree := l.Tree()
	for i, m := range tree.Models {
		above := -1
		for j, o := range tree.Models {
			if tree.Above[m] == o {
				above = j
			}
		}
		require.Equal(t, above, got.Nodes[i].Above, m.Path)
	}
}
