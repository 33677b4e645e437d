package tensorstore

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dits/cdc"
	"dits/tensorstore/choose"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

const (
	maxChunk          = 16 << 20                // bytes of a chunk that a reader accepts
	maxObject         = 256 << 20               // bytes of a tree, manifest, … that a reader accepts
	maxObjects        = SealObjects + maxObject // bytes of all objects of one pack that is adopted
	cachedBytes       = 128 << 20               // of decoded chunks: a source is decoded once for scales and coding
	cachedPredictions = 64 << 20                // bytes of predictions: some 100,000 of small tensors, 5 of the largest
	openAtOnce        = 128                     // packs that are kept open
	temporaryAge      = 24 * time.Hour
)

// SealObjects is how many bytes of objects a pack has when it is sealed, at the least.
const SealObjects = 64 << 20

// Options of a store. The zero value is what everyday use wants.
type Options struct {
	FS        disk.FS    // for writing; nil: the operating system's
	Chunking  cdc.Params // zero: cdc.Default
	PackBytes int64      // a pack of this size is sealed; 0: 128 MiB
	Depth     int        // longest chain of relatives that is written; what is computed may go on for 2 more; 0: 4
	Workers   int        // chunks coded at once; 0: one a processor
	Estimate  *Estimate  // not nil: the store keeps no content, and only tells what it would take
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
		o.Depth = 4
	}
	o.Depth = min(o.Depth, choose.MaxDepth-choose.DerivedDepth) // what is longer could not be read
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
	chunks      *cache[[]byte]
	lists       *cache[*chunkList]
	locations   *cache[[]Location]
	predictions *cache[*predict.Prediction]

	sound sound
	marks map[place]bool // records that were found damaged

	tidy  sync.Once    // what dead writers left is removed
	holds atomic.Int32 // how many hold

	mu      sync.Mutex
	seen    []string         // packs that were there when it was looked last, sorted
	damaged map[string]error // packs that could not be adopted
}

// Open opens the store in folder dir, whose packs are in dir/packs. Sealed packs that
// index does not know are adopted: whoever wrote them died in between, or the
// index is new. Packs that it knows but that are gone are forgotten; one that is
// damaged does not keep the others from being read, see [Store.Damaged].
func Open(dir string, index Index, o Options) (*Store, error) {
	s := &Store{dir: dir, index: index, options: o.withDefaults(), damaged: map[string]error{}}
	s.packs = newOpenPacks(s.packFolders()...)
	s.chunks = newChunkCache(cachedBytes)
	s.lists = newListCache()
	s.locations = newLocationCache()
	s.predictions = newPredictionCache()
	s.marks = s.readMarks()
	if err := s.Refresh(); err != nil && !errors.Is(err, ErrBusy) { // what is not known yet, no ref names yet
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

// Refresh makes the index agree with the packs on disk. Where these are as they were when it was
// called last, so is the index: it is asked for nothing.
func (s *Store) Refresh() error {
	if s.isAsSeen() {
		return nil
	}
	// The index is asked first: a pack that another process seals meanwhile is in the
	// list, so that what is known and not listed is gone.
	known, err := s.index.Packs()
	if err != nil {
		return err
	}
	have, err := s.list()
	if err != nil {
		return err
	}
	slices.Sort(known)
	s.compare(have)
	if gone := without(known, have); len(gone) > 0 {
		if err := s.forget(gone); err != nil {
			return err
		}
	}
	for _, name := range without(have, known) {
		err := s.adopt(name)
		removed := errors.Is(err, fs.ErrNotExist) // meanwhile
		if err != nil && !removed && !errors.Is(err, ErrCorrupt) && !ofOneFile(err) {
			return err
		}
		s.setDamaged(name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = have
	return nil
}

// isAsSeen says that the packs are those of the last call. Where there was none it looks at nothing.
func (s *Store) isAsSeen() bool {
	s.mu.Lock()
	seen := s.seen
	s.mu.Unlock()
	if len(seen) == 0 {
		return false
	}
	have, err := s.list()
	return err == nil && slices.Equal(have, seen)
}

// sealed notes a pack that this store has sealed and adopted.
func (s *Store) sealed(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := slices.BinarySearch(s.seen, name); !found {
		s.seen = slices.Insert(slices.Clone(s.seen), i, name)
	}
}

// compare drops what is kept that may not be so any more, by the packs that are there now: another process may
// have told the index already.
func (s *Store) compare(have []string) {
	s.mu.Lock()
	gone, come := without(s.seen, have), without(have, s.seen)
	s.mu.Unlock()
	if len(gone) > 0 {
		s.outdate()
	} else if len(come) > 0 {
		s.locations.Purge()
	}
}

// list lists the packs, sorted. It makes the folder if there is none and it can.
func (s *Store) list() ([]string, error) {
	found, err := pack.Scan(s.packDir())
	if errors.Is(err, fs.ErrNotExist) {
		// Who may not write reads an empty store; a writer's first pack says what is wrong.
		if s.options.FS.MkdirAll(s.packDir(), 0o777) == nil {
			err = s.options.FS.SyncDir(s.dir)
		}
		return nil, ignoreAbsent(err)
	}
	// What writers that died have left beside the packs: one that stays takes space and does no other harm.
	s.tidy.Do(func() { _ = found.RemoveTemporaries(s.options.FS, s.packDir(), temporaryAge) })
	if err != nil || s.options.Estimate == nil {
		return found.Packs, err
	}
	return s.options.Estimate.list(found.Packs)
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Damaged lists what is wrong with packs that could not be adopted: damage, or that they may not be read. Their content
// is out of reach; that of all others is not.
func (s *Store) Damaged() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.damaged))
}

// setDamaged notes what is wrong with a pack, nil for nothing.
func (s *Store) setDamaged(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.damaged, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.damaged[name] = err
	}
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
