package upkeep

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
	"dits/tensorstore/pack"
)

// namesOf takes an object for the ids of blobs, back to back.
func namesOf(k Content, payload []byte) (named []Content, err error) {
	for len(payload) >= digest.Size {
		named = append(named, Content{pack.Blob, digest.ID(payload[:digest.Size])})
		payload = payload[digest.Size:]
	}
	return named, nil
}

// putFile stores a manifest of blobs, with the blobs.
func putFile(t *testing.T, s *tensorstore.Store, h choose.Known, blobs ...[]byte) Content {
	t.Helper()
	w := s.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	var manifest []byte
	for _, b := range blobs {
		put(t, w, b, h)
		id := digest.Sum(b)
		manifest = append(manifest, id[:]...)
	}
	k := Content{pack.Manifest, digest.Sum(append([]byte("file"), manifest...))}
	require.NoError(t, w.PutObject(k.Kind, k.ID, manifest))
	require.NoError(t, w.Flush())
	return k
}

func fixed(contents ...Content) func() ([]Root, error) {
	var roots []Root
	for _, k := range contents {
		roots = append(roots, Root{Name: "root", ID: k.ID, Kinds: []pack.Kind{k.Kind}})
	}
	return func() ([]Root, error) { return roots, nil }
}

func planGC(t *testing.T, s *tensorstore.Store, o GCOptions, roots ...Content) *GCPlan {
	t.Helper()
	o.Names = namesOf
	p, err := PlanGC(context.Background(), s, fixed(roots...), o)
	require.NoError(t, err)
	return p
}

func gc(t *testing.T, s *tensorstore.Store, o GCOptions, roots ...Content) GC {
	t.Helper()
	p := planGC(t, s, o, roots...)
	expected := p.Found()
	done, err := p.Run(context.Background(), nil)
	require.NoError(t, err)
	require.InDelta(t, expected.After, done.After, 0.05*float64(done.After)+500, "what the plan expects")
	return done
}

// requireGone makes sure that a store has nothing of a blob.
func requireGone(t *testing.T, s *tensorstore.Store, blobs ...[]byte) {
	t.Helper()
	for _, b := range blobs {
		has, err := s.HasWhole(digest.Sum(b))
		require.NoError(t, err)
		require.False(t, has, "it is dead")
	}
}

// requireSize compares the packs of a store with those of one that was given its live content alone.
func requireSize(t *testing.T, s *tensorstore.Store, fresh *tensorstore.Store) {
	t.Helper()
	require.LessOrEqual(t, float64(sizeOf(t, s)), 1.05*float64(sizeOf(t, fresh)))
}

func sizeOf(t *testing.T, s *tensorstore.Store) (n int64) {
	t.Helper()
	names, err := s.Packs()
	require.NoError(t, err)
	for _, name := range names {
		info, err := s.Pack(name)
		require.NoError(t, err)
		n += info.Size
	}
	return n
}

