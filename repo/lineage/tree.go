package lineage

// Children arranges the files as a tree: each below the one that the most of its tensors
// came from. Those below nil came from none of the files. Where files came from each other,
// as after a repack, one of them takes the next of its sources instead.
func (l *Lineage) Children() map[*FileLineage][]*FileLineage {
	byDigest := map[string]*FileLineage{}
	for _, f := range l.Files {
		byDigest[f.Digest.String()] = f
	}
	above := map[*FileLineage]*FileLineage{}
	isAbove := func(a, f *FileLineage) bool {
		for ; f != nil; f = above[f] {
			if f == a {
				return true
			}
		}
		return false
	}
	children := map[*FileLineage][]*FileLineage{}
	for _, f := range l.Files {
		for _, s := range f.Sources {
			if p := byDigest[s.Digest.String()]; p != nil && !isAbove(f, p) {
				above[f] = p
				break
			}
		}
		children[above[f]] = append(children[above[f]], f)
	}
	return children
}
