package history

import (
	"fmt"
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

// A claim is tensors of a file that are as they are at least since some commit.
type claim struct {
	list    catalog.TensorList
	tensors []claimed
}

// A claimed is one of the blamed file's tensors, and where it is in the list of a claim.
type claimed struct{ tensor, at int }

// A blamer follows the tensors of a file back.
type blamer struct {
	files  *FileHistory
	blame  *Blame
	claims map[digest.ID]map[string]*claim // by commit and path
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
	b := &blamer{r.FileHistory(), &Blame{Path: path, Commit: id}, map[digest.ID]map[string]*claim{}}
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
	for _, f := range files {
		list, err := b.files.List(f.ID)
		if err != nil {
			return err
		}
		for i, name := range list.Names {
			b.claim(b.blame.Commit, f.Path, list, claimed{len(b.blame.Tensors), i})
			b.blame.Tensors = append(b.blame.Tensors, BlamedTensor{Name: name})
		}
	}
	if len(b.blame.Tensors) == 0 {
		return fmt.Errorf("%s: a file without tensors (dits log shows its history)", b.blame.Path)
	}
	return nil
}

// commit hands the claims on c to its parents, and blames c for what none of them takes.
func (b *blamer) commit(c catalog.Commit) error {
	for _, p := range c.Parents {
		for path, cl := range b.claims[c.ID] {
			if err := b.pass(path, cl, c, p); err != nil {
				return err
			}
		}
	}
	for path, cl := range b.claims[c.ID] {
		for _, t := range cl.tensors {
			b.blame.Tensors[t.tensor].Commit, b.blame.Tensors[t.tensor].Path = c.ID, path
			b.charge(c)
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

// pass moves the tensors that parent p has too from the claim on a file of c to claims on files of p.
func (b *blamer) pass(path string, cl *claim, c catalog.Commit, p digest.ID) error {
	if len(cl.tensors) == 0 {
		return nil
	}
	before, err := b.files.Before(c, path, p)
	if err != nil {
		return err
	}
	left := cl.tensors[:0]
	for _, t := range cl.tensors {
		if f, j := before.Find(cl.list, t.at); f != nil {
			b.claim(p, f.Path, f.List, claimed{t.tensor, j})
		} else {
			left = append(left, t)
		}
	}
	cl.tensors = left
	return nil
}

// claim notes a tensor of the file at path in a commit.
func (b *blamer) claim(commit digest.ID, path string, list catalog.TensorList, t claimed) {
	if b.claims[commit] == nil {
		b.claims[commit] = map[string]*claim{}
	}
	cl := b.claims[commit][path]
	if cl == nil {
		cl = &claim{list: list}
		b.claims[commit][path] = cl
	}
	cl.tensors = append(cl.tensors, t)
}