func TestGCFreesWhatNoRootNeeds(t *testing.T) {
	base := weights(1, 256*128)
	ft, other, tiny := tuned(1, base), weights(2, 256*128), weights(3, 100)
	h := matrix(256, 128)
	for name, c := range map[string]struct {
		live, gone []int // of the files: base, ft against base, other with tiny, tiny
		stay       [][]byte
		go_        [][]byte
		sources    int
	}{
		"everything is needed":       {[]int{0, 1, 2, 3}, nil, [][]byte{base, ft, other, tiny}, nil, 0},
		"nothing is":                 {nil, []int{0, 1, 2, 3}, nil, [][]byte{base, ft, other, tiny}, 0},
		"a leaf":                     {[]int{0, 2, 3}, []int{1}, [][]byte{base, other, tiny}, [][]byte{ft}, 0},
		"a source of what is needed": {[]int{1}, []int{0, 2, 3}, [][]byte{base, ft}, [][]byte{other, tiny}, 1},
		"one of two that share":      {[]int{0, 3}, []int{1, 2}, [][]byte{base, tiny}, [][]byte{ft, other}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, repackOptions)
			files := []Content{putFile(t, s, h, base), putFile(t, s, against(h, base), ft),
				putFile(t, s, choose.Known{}, other, tiny), putFile(t, s, choose.Known{}, tiny)}
			var roots []Content
			for _, i := range c.live {
				roots = append(roots, files[i])
			}
			p := planGC(t, s, GCOptions{}, roots...)
			require.Len(t, p.Sources, c.sources)
			var dead []digest.ID
			require.NoError(t, p.EachDead(pack.Manifest, func(d Dead) error { dead = append(dead, d.ID); return nil }))
			require.Len(t, dead, len(c.gone))
			for _, i := range c.gone {
				require.Contains(t, dead, files[i].ID)
			}
			gc(t, s, GCOptions{}, roots...)
			fresh := openAt(t, s.Dir(), newMemIndex(), repackOptions)
			for _, s := range []*tensorstore.Store{s, fresh} {
				for _, b := range c.stay {
					requireBlob(t, s, b)
				}
				requireGone(t, fresh, c.go_...)
				requireClean(t, s)
			}
			again := planGC(t, s, GCOptions{}, roots...)
			require.Zero(t, again.Found().Copied, "a second time there is nothing to do")
			require.Equal(t, again.Found().Before, again.Found().After)
		})
	}
}

// What is dead is marked, and goes when it has been so for as long as the grace period and its pack is that old.
func TestGCWaits(t *testing.T) {
	const day = 24 * time.Hour
	live, dead := weights(1, 3000), weights(2, 3000)
	s, _ := open(t, repackOptions)
	root := putFile(t, s, choose.Known{}, live, dead[:100])
	gone := putFile(t, s, choose.Known{}, dead)
	start := time.Now().Truncate(time.Second)
	at := func(d time.Duration) GCOptions { return GCOptions{Grace: 14 * day, Now: start.Add(d)} }
	done := gc(t, s, at(day), root, gone)
	require.Zero(t, done.Marked)
	done = gc(t, s, at(2*day), root)
	require.NotZero(t, done.Marked)
	require.Equal(t, start.Add(16*day).Unix(), done.Next.Unix())
	requireBlob(t, s, dead)
	gc(t, s, at(15*day), root)
	requireBlob(t, s, dead)
	// It is needed for a while: the time starts again.
	gc(t, s, at(15*day+1), root, gone)
	done = gc(t, s, at(17*day), root)
	require.Equal(t, start.Add(31*day).Unix(), done.Next.Unix())
	requireBlob(t, s, dead)
	done = gc(t, s, at(32*day), root)
	require.Less(t, done.After, done.Before)
	require.Zero(t, done.Marked)
	requireGone(t, s, dead)
	requireBlob(t, s, live)
	requireClean(t, s)
}

// A pack that is written anew keeps what waits in it, and the time since when it does.
func TestGCKeepsMarksOfWhatItCopies(t *testing.T) {
	const day = 24 * time.Hour
	live, first, second := weights(1, 3000), weights(2, 3000), weights(3, 3000)
	s, _ := open(t, repackOptions)
	w := s.Begin(tensorstore.WriterOptions{})
	for _, b := range [][]byte{live, first, second} {
		put(t, w, b, choose.Known{})
	}
	require.NoError(t, w.Flush())
	of := func(b []byte) Content { return Content{pack.Blob, digest.Sum(b)} }
	start := time.Now().Truncate(time.Second)
	at := func(d time.Duration) GCOptions { return GCOptions{Grace: 14 * day, Now: start.Add(d)} }
	gc(t, s, at(15*day), of(live), of(second))
	gc(t, s, at(20*day), of(live))
	done := gc(t, s, at(30*day), of(live))
	requireGone(t, s, first)
	requireBlob(t, s, second)
	require.Equal(t, start.Add(34*day).Unix(), done.Next.Unix(), "fourteen days after it was found to be dead")
	gc(t, s, at(33*day), of(live))
	requireBlob(t, s, second)
	gc(t, s, at(35*day), of(live))
	requireGone(t, s, second)
	requireBlob(t, s, live)
}

