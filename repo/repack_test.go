package repo

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/require"

	"dits/repo/refs"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
)

func (f *fixture) repack(o RepackOptions) *Repacked {
	f.t.Helper()
	done, err := f.Repack(context.Background(), o)
	require.NoError(f.t, err)
	return done
}

func (f *fixture) requireRight() {
	f.t.Helper()
	problems, err := f.Fsck(context.Background(), FsckOptions{Report: func(err error) { f.t.Error(err) }})
	require.NoError(f.t, err)
	require.Zero(f.t, problems)
}

// addInOrder commits files one after the other, and repacks.
func addInOrder(t *testing.T, dir string, files []string, level choose.Level) (before, after int64) {
	t.Helper()
	f := newFixture(t)
	var ids []digest.ID
	for _, name := range files {
		b, err := os.ReadFile(filepath.Join(dir, name+".safetensors"))
		require.NoError(t, err)
		f.put(name+".safetensors", string(b))
		ids = append(ids, f.save(name))
	}
	head := f.log()
	require.Equal(t, ids[len(ids)-1], head)
	done := f.repack(RepackOptions{Level: level})
	require.Equal(t, head, f.log())
	again := f.repack(RepackOptions{Level: level})
	require.Equal(t, done.After, again.After)
	require.Equal(t, done.PacksAfter, again.PacksAfter)
	require.Zero(t, again.Recoded)
	f.requireRight()
	for _, name := range files {
		f.remove(name + ".safetensors")
	}
	_, err := f.checkout("HEAD", CheckoutOptions{Force: true})
	require.NoError(t, err)
	for _, name := range files {
		want, err := os.ReadFile(filepath.Join(dir, name+".safetensors"))
		require.NoError(t, err)
		require.Equal(t, digest.Sum(want), digest.Sum([]byte(f.read(name+".safetensors"))), name)
	}
	return done.Before, done.After
}

// log is the commit of HEAD.
func (f *fixture) log() digest.ID {
	f.t.Helper()
	h, err := f.Head()
	require.NoError(f.t, err)
	return h.Commit
}

// requireSameSize adds files in several orders and wants stores of about the same size.
func requireSameSize(t *testing.T, dir string, orders [][]string) {
	t.Helper()
	var least, most int64
	for _, order := range orders {
		before, after := addInOrder(t, dir, order, choose.DefaultLevel)
		t.Logf("%v: %d bytes, repacked %d", order, before, after)
		if least == 0 {
			least, most = after, after
		}
		least, most = min(least, after), max(most, after)
	}
	require.Less(t, float64(most), 1.03*float64(least))
}

func TestRepackMakesTheOrderOfCommitsNoMatter(t *testing.T) {
	requireSameSize(t, "../testdata/family", [][]string{
		{"base", "ft-customer", "merged-lora"},
		{"ft-customer", "merged-lora", "base"},
		{"merged-lora", "base", "ft-customer"},
		{"ft-customer", "base", "merged-lora"},
	})
}

func TestRepackMakesTheOrderOfTheCorpusNoMatter(t *testing.T) {
	if underRace {
		t.Skip("size figures are checked without the race detector: make corpus")
	}
	dir := "../../shared/corpus/safetensors"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus is not here: the order of its files was not tried")
	}
	if testing.Short() {
		t.Skip("short: the order of the files of the corpus was not tried")
	}
	requireSameSize(t, dir, [][]string{
		{"base", "ft-perl-2e5", "ft-py-1e4", "ft-frozen", "merged-lora"},
		{"merged-lora", "ft-frozen", "ft-py-1e4", "ft-perl-2e5", "base"},
		{"ft-py-1e4", "ft-perl-2e5", "base", "merged-lora", "ft-frozen"},
		{"ft-frozen", "ft-perl-2e5", "merged-lora", "ft-py-1e4", "base"},
	})
	requireMeeting(t, dir, choose.DefaultLevel, "base", "ft-perl-2e5", "ft-py-1e4", "ft-frozen", "merged-lora")
}

// Stores that were filled apart, so that no file knew of another, end as one that was
// filled in order.
func TestRepackOfStoresThatMeet(t *testing.T) {
	levels := []choose.Level{choose.DefaultLevel, choose.MaxLevel}
	if underRace {
		levels = levels[:1] // the other takes minutes
	}
	for _, level := range levels {
		requireMeeting(t, "../testdata/family", level, "base", "ft-customer", "merged-lora")
	}
}

