package tensorstore

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"dits/cdc"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

const (
	maxChunk  = 16 << 20  // bytes of a chunk that a reader accepts
	maxObject = 256 << 20 // bytes of a tree, manifest, … that a reader accepts
	maxDepth  = 16        // sources of sources that a reader follows

	cachedChunks      = 256 // of up to cdc.Default.Max bytes: a source is decoded once for scales and coding
	cachedPredictions = 256
	temporaryAge      = 24 * time.Hour
)

// Options of a store. The zero value is what everyday use wants.
type Options struct {
	FS        disk.FS    // for writing; nil: the operating system's
	Chunking  cdc.Params // zero: cdc.Default
	PackBytes int64      // a pack of this size is sealed; 0: 128 MiB
	Depth     int        // longest chain of sources that is written; 0: 2
	Workers   int        // chunks coded at once; 0: one a processor
}

func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = disk.OS
	}
	if o.Chunking == (cdc.Params{}) {
		o.Chunking = cdc.Default
	}
	if o.PackBytes == 0 {
		o.PackBytes = 128 << 20
	}
	if o.Depth == 0 {
		o.Depth = 2
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

// A Store is a folder of packs and an index over them. It is safe for concurrent use.
type Store struct {
	dir         string
	index       Index
	options     Options
	packs       *openPacks
	chunks      *lru.Cache[digest.ID, []byte]
	predictions *lru.Cache[digest.ID, *predict.Prediction]

	mu      sync.Mutex
	damaged map[string]error // packs that could not be adopted
}

// Open opens the store in folder dir, whose packs are in dir/packs. Sealed packs that
// index does not know are adopted: whoever wrote them died in between, or the
// index is new. Packs that it knows but that are gone are forgotten; one that is
// damaged does not keep the others from being read, see [Store.Damaged].
func Open(dir string, index Index, o Options) (*Store, error) {
	s := &Store{dir: dir, index: index, options: o.withDefaults(), damaged: map[string]error{}}
	s.packs = newOpenPacks(s.packDir())
	s.chunks, _ = lru.New[digest.ID, []byte](cachedChunks)
	s.predictions, _ = lru.New[digest.ID, *predict.Prediction](cachedPredictions)
	if err := s.Refresh(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close releases the open packs. The index stays open.
func (s *Store) Close() error { return s.packs.close() }

// Dir is the store's folder.
func (s *Store) Dir() string { return s.dir }

func (s *Store) packDir() string { return filepath.Join(s.dir, "packs") }

// Refresh makes the index agree with the packs on disk.
func (s *Store) Refresh() error {
	have, err := pack.List(s.packDir())
	if errors.Is(err, fs.ErrNotExist) {
		have, err = nil, s.options.FS.MkdirAll(s.packDir(), 0o777)
	}
	if err != nil {
		return err
	}
	known, err := s.index.Packs()
	if err != nil {
		return err
	}
	slices.Sort(known)
	slices.Sort(have)
	if gone := without(known, have); len(gone) > 0 {
		if err := s.index.Forget(gone); err != nil {
			return err
		}
	}
	for _, name := range without(have, known) {
		if err := s.adopt(name); err != nil && !errors.Is(err, ErrCorrupt) {
			return err
		} else if err != nil {
			s.setDamaged(name, err)
		}
	}
	return nil
}

// Damaged lists what is wrong with packs that could not be adopted. Their content
// is out of reach; that of all others is not.
func (s *Store) Damaged() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.damaged))
}

func (s *Store) setDamaged(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.damaged[name] = err
}

// without is the sorted names that are not among the sorted others.
func without(names, others []string) []string {
	var out []string
	for _, n := range names {
		if _, found := slices.BinarySearch(others, n); !found {
			out = append(out, n)
		}
	}
	return out
}

// adopt reads what a sealed pack says of itself and tells the index.
func (s *Store) adopt(name string) error {
	r, err := s.packs.get(name)
	if err != nil {
		return err
	}
	sealed := Sealed{Name: name, Size: r.Size(), Entries: r.Entries()}
	for _, e := range sealed.Entries {
		if e.Kind == pack.Chunk || e.Kind == pack.Prediction {
			continue
		}
		loc := Location{name, e}
		b, err := s.readObject(loc)
		if err != nil {
			return err
		}
		if err := sealed.add(Object{e.Kind, e.ID, b}); err != nil {
			return &RecordError{loc, err}
		}
	}
	return s.index.Adopt(sealed)
}

// add sorts an object to where the index expects it.
func (p *Sealed) add(o Object) error {
	if o.Kind != pack.Blob {
		p.Objects = append(p.Objects, o)
		return nil
	}
	b, err := unmarshalBlob(o.ID, o.Payload)
	p.Blobs = append(p.Blobs, b)
	return err
}