// Packs stay where little of them is dead, unless that lacks what it needs or all of it has to go.
func TestGCRewritesWhereThatPays(t *testing.T) {
	const day = 24 * time.Hour
	big := weights(1, 64<<10)
	little := weights(2, 200)
	base := weights(3, 64*64)
	ft, first := tuned(3, base), tuned(4, base)
	of := func(b []byte) Content { return Content{pack.Blob, digest.Sum(b)} }
	options := repackOptions
	options.PackBytes = 1 << 10 // none is small
	for name, c := range map[string]struct {
		pack  [][]byte // with big
		known choose.Known
		grace time.Duration
		stays bool

		earlier bool // ft is not the first that is coded against base
	}{
		"little is dead":      {[][]byte{little}, choose.Known{}, day, true, false},
		"all has to go":       {[][]byte{little}, choose.Known{}, 0, false, false},
		"much is dead":        {[][]byte{weights(5, 4000), weights(4, 4000)}, choose.Known{}, day, false, false},
		"its source goes":     {[][]byte{ft}, against(matrix(64, 64), base), day, false, false},
		"its prediction does": {[][]byte{ft}, against(matrix(64, 64), base), day, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, repackOptions)
			putAll(t, s, matrix(64, 64), base)
			if c.earlier {
				putAll(t, s, c.known, first) // its prediction is the one of ft, too
			}
			before := namesIn(t, packDir(s))
			putAll(t, s, c.known, append(c.pack, big)...)
			options := options
			s = openAt(t, s.Dir(), newMemIndex(), options)
			at := func(d time.Duration) GCOptions { return GCOptions{Grace: c.grace, Now: time.Now().Add(d)} }
			gc(t, s, at(2*day), of(big))
			gc(t, s, at(4*day), of(big))
			requireBlob(t, s, big)
			now := namesIn(t, packDir(s))
			for _, name := range before {
				require.NotContains(t, now, name)
			}
			has, err := s.HasWhole(digest.Sum(c.pack[0]))
			require.NoError(t, err)
			require.Equal(t, c.stays, has)
			requireClean(t, s)
		})
	}
}

// What is not as the plan says ends its run before anything is deleted; the next plan knows it.
func TestGCLooksAgain(t *testing.T) {
	base := weights(1, 256*128)
	ft, late := tuned(1, base), tuned(2, base)
	h := matrix(256, 128)
	of := func(b []byte) Content { return Content{pack.Blob, digest.Sum(b)} }
	for name, change := range map[string]func(*testing.T, *tensorstore.Store, *[]Content){
		"a root came": func(t *testing.T, s *tensorstore.Store, roots *[]Content) { *roots = append(*roots, of(ft)) },
		"a pack came": func(t *testing.T, s *tensorstore.Store, roots *[]Content) {
			putAll(t, s, against(h, base), late)
		},
		"a manifest came": func(t *testing.T, s *tensorstore.Store, roots *[]Content) {
			putFile(t, s, h, ft)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, repackOptions)
			putAll(t, s, h, base)
			putAll(t, s, against(h, base), ft)
			young := weights(7, 300)
			putAll(t, s, choose.Known{}, young)
			roots := []Content{of(young)}
			asked := func() ([]Root, error) { return fixed(roots...)() }
			p, err := PlanGC(context.Background(), s, asked, GCOptions{Names: namesOf})
			require.NoError(t, err)
			before := namesIn(t, packDir(s))
			change(t, openAt(t, s.Dir(), newMemIndex(), repackOptions), &roots)
			_, err = p.Run(context.Background(), nil)
			require.ErrorIs(t, err, ErrOutdated)
			require.Subset(t, namesIn(t, packDir(s)), before)
			requireBlob(t, s, ft)
			requireBlob(t, s, base)
		})
	}
}