func requireMeeting(t *testing.T, dir string, level choose.Level, files ...string) {
	t.Helper()
	_, want := addInOrder(t, dir, files, level)
	all := newFixture(t)
	for _, name := range files {
		b, err := os.ReadFile(filepath.Join(dir, name+".safetensors"))
		require.NoError(t, err)
		one := newFixture(t)
		one.put(name+".safetensors", string(b))
		one.save(name)
		require.NoError(t, os.CopyFS(filepath.Join(all.StoreDir, "packs"), os.DirFS(filepath.Join(one.StoreDir, "packs"))))
	}
	done := all.repack(RepackOptions{Level: level})
	t.Logf("level %d: %d bytes, repacked %d, in order %d", level, done.Before, done.After, want)
	require.InEpsilon(t, want, done.After, 0.03)
	require.Zero(t, all.repack(RepackOptions{Level: level}).Recoded)
	all.requireRight()
}

// lateBase is a repository whose base came last, and was not found then.
func lateBase(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	for _, name := range []string{"ft-customer", "base"} {
		b, err := os.ReadFile(filepath.Join("../testdata/family", name+".safetensors"))
		require.NoError(t, err)
		f.put(name+".safetensors", string(b))
		f.save(name)
	}
	return f
}

func TestOneRepackAtATime(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	l := flock.New(filepath.Join(f.StoreDir, "repack.lock"))
	require.NoError(t, l.Lock())
	_, err := f.Repack(context.Background(), RepackOptions{})
	require.ErrorIs(t, err, refs.ErrLocked)
	_, err = f.Repack(context.Background(), RepackOptions{DryRun: true})
	require.NoError(t, err, "a dry run changes nothing")
	require.NoError(t, l.Unlock())
	f.repack(RepackOptions{})
}

// A reader that has the store open while another process repacks it.
func TestAnOpenRepositoryFollowsARepack(t *testing.T) {
	f := lateBase(t)
	reader, err := Open(f.Root, nil)
	require.NoError(t, err)
	defer reader.Close()
	require.NotZero(t, f.repack(RepackOptions{Depth: 1}).PacksAfter)
	problems, err := reader.Fsck(context.Background(), FsckOptions{Report: func(err error) { t.Error(err) }})
	require.NoError(t, err)
	require.Zero(t, problems)
}

func TestRepackCanBeInterrupted(t *testing.T) {
	f := lateBase(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := f.Repack(ctx, RepackOptions{})
	require.ErrorIs(t, err, context.Canceled)
	f.requireRight()
}

// Stopped at any operation a repacking leaves a repository in which everything is right,
// whether its catalog survived or is made again.
func TestRepackCrashSweep(t *testing.T) {
	f := newFixture(t)
	b, err := os.ReadFile("../testdata/family/adapter_model.safetensors")
	require.NoError(t, err)
	for _, n := range []byte{1, 2, 3} {
		changed := append([]byte(nil), b...)
		for i := len(changed) - 40_000; i < len(changed); i += 200 {
			changed[i] ^= n
		}
		f.put("model.safetensors", string(changed))
		f.save("model")
	}
	f.put("model.safetensors", string(b))
	f.save("base")
	require.NoError(t, f.Close())
	repack := func(r *Repo) error {
		_, err := r.Repack(context.Background(), RepackOptions{})
		return err
	}
	faultfs.Sweep(t, f.Root, 8, sweepOf(repack, func(t *testing.T, r *Repo, _ bool) {
		for range 2 {
			requireRepackable(t, r.Root)
			require.NoError(t, os.Remove(filepath.Join(r.StoreDir, "catalog.db")))
		}
	}))
}

func requireRepackable(t *testing.T, root string) {
	t.Helper()
	r, err := Open(root, nil)
	require.NoError(t, err)
	defer r.Close()
	for _, after := range []bool{false, true} {
		if after {
			done, err := r.Repack(context.Background(), RepackOptions{})
			require.NoError(t, err)
			require.Equal(t, 1, done.PacksAfter)
		}
		problems, err := r.Fsck(context.Background(), FsckOptions{Report: func(err error) { t.Error(err) }})
		require.NoError(t, err)
		require.Zero(t, problems)
	}
}
