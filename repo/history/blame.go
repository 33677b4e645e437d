package history

import (
	"fmt"
	"slices"
	"time"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A Blame says for each tensor of a file which commit changed it last. Its JSON form is
// a contract.
type Blame struct {
	Path    string         `json:"path"`
	Commit  digest.ID      `json:"commit"`  // that it looks back from
	Tensors []BlamedTensor `json:"tensors"` // in the order of the file's header
	Layers  []BlamedLayer  `json:"layers"`  // the same by layer, those outside of layers last
	Commits []BlamedCommit `json:"commits"` // those named, the newest first
}

// A BlamedTensor is a tensor and the commit that brought it as it is: its bytes, dtype
// and shape under that name.
type BlamedTensor struct {
	Name   string    `json:"name"`
	Commit digest.ID `json:"commit"`
	Path   string    `json:"path"` // of the file in that commit: it may have been renamed since
}

// A BlamedCommit is one to blame.
type BlamedCommit struct {
	ID      digest.ID `json:"id"`
	Author  string    `json:"author"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"` // first line of the message
	Tensors int       `json:"tensors"` // that it changed last
}

// A claim is tensors that are as they are at least since some commit.
type claim struct {
	path string
	list catalog.TensorList
	at   []int // of the blamed file's tensors: the index in list, -1: of no concern here
}

// A blamer follows the tensors of a file back.
type blamer struct {
	files  *FileHistory
	blame  *Blame
	claims map[digest.ID][]*claim // by commit
}

// Blame finds for each tensor of the file at path, or of the model in shards that goes by it, in the commit that rev
// names, the commit that changed it last. Of a merge it follows the parent that has the tensor as it is, a file that was
// only renamed to its old path, and a tensor from one shard into another. It reads no tensor.
func (r *History) Blame(rev, path string) (*Blame, error) {
	files, err := r.ModelAt(rev, path)
	if err != nil {
		return nil, err
	}
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	h, err := r.Commits([]digest.ID{id}, nil)
	if err != nil {
		return nil, err
	}
	b := &blamer{r.FileHistory(), &Blame{Path: path, Commit: id}, map[digest.ID][]*claim{}}
	for _, f := range files {
		if err := b.files.load(h, f.Path); err != nil {
			return nil, err
		}
	}
	if err := b.start(files); err != nil {
		return nil, err
	}
	for h.Len() > 0 {
		if err := b.commit(h.Next()); err != nil {
			return nil, err
		}
	}
	b.blame.Layers = b.blame.layers()
	return b.blame, nil
}

// start claims all tensors of the files for the commit to look back from.
func (b *blamer) start(files []object.TreeFile) error {
	var claims []*claim
	for _, f := range files {
		list, err := b.files.List(f.ID)
		if err != nil {
			return err
		}
		c := &claim{f.Path, list, slices.Repeat([]int{-1}, len(b.blame.Tensors))}
		for i, name := range list.Names {
			c.at = append(c.at, i)
			b.blame.Tensors = append(b.blame.Tensors, BlamedTensor{Name: name})
		}
		claims = append(claims, c)
	}
	if len(b.blame.Tensors) == 0 {
		return fmt.Errorf("%s: a file without tensors (dits log shows its history)", b.blame.Path)
	}
	for _, c := range claims {
		c.at = append(c.at, slices.Repeat([]int{-1}, len(b.blame.Tensors)-len(c.at))...)
	}
	b.claims[b.blame.Commit] = claims
	return nil
}

// commit hands the claims on c to its parents, and blames c for what none of them takes.
func (b *blamer) commit(c catalog.Commit) error {
	for _, cl := range b.claims[c.ID] {
		for _, p := range c.Parents {
			if err := b.pass(cl, c, p); err != nil {
				return err
			}
		}
		for i, at := range cl.at {
			if at >= 0 {
				b.blame.Tensors[i].Commit, b.blame.Tensors[i].Path = c.ID, cl.path
				b.charge(c)
			}
		}
	}
	delete(b.claims, c.ID)
	return nil
}

// charge notes that c, the commit looked at last, is to blame for a tensor more.
func (b *blamer) charge(c catalog.Commit) {
	n := len(b.blame.Commits)
	if n == 0 || b.blame.Commits[n-1].ID != c.ID {
		b.blame.Commits = append(b.blame.Commits, BlamedCommit{c.ID, c.Author, c.Time, object.Subject(c.Message), 0})
		n++
	}
	b.blame.Commits[n-1].Tensors++
}

// pass moves the tensors that parent p has too from cl to claims of p.
func (b *blamer) pass(cl *claim, c catalog.Commit, p digest.ID) error {
	before, err := b.files.Before(c, cl.path, p)
	for _, f := range before {
		b.passTo(cl, b.claimOf(p, f.Path, f.List, len(cl.at)))
	}
	return err
}

// passTo moves the tensors that another claim is on too.
func (b *blamer) passTo(cl, to *claim) {
	for i, at := range cl.at {
		if at < 0 {
			continue
		}
		j := at
		if to.list.Signature != cl.list.Signature {
			j = to.list.Find(cl.list.Names[at])
		}
		if j >= 0 && cl.list.Same(at, to.list, j) {
			to.at[i], cl.at[i] = j, -1
		}
	}
}

// claimOf is the claim of a commit on the file at path.
func (b *blamer) claimOf(commit digest.ID, path string, list catalog.TensorList, n int) *claim {
	for _, cl := range b.claims[commit] {
		if cl.path == path {
			return cl
		}
	}
	cl := &claim{path, list, slices.Repeat([]int{-1}, n)}
	b.claims[commit] = append(b.claims[commit], cl)
	return cl
}
