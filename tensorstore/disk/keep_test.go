package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What root makes gets the owner of its folder: each folder on the way, and files.
func TestKeepOwner(t *testing.T) {
	dir := t.TempDir()
	var given []string
	k := &keeper{OS, ByUmask, func(string) (int, int, bool) { return 7, 8, true }, func(path string, uid, gid int) error {
		if uid != 7 || gid != 8 {
			t.Errorf("%s: given to %d:%d, want 7:8", path, uid, gid)
		}
		rel, err := filepath.Rel(dir, path)
		given = append(given, rel)
		return err
	}}
	if err := k.MkdirAll(filepath.Join(dir, "a/b/c"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := k.MkdirAll(filepath.Join(dir, "a/b/d"), 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := k.CreateTemp(filepath.Join(dir, "a"), "x*y")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if want := []string{"a", "a/b", "a/b/c", "a/b/d", "a/" + filepath.Base(f.Name())}; !slices.Equal(given, want) {
		t.Errorf("got %v, want %v", given, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "z"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	given = nil
	if err := Claim(k, filepath.Join(dir, "z"), filepath.Join(dir, "none")); err != nil || !slices.Equal(given, []string{"z", "none"}) {
		t.Errorf("got %v, %v", given, err)
	}
}

func TestSharingMode(t *testing.T) {
	for _, test := range []struct {
		s          Sharing
		from, want fs.FileMode
	}{
		{ByUmask, 0o600, 0o600}, {ForGroup, 0o600, 0o660}, {ForAll, 0o600, 0o664}, {ForGroup, 0o400, 0o440}, {ForAll, 0o444, 0o444},
		{ByUmask, fs.ModeDir | 0o700, fs.ModeDir | 0o700},
		{ForGroup, fs.ModeDir | 0o700, fs.ModeDir | fs.ModeSetgid | 0o770},
		{ForAll, fs.ModeDir | 0o700, fs.ModeDir | fs.ModeSetgid | 0o775},
	} {
		if got := test.s.mode(test.from); got != test.want {
			t.Errorf("%q of %v: got %v, want %v", test.s, test.from, got, test.want)
		}
	}
	if Sharing("world").Check() == nil {
		t.Error("world: no error")
	}
}
