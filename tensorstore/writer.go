package tensorstore

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// WriterOptions of one session. The zero value is what everyday use wants.
type WriterOptions struct {
	Level    choose.Level
	Progress func(bytes int64) // told of each part of a blob that is done, concurrently; may be nil
	Sealed   func(pack string) // told the name of each pack before the index is, not concurrently; may be nil
	// Alone says that no other process deletes packs meanwhile. Then what records name need not be there, and may
	// have been lost before.
	Alone bool
}

// A Writer puts content into a store. What it has taken is kept once a pack is
// sealed: by [Writer.Flush], or before that when a pack is full. A pack that could
// not be sealed ends it: every later call returns the error. It is safe for
// concurrent use. End it with [Writer.Close].
type Writer struct {
	store *Store
	alone bool
	level choose.Level
	done  func(int64)
	told  func(string)
	slots chan struct{} // one for each chunk that may be coded at a time

	mu      sync.Mutex
	open    *filling   // nil until something is appended
	sealing *filling   // the one before, on its way to the disk and the index; nil: that is done
	moved   *sync.Cond // over mu: open or sealing is another now, or there is an error
	blobs   map[digest.ID]bool
	absent  map[key]bool         // what the store did not have when it was asked last, see LookAhead
	named   map[digest.ID][]byte // payloads of predictions that are in no pack of the session, by which chunks may be coded
	stored  int64
	err     error // of a pack that could not be written; final

	coding singleflight.Group // of chunks, by digest: one that two tensors have is coded once
}

type key struct {
	kind pack.Kind
	id   digest.ID
}

// Begin starts a session.
func (s *Store) Begin(o WriterOptions) *Writer {
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	if o.Sealed == nil {
		o.Sealed = func(string) {}
	}
	w := &Writer{
		store: s,
		alone: o.Alone,
		level: o.Level,
		done:  o.Progress,
		told:  o.Sealed,
		slots: make(chan struct{}, s.options.Workers),
		blobs: map[digest.ID]bool{},
		named: map[digest.ID][]byte{},
	}
	w.moved = sync.NewCond(&w.mu)
	return w
}

// Stored is the number of payload bytes that the session has appended to packs.
func (w *Writer) Stored() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stored
}

// PutObject stores an object unless the store has it. The blobs that it needs have to be there, too, when its pack
// is sealed: without one that is an [ErrGone].
func (w *Writer) PutObject(kind pack.Kind, id digest.ID, payload []byte, needs ...digest.ID) error {
	_, err := w.putObject(kind, id, payload, needs...)
	return err
}

// putObject is PutObject and returns the bytes that it added to packs.
func (w *Writer) putObject(kind pack.Kind, id digest.ID, payload []byte, needs ...digest.ID) (int64, error) {
	if len(payload) > maxObject {
		return 0, fmt.Errorf("%s %s: %d bytes, want at most %d", kind, id, len(payload), maxObject)
	}
	if !w.lacks(kind, id) {
		has, err := w.store.hasReadable(kind, id, payload)
		if err != nil || has && w.rely(kind, id, payload) {
			return 0, err
		}
	}
	enc, b := codec.Raw, payload
	if len(payload) > neverSmaller {
		enc, b = choose.Compress(nil, payload)
	}
	e := pack.Entry{Kind: kind, ID: id, Encoding: uint8(enc), RawLen: int64(len(payload))}
	return w.append(e, b, payload, needs...)
}

// neverSmaller is how many bytes an object may have that is stored as it is: most of them are digests. The manifest of a
// file without tensors is one, of which there are as many as small files.
const neverSmaller = 96

// maxNamed is the size of predictions that a session remembers, in bytes. What is larger is
// stored again: it is of one tensor, which another tensor does not have.
const maxNamed = 64 << 10

// rely notes that the session relies on an object that the store has, and says whether it may:
// another process may drop a prediction, so that it must be at hand when a pack is sealed.
func (w *Writer) rely(kind pack.Kind, id digest.ID, payload []byte) bool {
	if kind != pack.Prediction {
		return true
	}
	if len(payload) > maxNamed {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.named[id] = slices.Clone(payload)
	return true
}

// prediction is the payload of a prediction that the session relies on, nil of any other.
func (w *Writer) prediction(id digest.ID) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.named[id]
}