// A pack that a plan relies on is gone when it is run.
func TestGCMissesAPack(t *testing.T) {
	live := weights(1, 8<<10)
	options := repackOptions
	options.PackBytes = 1 << 10 // none is small
	s, _ := open(t, options)
	putAll(t, s, choose.Known{}, live)
	kept := namesIn(t, packDir(s))
	putAll(t, s, choose.Known{}, weights(2, 8<<10))
	p := planGC(t, s, GCOptions{}, Content{pack.Blob, digest.Sum(live)})
	require.NoError(t, os.Remove(packDir(s)+"/"+kept[0]))
	before := namesIn(t, packDir(s))
	_, err := p.Run(context.Background(), nil)
	require.ErrorIs(t, err, ErrOutdated)
	require.Equal(t, before, namesIn(t, packDir(s)))
}

func copyPack(t *testing.T, from, to *tensorstore.Store, file string) {
	t.Helper()
	b, err := os.ReadFile(packDir(from) + "/" + file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(packDir(to)+"/"+file, b, 0o444))
}

// A young pack keeps all that its records need, dead as these may be, and marked long ago.
func TestGCKeepsWhatYoungPacksNeed(t *testing.T) {
	base := weights(1, 64*64)
	ft := tuned(1, base)
	two, _ := open(t, repackOptions)
	putAll(t, two, matrix(64, 64), base)
	putAll(t, two, against(matrix(64, 64), base), tuned(2, base)) // with the prediction of ft
	earlier := namesIn(t, packDir(two))
	putAll(t, two, against(matrix(64, 64), base), ft)
	for name, young := range map[string]func(*testing.T, *tensorstore.Store){
		"a chunk":    func(t *testing.T, s *tensorstore.Store) { putAll(t, s, against(matrix(64, 64), base), ft) },
		"a manifest": func(t *testing.T, s *tensorstore.Store) { putFile(t, s, choose.Known{}, base) },
		"another record of what is needed": func(t *testing.T, s *tensorstore.Store) {
			for _, name := range namesIn(t, packDir(two)) {
				if !slices.Contains(earlier, name) {
					copyPack(t, two, s, name)
				}
			}
			require.NoError(t, s.Refresh())
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, repackOptions)
			require.NoError(t, s.Close())
			for _, name := range earlier {
				copyPack(t, two, s, name)
			}
			s = openAt(t, s.Dir(), newMemIndex(), repackOptions)
			var roots []Content
			if name == "another record of what is needed" {
				putAll(t, s, choose.Known{}, ft)
				roots = append(roots, Content{pack.Blob, digest.Sum(ft)})
			}
			past := time.Now().Add(-100 * 24 * time.Hour)
			for _, old := range namesIn(t, packDir(s)) {
				require.NoError(t, os.Chtimes(packDir(s)+"/"+old, past, past))
			}
			young(t, s)
			marks := map[string][]mark{}
			names, err := s.Packs()
			require.NoError(t, err)
			for _, name := range names {
				info, err := s.Pack(name)
				require.NoError(t, err)
				marks[name] = []mark{{uint32(past.Unix()), 0, uint32(len(info.Entries) - 1)}}
			}
			require.NoError(t, writeMarks(s, marks))
			gc(t, s, GCOptions{Grace: 24 * time.Hour}, roots...)
			requireBlob(t, s, base)
			requireClean(t, s)
			gc(t, s, GCOptions{}, roots...)
			requireGone(t, s, base)
		})
	}
}

