package repo

import (
	"context"
	"errors"
	"fmt"

	"dits/catalog"
	"dits/formats"
	"dits/repo/object"
	"dits/repo/relatives"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Heal stores anew what the store has lost, or has damaged, and what is at hand: in the files, folders of files, stores
// and repositories from, which are read only. Then records that are damaged go, where their content has another, with the
// packs that have no others. told hears of each step. What is not at hand stays as damaged as it was.
func (r *Repo) Heal(ctx context.Context, from []string, told func(string)) error {
	l, err := r.lockRepack()
	if err != nil {
		return err
	}
	defer l.Unlock()
	// A whole check marks what is damaged, so that it does not count as stored.
	if _, err := r.Fsck(ctx, FsckOptions{Report: func(error) {}}); err != nil {
		return err
	}
	h := &healing{Repo: r, told: told, good: newGoodCopies(r.StoreDir, told)}
	defer h.good.close()
	for _, name := range from {
		if err := h.good.take(ctx, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := h.heal(ctx); err != nil {
		return err
	}
	return h.drop(ctx)
}

// A healing is one call of Heal.
type healing struct {
	*Repo
	told   func(string)
	good   *goodCopies
	writer *tensorstore.Writer
}

// heal goes from all that names commits to what files are made of, and stores what is lost on the way.
func (h *healing) heal(ctx context.Context) error {
	h.writer = h.Store.Begin(tensorstore.WriterOptions{Alone: true})
	defer h.writer.Close()
	if err := h.tags(); err != nil {
		return err
	}
	roots, err := h.rootCommits()
	if err != nil {
		return err
	}
	seen := map[digest.ID]bool{{}: true}
	x, err := h.Index()
	if err != nil {
		return err
	}
	files := x.Files()
	for todo := roots; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		if !h.object(pack.Commit, id) {
			continue
		}
		c, err := h.ReadCommit(id)
		if err != nil {
			continue
		}
		todo = append(todo, c.Parents...)
		files = append(files, h.tree(c.Tree, "", seen)...)
	}
	for _, f := range files {
		if seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		if err := h.file(ctx, f); err != nil {
			return err
		}
	}
	if err := h.sources(ctx); err != nil {
		return err
	}
	return h.writer.Flush()
}

// tags are the objects of annotated tags, which lead to commits.
func (h *healing) tags() error {
	tags, err := h.GoodRefs(object.TagPrefix)
	for _, ref := range tags {
		if has, err := h.Store.HasObject(pack.Commit, ref.ID); err == nil && !has {
			h.object(pack.Tag, ref.ID)
		}
	}
	return err
}

// object says that an object can be read, maybe because another store has it.
func (h *healing) object(kind pack.Kind, id digest.ID) bool {
	if _, err := h.Store.Object(kind, id); err == nil {
		return true
	}
	for _, other := range h.good.stores {
		b, err := other.Store.Object(kind, id)
		if err != nil {
			continue
		}
		if h.writer.PutObject(kind, id, b) != nil || h.writer.Flush() != nil {
			return false
		}
		h.told(fmt.Sprintf("stored %s %s anew", kind, id.Short()))
		return true
	}
	return false
}

// tree is the files below a tree, as far as that can be read.
func (h *healing) tree(id digest.ID, dir string, seen map[digest.ID]bool) (files []object.TreeFile) {
	if seen[id] || !h.object(pack.Tree, id) {
		return nil
	}
	seen[id] = true
	t, err := h.ReadTree(id)
	if err != nil {
		return nil
	}
	for _, e := range t.Entries {
		if e.Mode == object.ModeDir {
			files = append(files, h.tree(e.ID, dir+e.Name+"/", seen)...)
		} else {
			files = append(files, object.TreeFile{Path: dir + e.Name, Mode: e.Mode, ID: e.ID, Size: e.Size})
		}
	}
	return files
}

// file stores what a file lacks: its manifest, and the parts that cannot be read.
func (h *healing) file(ctx context.Context, f object.TreeFile) error {
	m, err := h.ReadFile(f.ID)
	if err != nil {
		if m, err = h.good.manifest(f.ID); err != nil {
			return nil // nobody has it
		}
		if err := h.writer.PutObject(pack.Manifest, f.ID, object.EncodeManifest(m)); err != nil {
			return err
		}
		h.told(fmt.Sprintf("stored anew how %s is put together", f.Path))
	}
	for i, blob := range m.Blobs {
		stored, err := h.blob(ctx, blob, relatives.Known(m, i, relatives.Family{}))
		if err != nil {
			return err
		}
		if stored {
			h.told(fmt.Sprintf("stored anew %s", partOf(f.Path, m, i)))
		}
	}
	return nil
}

// partOf says which part of a file is meant.
func partOf(path string, f catalog.File, i int) string {
	s := f.Layout.Segments[i]
	if s.Kind == formats.Data {
		return fmt.Sprintf("%s: tensor %q", path, f.Layout.Tensors[s.Tensor].Name)
	}
	return fmt.Sprintf("%s: offset %d", path, s.Off)
}

// sources stores anew what is lost of that which chunks are predicted from, which no file may have any more.
func (h *healing) sources(ctx context.Context) error {
	predictions := map[digest.ID]bool{}
	err := h.Catalog.Each(pack.Chunk, func(rec catalog.Record) error {
		predictions[rec.Prediction] = true
		return nil
	})
	if err != nil {
		return err
	}
	delete(predictions, digest.ID{})
	for id := range predictions {
		blobs, err := h.Store.Sources(id)
		if err != nil {
			continue // nobody can be asked for it: what needs it is stored anew without
		}
		for _, blob := range blobs {
			if _, err := h.blob(ctx, blob, choose.Known{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// blob stores a blob anew that cannot be read, if a good copy has it.
func (h *healing) blob(ctx context.Context, id digest.ID, known choose.Known) (stored bool, err error) {
	if sound, err := h.Store.Sound(id); sound || err != nil {
		return false, err
	}
	if src, n, done, found := h.good.part(id); found {
		_, err := h.writer.PutBlob(ctx, src, id, n, known)
		return err == nil, errors.Join(err, done())
	}
	for _, other := range h.good.stores {
		b, err := other.Store.Blob(id)
		if err != nil {
			continue
		}
		if sound, err := other.Store.Sound(id); err != nil || !sound {
			continue
		}
		_, err = h.writer.PutBlob(ctx, b, id, b.Len(), known)
		return err == nil, err
	}
	return false, nil
}
