package diff

import (
	"dits/formats/names"
)

// maxConverted bounds the models of a side that are looked into for one that went on in another format.
const maxConverted = 64

// pairConverted makes one pair of a model that went and one that came with other bytes under another path, where
// each is the only one that fits the other: a checkpoint that was quantised, converted or cut into shards.
func pairConverted(pairs []ModelPair) ([]ModelPair, error) {
	var gone, came []int
	for i, p := range pairs {
		switch {
		case p.Status == FileRemoved && p.A.MayHoldTensors():
			gone = append(gone, i)
		case p.Status == FileAdded && p.B.MayHoldTensors():
			came = append(came, i)
		}
	}
	if len(gone) == 0 || len(came) == 0 || len(gone) > maxConverted || len(came) > maxConverted {
		return pairs, nil
	}
	roles := make(map[int]map[string]bool)
	for _, i := range gone {
		if err := RolesOf(roles, i, pairs[i].A); err != nil {
			return nil, err
		}
	}
	for _, i := range came {
		if err := RolesOf(roles, i, pairs[i].B); err != nil {
			return nil, err
		}
	}
	dropped := make(map[int]bool)
	for _, i := range gone {
		if j := onlyMatch(roles, i, came); j >= 0 && onlyMatch(roles, j, gone) == i {
			pairs[i] = ModelPair{Status: FileModified, A: pairs[i].A, B: pairs[j].B}
			dropped[j] = true
		}
	}
	var left []ModelPair
	for i, p := range pairs {
		if !dropped[i] {
			left = append(left, p)
		}
	}
	return sortPairs(left), nil
}

// RolesOf notes the roles of a model's tensors.
func RolesOf(roles map[int]map[string]bool, i int, m *model) error {
	roles[i] = make(map[string]bool)
	f, err := m.Open()
	if err != nil {
		return err
	}
	for _, t := range f.Tensors() {
		roles[i][names.Role(t.Name)] = true
	}
	return f.Close()
}

// onlyMatch is the only one of others with most of the tensors of i, and most of its own among them; -1 where
// there is none or several.
func onlyMatch(roles map[int]map[string]bool, i int, others []int) int {
	found := -1
	for _, j := range others {
		both := 0
		for role := range roles[i] {
			if roles[j][role] {
				both++
			}
		}
		if both == 0 || 2*both < max(len(roles[i]), len(roles[j])) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = j
	}
	return found
}
