package tensorstore

import (
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// LookAhead asks the index at once what it has of files that are to be put next, given by their manifests and blobs.
// What it does not have then, the session stores without asking again, until the next call. That another process stores
// the same meanwhile does no harm: the store has it twice.
func (w *Writer) LookAhead(manifests, blobs []digest.ID) error {
	absent := map[key]bool{}
	for _, ask := range []struct {
		kind pack.Kind
		ids  []digest.ID
	}{{pack.Manifest, manifests}, {pack.Blob, blobs}, {pack.Chunk, blobs}} {
		located, err := w.store.index.LocateAll(ask.kind, ask.ids)
		if err != nil {
			return err
		}
		for _, id := range ask.ids {
			if len(located[id]) == 0 {
				absent[key{ask.kind, id}] = true
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range absent {
		if w.knows(k) {
			delete(absent, k)
		}
	}
	w.absent = absent
	return nil
}

// Lacks says that neither the index, when [Writer.LookAhead] asked it, nor the session since has a manifest. It is not
// sure of those that were not asked for.
func (w *Writer) Lacks(manifest digest.ID) bool { return w.lacks(pack.Manifest, manifest) }

func (w *Writer) lacks(kind pack.Kind, id digest.ID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.absent[key{kind, id}]
}