// append adds a record to the open pack unless the session has its content, and seals
// the pack when it is full. object is the decoded payload of what is no chunk, and needs
// the blobs that it names. It returns the bytes stored.
func (w *Writer) append(e pack.Entry, payload, object []byte, needs ...digest.ID) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.err == nil && w.open != nil && w.full(w.open) {
		w.moved.Wait() // its turn to be sealed has not come
	}
	if w.err != nil || w.knows(key{e.Kind, e.ID}) {
		return 0, w.err
	}
	if w.err = w.appendLocked(e, payload, object, needs); w.err != nil {
		w.moved.Broadcast()
		return 0, w.err
	}
	w.stored += int64(len(payload))
	if w.full(w.open) {
		w.seal(w.open)
	}
	return int64(len(payload)), w.err
}

func (w *Writer) appendLocked(e pack.Entry, payload, object []byte, needs []digest.ID) (err error) {
	if w.open == nil {
		if w.open, err = w.store.newFilling(); err != nil {
			return err
		}
	}
	if err := w.open.append(e, payload, object); err != nil {
		return err
	}
	w.open.parts = append(w.open.parts, needs...)
	if e.Kind == pack.Blob {
		w.blobs[e.ID] = true
	}
	delete(w.absent, key{e.Kind, e.ID})
	return nil
}

// knows says that a pack of the session that the index does not know yet holds a content.
func (w *Writer) knows(k key) bool {
	return w.open != nil && w.open.known[k] || w.sealing != nil && w.sealing.known[k]
}

// full says that a pack is to be sealed.
func (w *Writer) full(f *filling) bool {
	return f.pack.Size() >= w.store.options.PackBytes || f.objects >= SealObjects
}

// Flush makes everything put so far durable and known to the index.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.open
	if last == nil {
		last = w.sealing
	}
	w.seal(last)
	for last != nil && w.sealing == last {
		w.moved.Wait()
	}
	return w.err
}

// seal ends the open pack f, unless another does so: packs are sealed one after another,
// for a record may need what is in a pack before its own. It gives up the lock while the
// disk and the index work, so that others fill the next pack meanwhile.
func (w *Writer) seal(f *filling) {
	for w.open == f && w.sealing != nil {
		w.moved.Wait()
	}
	if w.err != nil || f == nil || w.open != f {
		return
	}
	w.open, w.sealing = nil, f
	w.moved.Broadcast()
	w.mu.Unlock()
	err := f.seal(w)
	w.mu.Lock()
	w.sealing = nil
	if w.err == nil {
		w.err = err
	}
	w.moved.Broadcast()
}

// Close ends the session. What was not flushed is dropped.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.sealing != nil {
		w.moved.Wait()
	}
	if w.open != nil {
		w.open.pack.Abort()
		w.open = nil
	}
	if w.err == nil {
		w.err = errClosed
	}
	w.moved.Broadcast()
	return nil
}

var errClosed = errors.New("the writer is closed")

// hasChunk says that a chunk need not be stored: the index or a pack of the session has it.
func (w *Writer) hasChunk(id digest.ID) (bool, error) {
	w.mu.Lock()
	known, absent := w.knows(key{pack.Chunk, id}), w.absent[key{pack.Chunk, id}]
	w.mu.Unlock()
	if known || absent {
		return known, nil
	}
	locs, err := w.store.index.Locate(pack.Chunk, id)
	if err != nil {
		return false, err
	}
	return w.store.anySound(locs, choose.MaxDepth)
}

// hasBlob is the same for a blob: its list is known, and so is each chunk, which a pack
// that is gone may have taken along, or damage.
func (w *Writer) hasBlob(id digest.ID) (bool, error) {
	w.mu.Lock()
	known, absent := w.blobs[id], w.absent[key{pack.Blob, id}] && w.absent[key{pack.Chunk, id}]
	w.mu.Unlock()
	if known || absent {
		return known, nil
	}
	return w.store.Sound(id)
}