// A root, or what it needs, that is not there or damaged ends it: what that would need is not known.
func TestGCRefusesWhatItCannotRead(t *testing.T) {
	b := weights(1, 1000)
	for name, c := range map[string]struct {
		damage func(*testing.T, *tensorstore.Store)
		root   Content
		want   error
	}{
		"a root is not there": {nil, Content{pack.Commit, digest.Sum([]byte("no"))}, tensorstore.ErrUnknown},
		"a damaged pack": {func(t *testing.T, s *tensorstore.Store) {
			path := packDir(s) + "/" + namesIn(t, packDir(s))[0]
			require.NoError(t, os.Chmod(path, 0o644))
			require.NoError(t, os.Truncate(path, 100))
		}, Content{pack.Blob, digest.Sum(b)}, tensorstore.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, repackOptions)
			putAll(t, s, choose.Known{}, b)
			require.NoError(t, s.Close())
			if c.damage != nil {
				c.damage(t, s)
			}
			s = openAt(t, s.Dir(), newMemIndex(), repackOptions)
			_, err := PlanGC(context.Background(), s, fixed(c.root), GCOptions{Names: namesOf})
			require.ErrorIs(t, err, c.want)
		})
	}
}

// Of two manifests of a file that differ, one of which lies, both stay, and what both need.
func TestGCKeepsEachOfSeveralManifests(t *testing.T) {
	right, wrong := weights(1, 1000), weights(2, 1000)
	one, _ := open(t, repackOptions)
	two, _ := open(t, repackOptions)
	for s, b := range map[*tensorstore.Store][]byte{one: right, two: wrong} {
		w := s.Begin(tensorstore.WriterOptions{})
		put(t, w, b, choose.Known{})
		put(t, w, b[:500], choose.Known{}) // dead: the pack is written anew
		id := digest.Sum(b)
		require.NoError(t, w.PutObject(pack.Manifest, digest.Sum([]byte("file")), id[:]))
		require.NoError(t, w.Flush())
	}
	require.NoError(t, os.CopyFS(packDir(one), os.DirFS(packDir(two))))
	x := newMemIndex()
	s := openAt(t, one.Dir(), x, repackOptions)
	file := Content{pack.Manifest, digest.Sum([]byte("file"))}
	putAll(t, s, choose.Known{}, weights(3, 1000))
	gc(t, s, GCOptions{}, file)
	requireBlob(t, s, right)
	requireBlob(t, s, wrong)
	locs, err := x.Locate(file.Kind, file.ID)
	require.NoError(t, err)
	require.Len(t, locs, 2)
}

// Of two records of a chunk the one goes that does not decode to it, though readers take it first.
func TestGCKeepsTheRecordThatDecodes(t *testing.T) {
	b := weights(1, 1000)
	s, _ := open(t, repackOptions)
	putAll(t, s, choose.Known{}, b)
	liar := s.Begin(tensorstore.WriterOptions{})
	e := pack.Entry{Kind: pack.Chunk, ID: digest.Sum(b), Encoding: 1, RawLen: int64(len(b))}
	require.NoError(t, liar.PutChunk(e, bytes.Repeat([]byte("lie."), len(b)/4)[:100]))
	require.NoError(t, liar.Flush())
	gc(t, s, GCOptions{}, Content{pack.Blob, digest.Sum(b)})
	requireBlob(t, s, b)
	requireClean(t, s)
}

