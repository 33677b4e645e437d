package repo

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"dits/catalog"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A LsEntry is a file, link or folder of a tree.
type LsEntry struct {
	Path   string    `json:"path"`
	Type   string    `json:"type"` // file, link or dir
	Mode   string    `json:"mode"` // octal
	Size   int64     `json:"size"` // bytes; of a folder, of all files below it
	Digest digest.ID `json:"digest"`
}

// Ls lists the folder at path ("" is the root) in the commit that rev names, or as staged when rev is "", or the
// one file that path names. With recursive set it lists all files below instead.
func (r *Repo) Ls(rev, path string, recursive bool) ([]LsEntry, error) {
	if rev == "" {
		return r.lsStaged(path, recursive)
	}
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	c, err := r.ReadCommit(id)
	if err != nil {
		return nil, err
	}
	e, err := r.Lookup(c.Tree, path)
	if err != nil {
		return nil, err
	}
	if e.Mode != object.ModeDir {
		return []LsEntry{lsEntry(path, e)}, nil
	}
	prefix := ""
	if path != "" {
		prefix = path + "/"
	}
	list := []LsEntry{}
	if recursive {
		files, err := r.TreeFiles(e.ID)
		for _, f := range files {
			list = append(list, lsEntry(prefix+f.Path, catalog.TreeEntry{Mode: f.Mode, ID: f.ID, Size: f.Size}))
		}
		return list, err
	}
	t, err := r.ReadTree(e.ID)
	for _, e := range t.Entries {
		list = append(list, lsEntry(prefix+e.Name, e))
	}
	return list, err
}

// lsStaged is [Repo.Ls] of what is staged, where folders have no digest.
func (r *Repo) lsStaged(path string, recursive bool) ([]LsEntry, error) {
	x, err := r.Index()
	if err != nil {
		return nil, err
	}
	if e := x.Find(path); e != nil {
		return []LsEntry{lsEntry(path, catalog.TreeEntry{Mode: e.Mode, ID: e.ID, Size: e.Size})}, nil
	}
	prefix := ""
	if path != "" {
		prefix = path + "/"
	}
	list := []LsEntry{}
	for _, e := range x.Under(path) {
		name, _, deep := strings.Cut(strings.TrimPrefix(e.Path, prefix), "/")
		switch n := len(list); {
		case recursive || !deep:
			list = append(list, lsEntry(e.Path, catalog.TreeEntry{Mode: e.Mode, ID: e.ID, Size: e.Size}))
		case n == 0 || list[n-1].Path != prefix+name:
			list = append(list, lsEntry(prefix+name, catalog.TreeEntry{Mode: object.ModeDir, Size: e.Size}))
		default:
			list[n-1].Size += e.Size
		}
	}
	if len(list) == 0 && path != "" {
		return nil, object.Absent("%s", path)
	}
	return list, nil
}

func lsEntry(path string, e catalog.TreeEntry) LsEntry {
	kind := "file"
	switch e.Mode {
	case object.ModeDir:
		kind = "dir"
	case object.ModeLink:
		kind = "link"
	}
	return LsEntry{path, kind, fmt.Sprintf("%06o", e.Mode), e.Size, e.ID}
}

// A FileListing is a file and the tensors in it. Its JSON form is a contract.
type FileListing struct {
	Path    string  `json:"path"`
	Format  string  `json:"format"`
	Size    int64   `json:"size"`
	SHA256  *string `json:"sha256"` // null when it is not known
	Warning string  `json:"warning,omitempty"`

	BigEndian bool `json:"big_endian,omitempty"` // of a GGUF, its numbers

	Tensors []TensorInfo `json:"tensors"` // in the order of the file's header

	Shards int `json:"shards,omitempty"` // the files of a model that is in several; 0 of a file
}

// A TensorInfo is a tensor of a stored file.
type TensorInfo struct {
	Name     string    `json:"name"`
	DType    string    `json:"dtype"`
	Shape    []int64   `json:"shape"`
	Offset   int64     `json:"offset"` // bytes from the start of the file
	Size     int64     `json:"size"`   // bytes
	Digest   digest.ID `json:"digest"`
	Encoding string    `json:"encoding"`     // that of most of its bytes: raw, zstd, fields, blocks, delta or derived; "" if it is not stored
	Source   digest.ID `json:"source"`       // the blob that they are coded against; "" for none
	Stored   int64     `json:"stored_bytes"` // payload of its chunks and of what predicts them, which counts once

	SourcePath   string `json:"source_path"`   // of a file that has it, "" when no branch or tag leads to one
	SourceTensor string `json:"source_tensor"` // its name there
	SourceRev    string `json:"source_rev"`    // where that file is, "" in the same commit
	Prediction   string `json:"prediction"`    // how it is made of the source: "relative", "cast", "low rank r16", …; "" for none

	Sources []lineage.TensorSource `json:"sources,omitempty"` // all of them where there are several
}

