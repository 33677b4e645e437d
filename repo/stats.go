package repo

import (
	"context"
	"os"
	"path/filepath"

	"dits/catalog"
	"dits/formats/number"
	"dits/repo/inspect"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Stats is what deduplication and coding save. Its JSON form is a contract.
type Stats struct {
	Files         int64                    `json:"files"`
	Tensors       int64                    `json:"tensors"`
	UniqueTensors int64                    `json:"unique_tensors"`
	Chunks        int64                    `json:"chunks"`
	LogicalBytes  int64                    `json:"logical_bytes"` // of the files, each as often as it is there
	StoredBytes   int64                    `json:"stored_bytes"`
	CatalogBytes  int64                    `json:"catalog_bytes"` // of the database, which can be made again
	Ratio         number.Number            `json:"ratio"`         // stored to logical; null for no bytes
	ByEncoding    map[string]EncodingStats `json:"by_encoding"`   // all of raw, zstd, fields, blocks, delta, derived
	ByWay         map[string]EncodingStats `json:"by_way"`        // of derived: hinted, cast, merged, …, those that there are
	OnlyLike      EncodingStats            `json:"-"`             // of derived: what people call a difference, by [lineage.Tells]
	ByFile        []FileSpace              `json:"by_file"`       // of each content, that of the most StoredBytes first

	Content *inspect.Totals `json:"content,omitempty"` // what the files are that were named, stored or not
}

// NoStats are those of no files.
func NoStats() *Stats {
	s := &Stats{ByEncoding: make(map[string]EncodingStats), ByWay: make(map[string]EncodingStats), ByFile: []FileSpace{}}
	for _, name := range lineage.EncodingNames {
		s.ByEncoding[name] = EncodingStats{}
	}
	return s.withRatio()
}

// EncodingStats are the distinct chunks that are stored alike.
type EncodingStats struct {
	Chunks       int64 `json:"chunks"`
	LogicalBytes int64 `json:"logical_bytes"`
	StoredBytes  int64 `json:"stored_bytes"` // payload
}

// Stats sums up the files of the commits that revs name, see [Repo.StatsOf]. Without revs it sums up the
// whole store, and StoredBytes is the size of its packs on disk.
func (r *Repo) Stats(ctx context.Context, revs ...string) (*Stats, error) {
	if len(revs) == 0 {
		s, err := r.statsOf(ctx, nil)
		if err == nil {
			s.StoredBytes, err = r.PackBytes()
		}
		return s.withRatio(), err
	}
	var files []object.TreeFile
	for _, rev := range revs {
		of, err := r.Files(rev)
		if err != nil {
			return nil, err
		}
		files = append(files, of...)
	}
	return r.StatsOf(ctx, files)
}

// StatsOf sums up files; one counts once for each path and content, however often it is among them. StoredBytes is the
// payload that they need.
func (r *Repo) StatsOf(ctx context.Context, files []object.TreeFile) (*Stats, error) {
	type place struct {
		path string
		id   digest.ID
	}
	seen := make(map[place]bool)
	ids := []digest.ID{}
	for _, f := range files {
		if p := (place{f.Path, f.ID}); !seen[p] {
			seen[p] = true
			ids = append(ids, f.ID)
		}
	}
	s, err := r.statsOf(ctx, ids)
	if err == nil {
		s.StoredBytes, err = r.Catalog.StoredBytes(ids, nil)
	}
	return s.withRatio(), err
}

// statsOf sums up files, nil for all of the store, but for what they take together.
func (r *Repo) statsOf(ctx context.Context, files []digest.ID) (*Stats, error) {
	sums, err := r.Catalog.Stats(files)
	if err != nil {
		return nil, err
	}
	s := &Stats{Files: sums.Files, Tensors: sums.Tensors, UniqueTensors: sums.UniqueTensors, Chunks: sums.Chunks,
		LogicalBytes: sums.LogicalBytes, ByEncoding: make(map[string]EncodingStats), ByWay: make(map[string]EncodingStats)}
	if s.CatalogBytes, err = r.Catalog.Size(); err != nil {
		return nil, err
	}
	if err := r.byEncoding(s, sums, files); err != nil {
		return nil, err
	}
	s.ByFile, err = r.Space(ctx, files)
	return s, err
}

func (s *Stats) withRatio() *Stats {
	if s != nil {
		s.Ratio = number.Number(float64(s.StoredBytes) / float64(s.LogicalBytes))
	}
	return s
}

// PackBytes is the size of the packs on disk.
func (r *Repo) PackBytes() (int64, error) {
	dir := filepath.Join(r.StoreDir, "packs")
	names, err := pack.List(dir)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, name := range names {
		info, err := os.Stat(pack.Path(dir, name))
		if err != nil {
			return 0, err
		}
		n += info.Size()
	}
	return n, nil
}

// byEncoding names the catalog's numbers, and moves what is derived to a row of its
// own. Only when something is derived does it look at single chunks.
func (r *Repo) byEncoding(s *Stats, sums catalog.Stats, files []digest.ID) error {
	for _, name := range lineage.EncodingNames {
		s.ByEncoding[name] = EncodingStats{}
	}
	for e, u := range sums.ByEncoding {
		name, err := lineage.EncodingName(e)
		if err != nil {
			return err
		}
		s.ByEncoding[name] = EncodingStats(u)
	}
	reader := lineage.NewStorageReader(r.History)
	any := false
	err := r.Catalog.Each(pack.Prediction, func(rec catalog.Record) error {
		p, err := reader.Prediction(rec.ID)
		any = any || err != nil || p.Derived // one that cannot be read matters where a file needs it
		return nil
	})
	if err != nil || !any {
		return err
	}
	return r.moveDerived(s, reader, files)
}

// moveDerived counts the derived chunks of files (nil: all) as such.
func (r *Repo) moveDerived(s *Stats, reader *lineage.StorageReader, files []digest.ID) error {
	if files == nil {
		err := r.Catalog.Each(pack.Manifest, func(rec catalog.Record) error {
			files = append(files, rec.ID)
			return nil
		})
		if err != nil {
			return err
		}
	}
	seen, chunks := make(map[digest.ID]bool), make(map[digest.ID]bool)
	for _, id := range files {
		if seen[id] {
			continue
		}
		seen[id] = true
		f, err := r.ReadFile(id)
		if err != nil {
			return err
		}
		for _, blob := range f.Blobs {
			if err := r.moveDerivedOf(s, reader, blob, chunks); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Repo) moveDerivedOf(s *Stats, reader *lineage.StorageReader, blob digest.ID, seen map[digest.ID]bool) error {
	b, err := r.Catalog.Blob(blob)
	if err != nil {
		return err
	}
	var chunks []digest.ID
	for _, c := range b.Chunks {
		if !seen[c.ID] {
			seen[c.ID] = true
			chunks = append(chunks, c.ID)
		}
	}
	records, err := r.Catalog.RecordsOf(pack.Chunk, chunks)
	if err != nil {
		return err
	}
	var whole, derived EncodingStats
	way := ""
	for _, found := range records {
		o, err := reader.Of(found[0])
		if err != nil {
			return err
		}
		u := EncodingStats{1, found[0].RawLen, found[0].Len}
		whole = whole.Plus(u)
		if o.Encoding != lineage.DerivedName {
			continue
		}
		name, _ := lineage.EncodingName(found[0].Encoding)
		way, derived = o.Prediction.Recipe, derived.Plus(u)
		s.move(name, way, u)
	}
	if !lineage.Tells(way, whole.StoredBytes, whole.LogicalBytes) {
		s.OnlyLike = s.OnlyLike.Plus(derived)
	}
	return nil
}

// move counts chunks as derived instead, and in which way.
func (s *Stats) move(from, way string, u EncodingStats) {
	s.ByEncoding[from] = s.ByEncoding[from].Minus(u)
	s.ByEncoding[lineage.DerivedName] = s.ByEncoding[lineage.DerivedName].Plus(u)
	s.ByWay[way] = s.ByWay[way].Plus(u)
}

// Plus are the chunks of both.
func (e EncodingStats) Plus(u EncodingStats) EncodingStats {
	return EncodingStats{e.Chunks + u.Chunks, e.LogicalBytes + u.LogicalBytes, e.StoredBytes + u.StoredBytes}
}

// Minus are the chunks of e without those of u, which are among them.
func (e EncodingStats) Minus(u EncodingStats) EncodingStats {
	return EncodingStats{e.Chunks - u.Chunks, e.LogicalBytes - u.LogicalBytes, e.StoredBytes - u.StoredBytes}
}