func TestMarksComeBack(t *testing.T) {
	s, _ := open(t, repackOptions)
	one, two := digest.Sum([]byte("1")).String(), digest.Sum([]byte("2")).String()
	marks := map[string][]mark{
		one: {{7, 5, 5}, {7, 3, 4}, {9, 6, 6}, {7, 0, 1}},
		two: {{4_000_000_000, 0, 1 << 20}},
	}
	require.NoError(t, writeMarks(s, marks))
	b, err := os.ReadFile(marksPath(s))
	require.NoError(t, err)
	lines := map[string]string{one: one + " 7 0-1,3-5\n" + one + " 9 6\n", two: two + " 4000000000 0-1048576\n"}
	want := "dits marked 1\n" + lines[min(one, two)] + lines[max(one, two)]
	require.Equal(t, want, string(b))
	got, err := readMarks(s)
	require.NoError(t, err)
	require.Equal(t, map[string][]mark{one: {{7, 0, 1}, {7, 3, 5}, {9, 6, 6}}, two: marks[two]}, got)
	for name, bad := range map[string]string{
		"no header": lines[one], "cut off": want[:len(want)-1], "backwards": "dits marked 1\n" + one + " 7 5-3\n",
		"no pack": "dits marked 1\nx 7 5\n", "no time": "dits marked 1\n" + one + " 5\n", "no number": "dits marked 1\n" + one + " 7 a\n",
	} {
		require.NoError(t, os.WriteFile(marksPath(s), []byte(bad), 0o644))
		got, err := readMarks(s)
		require.NoError(t, err, name)
		require.Empty(t, got, name)
	}
}

// Stopped at any operation, with any loss: all that is needed reads back, and the next gc ends where it would have.
func TestGCCrashSweep(t *testing.T) {
	base := weights(1, 64*64)
	ft, dead := tuned(1, base), weights(9, 500)
	h := matrix(64, 64)
	options := tensorstore.Options{PackBytes: 4 << 10, Chunking: smallChunks, Workers: 1}
	full := t.TempDir()
	s := openAt(t, full, newMemIndex(), options)
	putFile(t, s, h, dead, base)
	root := putFile(t, s, against(h, base), ft)
	fresh, _ := open(t, options)
	putAll(t, fresh, h, base)
	putFile(t, fresh, against(h, base), ft)
	faultfs.Sweep(t, full, 12, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		faulty := options
		faulty.FS = fsys
		x := newMemIndex()
		s := openAt(t, fsys.Dir(), x, faulty)
		do := func() error {
			p, err := PlanGC(context.Background(), s, fixed(root), GCOptions{Names: namesOf})
			require.NoError(t, err)
			_, err = p.Run(context.Background(), nil)
			require.NoError(t, s.Close())
			return err
		}
		return do, func(bool) {
			for _, x := range []*memIndex{x, newMemIndex()} {
				s := openAt(t, fsys.Dir(), x, options)
				require.Empty(t, s.Damaged())
				requireBlob(t, s, ft)
				requireClean(t, s)
			}
			s := openAt(t, fsys.Dir(), newMemIndex(), options)
			gc(t, s, GCOptions{}, root)
			requireBlob(t, s, ft)
			requireGone(t, s, dead)
			requireSize(t, s, fresh)
		}
	})
}

// The order of calls that makes a gc durable: new packs, then marks, then the old packs go, and then their folder is
// synced.
func TestGCLog(t *testing.T) {
	live, dead := weights(1, 500), weights(2, 500)
	dir := t.TempDir()
	fsys, err := faultfs.New(dir)
	require.NoError(t, err)
	options := repackOptions
	options.FS = fsys
	s := openAt(t, dir, newMemIndex(), options)
	putAll(t, s, choose.Known{}, live, dead)
	putAll(t, s, choose.Known{}, weights(3, 500))
	before := len(fsys.Log())
	gc(t, s, GCOptions{}, Content{pack.Blob, digest.Sum(live)})
	log := fsys.Log()[before:]
	log = regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(log, "NAME")
	log = regexp.MustCompile(`(write \S+) \d+`).ReplaceAllString(log, "$1")
	require.Equal(t, `create packs/.tmp-pack-3
write packs/.tmp-pack-3
chmod packs/.tmp-pack-3 0444
sync packs/.tmp-pack-3
close packs/.tmp-pack-3
rename packs/.tmp-pack-3 packs/NAME.pack
syncdir packs
create .tmp-4
write .tmp-4
sync .tmp-4
close .tmp-4
rename .tmp-4 marked
syncdir .
remove packs/NAME.pack
remove packs/NAME.pack
syncdir packs
`, log)
}
