package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"dits/catalog"
	"dits/formats"
	"dits/repo"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// gcCommits is how many commits the store of TestGCAtScale has; 10,000 of them are a million chunks.
var gcCommits = flag.Int("gc.commits", 400, "commits of TestGCAtScale")

// What a commit has in TestGCAtScale.
const (
	scaleChunks = 100 // in its one file
	scaleBytes  = 200 // in a chunk
)

// TestGCAtScale frees half of a store whose packs all hold what is needed beside what is dead, nearly
// all of it coded against others. It reports time and peak memory of the process, and wants packs as small as those of
// a store that never had the rest, within 5%.
func TestGCAtScale(t *testing.T) {
	both, fresh := newScaled(t), newScaled(t)
	for i := range *gcCommits {
		both.commit(i)
		if i%2 == 0 {
			fresh.commit(i)
		}
	}
	both.end(t)
	fresh.end(t)
	before := both.packBytes(t)
	for _, grace := range []string{"14d", "0", "0"} {
		took, peak := both.run(t, "gc", "--grace", grace)
		t.Logf("%d commits, %d chunks: gc --grace %s: %.1f s, %d MiB",
			*gcCommits, *gcCommits*scaleChunks, grace, took.Seconds(), peak>>20)
		if took > time.Minute || peak > 512<<20 {
			t.Errorf("gc --grace %s: %v and %d bytes of memory, want at most a minute and 512 MiB", grace, took, peak)
		}
	}
	now, want := both.packBytes(t), fresh.packBytes(t)
	t.Logf("packs: %d bytes before, %d now, %d of a fresh store", before, now, want)
	if float64(now) > 1.05*float64(want) || now*3 > before*2 {
		t.Errorf("packs of %d bytes, want at most 1.05 of %d", now, want)
	}
	if *gcCommits <= 1000 {
		both.run(t, "fsck", "--quick")
	}
}

// A scaled store has a file of many tiny chunks for each commit. Every second commit is in main; the others nothing
// leads to.
type scaled struct {
	root   string
	repo   *repo.Repo
	writer *tensorstore.Writer
	random *rand.ChaCha8
	last   [2]digest.ID // commit: of main, of the others
	base   [2]digest.ID // blob that the next files are coded against
	err    error
}

func newScaled(t *testing.T) *scaled {
	t.Helper()
	s := &scaled{root: t.TempDir(), random: rand.NewChaCha8([32]byte{1})}
	var err error
	if s.repo, err = repo.Init(s.root, repo.InitOptions{}); err != nil {
		t.Fatal(err)
	}
	s.writer = s.repo.Store.Begin(tensorstore.WriterOptions{})
	return s
}

func (s *scaled) put(kind pack.Kind, id digest.ID, payload []byte) {
	if s.err == nil {
		s.err = s.writer.PutObject(kind, id, payload)
	}
}

// commit stores commit i with its tree, manifest and chunks; the first two of a hundred are what the
// others are coded against.
func (s *scaled) commit(i int) {
	var prediction digest.ID
	if i%100 > 1 {
		p := predict.Prediction{Kind: predict.Relative, Elem: codec.Bytes, From: codec.Bytes,
			Elements: scaleChunks * scaleBytes,
			Sources:  []digest.ID{s.base[i%2]}}
		b := p.Marshal()
		prediction = digest.Sum(b)
		s.put(pack.Prediction, prediction, b)
	}
	list := binary.AppendUvarint(nil, scaleChunks)
	var ids, whole []byte
	for c := range scaleChunks {
		b := make([]byte, scaleBytes)
		s.random.Read(b)
		binary.LittleEndian.PutUint64(b, uint64(i*scaleChunks+c))
		e := pack.Entry{Kind: pack.Chunk, ID: digest.Sum(b), Encoding: uint8(codec.Raw), RawLen: scaleBytes,
			Prediction: prediction}
		if !prediction.IsZero() {
			e.Depth = 1
		}
		if s.err == nil {
			s.err = s.writer.PutChunk(e, b)
		}
		list = binary.AppendUvarint(list, scaleBytes)
		ids, whole = append(ids, e.ID[:]...), append(whole, b...)
	}
	id := digest.Sum(whole)
	if prediction.IsZero() {
		s.base[i%2] = id
	}
	s.put(pack.Blob, id, append(list, ids...))
	size := int64(len(whole))
	segments := []formats.Segment{{Kind: formats.Opaque, Len: size, Tensor: -1}}
	layout := formats.Layout{Format: "opaque", Size: size, Segments: segments}
	s.put(pack.Manifest, id, object.EncodeManifest(catalog.File{ID: id, Layout: layout, Blobs: []digest.ID{id}}))
	tree := object.EncodeTree([]catalog.TreeEntry{{Name: "model", Mode: object.ModeFile, ID: id, Size: size}})
	s.put(pack.Tree, digest.Sum(tree), tree)
	c := catalog.Commit{Tree: digest.Sum(tree), Author: "Ada <ada@example.com>",
		Time: time.Unix(1_700_000_000+int64(i), 0).UTC(), Message: fmt.Sprint(i, "\n")}
	if last := s.last[i%2]; !last.IsZero() {
		c.Parents = []digest.ID{last}
	}
	b := object.EncodeCommit(c)
	s.last[i%2] = digest.Sum(b)
	s.put(pack.Commit, s.last[i%2], b)
	if (i%100 < 2 || i%100 >= 98) && s.err == nil { // a source has to be stored before it is used
		s.err = s.writer.Flush()
	}
}

// end makes main the last of its commits.
func (s *scaled) end(t *testing.T) {
	t.Helper()
	if s.err == nil {
		s.err = s.writer.Flush()
	}
	if s.err == nil {
		s.err = os.WriteFile(filepath.Join(s.repo.Dir, "refs/heads/main"), []byte(s.last[0].String()+"\n"), 0o644)
	}
	if s.err == nil {
		s.err = s.writer.Close()
	}
	if s.err == nil {
		s.err = s.repo.Close()
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
}

// run runs dits, and says how long it took and how much memory it had at its peak.
func (s *scaled) run(t *testing.T, args ...string) (time.Duration, int64) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "dits")
	exe, err := os.Executable()
	if err == nil {
		err = os.Symlink(exe, bin)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = s.root
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("dits %q: %v\n%s", args, err, out)
	}
	peak := int64(0)
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = u.Maxrss << 10
	}
	return time.Since(start), peak
}

func (s *scaled) packBytes(t *testing.T) (n int64) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.root, ".dits/store/packs/*.pack"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err, len(paths))
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		n += info.Size()
	}
	return n
}
