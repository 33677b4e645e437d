package tensorstore

import (
	"errors"
	"fmt"
	"sync"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Level says how hard a [Writer] tries.
type Level uint8

// Levels. The zero value is DefaultLevel.
const (
	DefaultLevel Level = iota
	FastLevel          // no scales of rows and columns
	MaxLevel           // every way is tried on every tensor
)

// WriterOptions of one session. The zero value is what everyday use wants.
type WriterOptions struct {
	Level    Level
	Progress func(bytes int64) // told of each part of a blob that is done, concurrently; may be nil
}

// A Writer puts content into a store. What it has taken is kept once a pack is
// sealed: by [Writer.Flush], or before that when a pack is full. It is safe for
// concurrent use. End it with [Writer.Close].
type Writer struct {
	store *Store
	level Level
	done  func(int64)
	slots chan struct{} // one for each chunk that may be coded at a time

	mu      sync.Mutex
	pack    *pack.Writer // nil until something is appended
	sealed  Sealed       // of the open pack: blobs and objects so far
	objects int64        // bytes of them
	known   map[key]bool // what the open pack holds
	blobs   map[digest.ID]bool
	stored  int64
	err     error // of a pack that could not be written; final
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
	return &Writer{
		store: s,
		level: o.Level,
		done:  o.Progress,
		slots: make(chan struct{}, s.options.Workers),
		known: map[key]bool{},
		blobs: map[digest.ID]bool{},
	}
}

// Stored is the number of payload bytes that the session has appended to packs.
func (w *Writer) Stored() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stored
}

// PutObject stores an object unless the store has it.
func (w *Writer) PutObject(kind pack.Kind, id digest.ID, payload []byte) error {
	_, err := w.putObject(kind, id, payload)
	return err
}

// putObject is PutObject and returns the bytes that it added to packs.
func (w *Writer) putObject(kind pack.Kind, id digest.ID, payload []byte) (int64, error) {
	if len(payload) > maxObject {
		return 0, fmt.Errorf("%s %s: %d bytes, want at most %d", kind, id, len(payload), maxObject)
	}
	has, err := w.store.hasReadable(kind, id)
	if has || err != nil {
		return 0, err
	}
	enc, b := encodeObject(payload)
	return w.append(pack.Entry{Kind: kind, ID: id, Encoding: uint8(enc), RawLen: int64(len(payload))}, b, payload)
}

// append adds a record to the open pack unless that holds its content, and seals
// the pack when it is full. object is the decoded payload of what is no chunk. It
// returns the bytes stored.
func (w *Writer) append(e pack.Entry, payload, object []byte) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := key{e.Kind, e.ID}
	if w.err != nil || w.known[k] {
		return 0, w.err
	}
	if w.err = w.appendLocked(e, payload, object); w.err != nil {
		return 0, w.err
	}
	w.known[k] = true
	w.stored += int64(len(payload))
	w.objects += int64(len(object))
	if w.pack.Size() >= w.store.options.PackBytes || w.objects >= sealObjects {
		w.err = w.seal()
	}
	return int64(len(payload)), w.err
}

func (w *Writer) appendLocked(e pack.Entry, payload, object []byte) (err error) {
	if w.pack == nil {
		if w.pack, err = pack.Create(w.store.options.FS, w.store.packDir()); err != nil {
			return err
		}
	}
	if _, err := w.pack.Append(e, payload); err != nil {
		return err
	}
	if e.Kind == pack.Chunk || e.Kind == pack.Prediction {
		return nil
	}
	if e.Kind == pack.Blob {
		w.blobs[e.ID] = true
	}
	return w.sealed.add(Object{e.Kind, e.ID, object})
}

// Flush makes everything put so far durable and known to the index.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && w.pack != nil {
		w.err = w.seal()
	}
	return w.err
}

// seal ends the open pack. From then on its content is found by the index alone.
func (w *Writer) seal() error {
	info, err := w.pack.Seal()
	w.pack = nil
	if err != nil {
		return err
	}
	w.sealed.Name, w.sealed.Size, w.sealed.Entries = info.Name, info.Size, info.Entries
	err = w.store.adoptSealed(w.sealed)
	w.sealed, w.objects = Sealed{}, 0
	clear(w.known)
	return err
}

// Close ends the session. What was not flushed is dropped.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pack != nil {
		w.pack.Abort()
		w.pack = nil
	}
	if w.err == nil {
		w.err = errClosed
	}
	return nil
}

var errClosed = errors.New("the writer is closed")

// hasChunk says that a chunk need not be stored: the index or the open pack has it.
func (w *Writer) hasChunk(id digest.ID) (bool, error) {
	w.mu.Lock()
	known := w.known[key{pack.Chunk, id}]
	w.mu.Unlock()
	if known {
		return true, nil
	}
	locs, err := w.store.index.Locate(pack.Chunk, id)
	return len(locs) > 0, err
}

// hasBlob is the same for a blob: its list is known, and so is each chunk, which a pack
// that is gone may have taken along.
func (w *Writer) hasBlob(id digest.ID) (bool, error) {
	w.mu.Lock()
	known := w.blobs[id]
	w.mu.Unlock()
	if known {
		return true, nil
	}
	return w.store.hasWhole(id)
}

// found turns an answer of the index into whether there is one.
func found(_ Blob, err error) (bool, error) {
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}
