package lineage

import (
	"fmt"
	"math"

	"dits/formats/number"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// ByModel is the same family with the shards of a model as one file: by the name of the model, under the digest of the
// first. What one shard has of another counts as repeated.
func (l *Lineage) ByModel() *Lineage {
	type place struct{ path, rev string }
	out := &Lineage{Tensors: l.Tensors}
	at := map[place]*FileLineage{}
	of := map[digest.ID]*FileLineage{}
	shards := map[*FileLineage]int{}
	for _, f := range l.Files {
		p := place{f.Path, f.Rev}
		shard, isShard := object.ShardOf(f.Path)
		if isShard {
			p.path = shard.All
		}
		m := at[p]
		if m == nil {
			m = &FileLineage{Path: object.ModelName(f.Path), Rev: f.Rev, Digest: f.Digest, Format: f.Format}
			at[p] = m
			out.Files = append(out.Files, m)
		}
		of[f.Digest] = m
		m.addFile(f)
		if isShard {
			shards[m]++
		}
	}
	for _, f := range l.Files {
		of[f.Digest].addSources(f.Sources, of)
	}
	for _, m := range out.Files {
		m.Sources = ByModel(m.Sources)
		for i, s := range m.Sources {
			if from := of[s.Digest]; from != nil {
				m.Sources[i].Digest = from.Digest
			}
		}
	}
	for m, n := range shards {
		word := "shards"
		if n == 1 {
			word = "shard"
		}
		m.Path = fmt.Sprintf("%s (%d %s)", m.Path, n, word)
	}
	return out
}

// addFile adds up what one more shard has.
func (m *FileLineage) addFile(f *FileLineage) {
	m.Tensors += f.Tensors
	m.New += f.New
	m.Repeated += f.Repeated
	m.Stored += f.Stored
	m.Derived += f.Derived
	m.Residual += f.Residual
	m.weights += f.weights
	m.Cut = m.Cut || f.Cut
	m.Bits = number.Number(8 * float64(m.Stored) / float64(m.weights))
	if m.Cut {
		m.Bits = number.Number(math.NaN())
	}
}

// addSources notes what one more shard came from; of are the models of all files.
func (m *FileLineage) addSources(sources []FileSource, of map[digest.ID]*FileLineage) {
	for _, s := range sources {
		if of[s.Digest] != m {
			m.Sources = append(m.Sources, s)
			continue
		}
		for _, n := range s.Tensors {
			m.Repeated += n
		}
	}
}
