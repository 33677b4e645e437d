package main

import (
	"fmt"
	"slices"
	"strings"

	"dits/repo"
	"dits/repo/object"
)

// addedModels puts what was added together as people count it: the shards of a model, and the index of them, are one.
type addedModels struct {
	open    []*addedModel // some shards are still to come, or were not changed
	indexes []repo.Added  // whose model is still to come
	ended   map[endedModel]bool
}

// An endedModel is a model that has been told of.
type endedModel struct {
	name    string
	removed bool
}

// An addedModel is the shards of a model that were added, or removed; or a file, without shards.
type addedModel struct {
	repo.Added
	shard  object.Shard
	shards int
}

// take returns what can be told now that a file was added.
func (m *addedModels) take(a repo.Added) []addedModel {
	if name, ok := strings.CutSuffix(a.Path, object.IndexSuffix); ok {
		switch ended := m.ended[endedModel{name, a.Removed}]; {
		case ended && a.Removed:
			return nil
		case !ended:
			m.indexes = append(m.indexes, a)
			return nil
		}
	}
	shard, ok := object.ShardOf(a.Path)
	if !ok {
		return []addedModel{{Added: a}}
	}
	i := slices.IndexFunc(m.open, func(o *addedModel) bool { return o.shard.All == shard.All && o.Removed == a.Removed })
	if i < 0 {
		i = len(m.open)
		m.open = append(m.open, &addedModel{Added: repo.Added{Removed: a.Removed}, shard: shard})
	}
	m.open[i].add(a)
	if m.open[i].shards++; m.open[i].shards < shard.Count() {
		return nil
	}
	whole := m.open[i]
	m.open = slices.Delete(m.open, i, i+1)
	return []addedModel{m.end(whole)}
}

// rest is what has not been told when all is added.
func (m *addedModels) rest() (rest []addedModel) {
	for _, o := range m.open {
		rest = append(rest, m.end(o))
	}
	for _, x := range m.indexes {
		rest = append(rest, addedModel{Added: x})
	}
	return rest
}

// end is a model with its index, by the name of both: "model.safetensors (3 shards)".
func (m *addedModels) end(o *addedModel) addedModel {
	if m.ended == nil {
		m.ended = map[endedModel]bool{}
	}
	m.ended[endedModel{o.shard.Model, o.Removed}] = true
	i := slices.IndexFunc(m.indexes, func(x repo.Added) bool {
		return x.Path == o.shard.Model+object.IndexSuffix && x.Removed == o.Removed
	})
	if i >= 0 {
		o.Logical += m.indexes[i].Logical
		o.Stored += m.indexes[i].Stored
		m.indexes = slices.Delete(m.indexes, i, i+1)
	}
	o.Path = fmt.Sprintf("%s (%s)", o.shard.Model, someShards(o.shards, o.shard.Count()))
	return *o
}

// add adds up what one more shard took. The recipe is that of most of what is recomputed.
func (o *addedModel) add(a repo.Added) {
	o.Format = a.Format
	o.Logical += a.Logical
	o.Stored += a.Stored
	o.Tensors += a.Tensors
	o.Known += a.Known
	o.Delta += a.Delta
	o.Derived += a.Derived
	o.New += a.New
	if o.Recipe == nil || a.DerivedLogical > o.DerivedLogical {
		o.Recipe = a.Recipe
	}
	o.DerivedLogical = max(o.DerivedLogical, a.DerivedLogical)
	for _, s := range a.Sources {
		if name := object.ModelName(s); !slices.Contains(o.Sources, name) {
			o.Sources = append(o.Sources, name)
		}
	}
}
