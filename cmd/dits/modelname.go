package main

import (
	"fmt"
	"strings"

	"dits/repo"
	"dits/repo/work"
)

// modelName is "a.json -> b.json" of what was renamed, "model.safetensors (3 shards)" of shards, and
// "model.safetensors (3 shards -> 2 shards)" of a model that was cut into others.
func modelName(m repo.ModelChange) string {
	name := m.Path
	if m.From != "" {
		name = m.From + " -> " + m.Path
	}
	switch {
	case m.Status == repo.ChangeResharded:
		return fmt.Sprintf("%s (%s -> %s)", name, filesOrShards(m.Before), filesOrShards(m.Shards))
	case m.Sharded():
		return fmt.Sprintf("%s (%s)", name, filesOrShards(max(m.Shards, m.Before)))
	}
	return name
}

// filesOrShards is "3 shards", and "1 file" of what is none.
func filesOrShards(shards int) string {
	if shards == 0 {
		return "1 file"
	}
	return plural(shards, "shard", "shards")
}

// someShards is "3 shards", and "1 of 3 shards" where that is not all.
func someShards(n, all int) string {
	if n == all {
		return filesOrShards(n)
	}
	return fmt.Sprintf("%d of %s", n, filesOrShards(all))
}

// countModels is "1 model and 2 files": those in shards are called models.
func countModels(models []repo.ModelChange) string {
	sharded := 0
	for _, m := range models {
		if m.Sharded() {
			sharded++
		}
	}
	return modelsAndFiles(sharded, len(models)-sharded)
}

// modelsAndFiles is "1 model and 2 files", or one of these.
func modelsAndFiles(models, files int) string {
	switch {
	case models == 0:
		return plural(files, "file", "files")
	case files == 0:
		return plural(models, "model", "models")
	}
	return plural(models, "model", "models") + " and " + plural(files, "file", "files")
}

// whatChanged is "2 files changed, 1 file renamed, 1 model re-sharded".
func whatChanged(models []repo.ModelChange) string {
	verbs := []string{"changed", "renamed", "re-sharded"}
	by := map[string][]repo.ModelChange{}
	for _, m := range models {
		verb := verbs[0]
		switch m.Status {
		case work.ChangeRenamed:
			verb = verbs[1]
		case repo.ChangeResharded:
			verb = verbs[2]
		}
		by[verb] = append(by[verb], m)
	}
	var parts []string
	for _, verb := range verbs {
		if len(by[verb]) > 0 {
			parts = append(parts, countModels(by[verb])+" "+verb)
		}
	}
	if len(parts) == 0 {
		return "0 files changed"
	}
	return strings.Join(parts, ", ")
}

// tensorsChanged is "20 tensors changed", and "no tensor changed".
func tensorsChanged(n int) string {
	if n == 0 {
		return "no tensor changed"
	}
	return plural(n, "tensor", "tensors") + " changed"
}
