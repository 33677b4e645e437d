package repo

import "dits/formats/names"

// maxKin bounds the models of a side that are looked into for one that went on in another format.
const maxKin = 64

// pairKin makes one pair of a model that went and one that came with other bytes under another path, where
// each is the only one that fits the other: a checkpoint that was quantised, converted or cut into shards.
func pairKin(pairs []modelPair) ([]modelPair, error) {
	var gone, came []int
	for i, p := range pairs {
		switch {
		case p.status == FileRemoved && p.a.mayHoldTensors():
			gone = append(gone, i)
		case p.status == FileAdded && p.b.mayHoldTensors():
			came = append(came, i)
		}
	}
	if len(gone) == 0 || len(came) == 0 || len(gone) > maxKin || len(came) > maxKin {
		return pairs, nil
	}
	roles := make(map[int]map[string]bool)
	for _, i := range gone {
		if err := rolesOf(roles, i, pairs[i].a); err != nil {
			return nil, err
		}
	}
	for _, i := range came {
		if err := rolesOf(roles, i, pairs[i].b); err != nil {
			return nil, err
		}
	}
	dropped := make(map[int]bool)
	for _, i := range gone {
		if j := onlyKin(roles, i, came); j >= 0 && onlyKin(roles, j, gone) == i {
			pairs[i] = modelPair{FileModified, pairs[i].a, pairs[j].b}
			dropped[j] = true
		}
	}
	var left []modelPair
	for i, p := range pairs {
		if !dropped[i] {
			left = append(left, p)
		}
	}
	return sortPairs(left), nil
}

// roles notes the roles of a model's tensors.
func rolesOf(roles map[int]map[string]bool, i int, m *model) error {
	roles[i] = make(map[string]bool)
	f, err := m.open()
	if err != nil {
		return err
	}
	for _, t := range f.Tensors() {
		roles[i][names.Role(t.Name)] = true
	}
	return f.Close()
}

// onlyKin is the only one of others with most of the tensors of i, and most of its own among them; -1 where
// there is none or several.
func onlyKin(roles map[int]map[string]bool, i int, others []int) int {
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