// FileTensors lists the tensors of the file at path: in the commit that rev names, or
// as staged when rev is "". It reads no tensor.
func (r *Repo) FileTensors(rev, path string) (*FileListing, error) {
	tf, err := r.FileAt(rev, path)
	if err != nil {
		return nil, err
	}
	from, err := r.SeenFrom(rev)
	if err != nil {
		return nil, err
	}
	if tf.Mode == object.ModeLink {
		return nil, fmt.Errorf("%s: a link, want a file", path)
	}
	c, err := r.OpenFile(tf.ID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l := listingOf(path, c)
	blobs := make([]digest.ID, len(c.Layout.Tensors))
	for i := range blobs {
		blobs[i] = c.Digest(i)
	}
	storage, err := storageOf(r, blobs)
	if err != nil {
		return nil, err
	}
	named, err := r.nameSources(lineage.Place{Path: path, File: tf.ID, Commit: from}, storage)
	if err != nil {
		return nil, err
	}
	for i := range l.Tensors {
		l.Tensors[i].stored(storage[blobs[i]], named)
	}
	return l, nil
}

// ModelTensors lists the tensors of the model in shards that goes by a path, as [Repo.FileTensors] does of a file.
// Offsets are those in the shard.
func (r *Repo) ModelTensors(rev, path string) (*FileListing, error) {
	files, err := r.ModelAt(rev, path)
	if err != nil {
		return nil, err
	}
	all := &FileListing{Path: path, Shards: len(files), Tensors: []TensorInfo{}}
	for _, f := range files {
		l, err := r.FileTensors(rev, f.Path)
		if err != nil {
			return nil, err
		}
		all.Format, all.Size = l.Format, all.Size+l.Size
		if all.Warning == "" && l.Warning != "" {
			all.Warning = f.Path + ": " + l.Warning
		}
		all.Tensors = append(all.Tensors, l.Tensors...)
	}
	return all, nil
}

// ScanTensors lists the tensors of a file of the file system, of which nothing has to be stored. It reads it once, for the
// digests.
func ScanTensors(ctx context.Context, path string) (*FileListing, error) {
	f, err := object.ScanFile(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return listingOf(path, f), nil
}

// listingOf is what a file says of itself.
func listingOf(path string, f *object.File) *FileListing {
	l := &FileListing{Path: path, Format: f.Layout.Format, Size: f.Layout.Size, Warning: f.Layout.Warning, Tensors: []TensorInfo{}}
	if l.Warning != "" {
		if flaw, err := f.Flaw(path); err == nil && flaw != nil { // in the words that add has
			l.Warning = flaw.Text
		}
	}
	if f.SHA256 != [32]byte{} {
		sum := hex.EncodeToString(f.SHA256[:])
		l.SHA256 = &sum
	}
	l.BigEndian, _ = f.IsBigEndian() // its header was read before
	for i, t := range f.Layout.Tensors {
		info := TensorInfo{Name: t.Name, DType: string(t.DType), Shape: t.Shape, Offset: t.Off, Size: t.Len, Digest: f.Digest(i)}
		if t.Shape == nil {
			info.Shape = []int64{}
		}
		if t.Len == 0 {
			info.Digest = digest.Sum(nil)
		}
		l.Tensors = append(l.Tensors, info)
	}
	return l
}

// stored fills in how the tensor is stored.
func (x *TensorInfo) stored(o lineage.Storage, named map[digest.ID]lineage.TensorSource) {
	x.Encoding, x.Prediction, x.Stored = o.Encoding, o.Prediction.Detail, o.Stored
	if x.Source = o.Prediction.Source(); x.Source.IsZero() {
		return
	}
	first := named[x.Source]
	x.SourcePath, x.SourceTensor, x.SourceRev = first.Path, first.Tensor, first.Rev
	if len(o.Prediction.Sources) > 1 {
		for _, id := range o.Prediction.Sources {
			x.Sources = append(x.Sources, named[id])
		}
	}
}

// nameSources finds what the sources of tensors are called.
func (r *Repo) nameSources(p lineage.Place, storage map[digest.ID]lineage.Storage) (map[digest.ID]lineage.TensorSource, error) {
	var blobs []digest.ID
	seen := map[digest.ID]bool{}
	for _, o := range storage {
		for _, id := range o.Prediction.Sources {
			if !seen[id] {
				seen[id] = true
				blobs = append(blobs, id)
			}
		}
	}
	if len(blobs) == 0 {
		return nil, nil
	}
	k, err := lineage.NewNamer(r.History)
	if err != nil {
		return nil, err
	}
	return k.TensorSources(p, blobs)
}

// storageOf says how blobs are stored, by the records that readers take: where chunks of a blob
// differ, as most of its bytes are. The zero ID, which stands for no bytes, is raw.
func storageOf(r *Repo, ids []digest.ID) (map[digest.ID]lineage.Storage, error) {
	out := map[digest.ID]lineage.Storage{{}: {Encoding: "raw", Prediction: &lineage.Prediction{}}}
	blobs := make([]catalog.Blob, 0, len(ids))
	var chunks []digest.ID
	for _, id := range ids {
		if _, ok := out[id]; ok {
			continue
		}
		b, err := r.Catalog.Blob(id)
		if err != nil {
			return nil, err
		}
		out[id] = lineage.Storage{}
		blobs = append(blobs, b)
		for _, c := range b.Chunks {
			chunks = append(chunks, c.ID)
		}
	}
	records, err := r.Catalog.RecordsOf(pack.Chunk, chunks)
	if err != nil {
		return nil, err
	}
	var predicted []digest.ID
	for _, found := range records {
		if len(found) > 0 && !found[0].Prediction.IsZero() {
			predicted = append(predicted, found[0].Prediction)
		}
	}
	predictions, err := r.Catalog.RecordsOf(pack.Prediction, object.Distinct(predicted))
	if err != nil {
		return nil, err
	}
	reader := lineage.NewStorageReader(r.History)
	for _, b := range blobs {
		if out[b.ID], err = reader.Most(b, records, predictions); err != nil {
			return nil, err
		}
	}
	return out, nil
}
