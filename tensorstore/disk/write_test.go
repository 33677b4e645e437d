package disk_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
)

const oldText, newText = "old content", "the new content, in two writes"

func writeNew(w io.Writer) error {
	for _, part := range []string{newText[:10], newText[10:]} {
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// folder makes a folder with the file "f" in it, or without if content is "".
func folder(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	if content != "" {
		if err := os.WriteFile(filepath.Join(dir, "f"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// faulty is a file system over a folder with the old file in it, and the path of that.
func faulty(t *testing.T) (*faultfs.FS, string) {
	t.Helper()
	fsys, err := faultfs.New(folder(t, oldText))
	if err != nil {
		t.Fatal(err)
	}
	return fsys, filepath.Join(fsys.Dir(), "f")
}

// content is what path holds, "" if it does not exist, and how many other files
// there are in its folder.
func content(t *testing.T, path string) (text string, others int) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != filepath.Base(path) {
			others++
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 {
			t.Error("file is empty")
		}
		text = string(b)
	}
	return text, others
}

func TestWriteFile(t *testing.T) {
	for _, before := range []string{"", oldText} {
		path := filepath.Join(t.TempDir(), "f")
		if before != "" {
			if err := os.WriteFile(path, []byte(before), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := disk.WriteFile(disk.OS, path, 0o640, writeNew); err != nil {
			t.Fatal(err)
		}
		if got, others := content(t, path); got != newText || others != 0 {
			t.Errorf("got %q and %d other files, want %q alone", got, others, newText)
		}
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && st.Mode() != 0o640 {
			t.Errorf("mode %v, want 0640", st.Mode())
		}
	}
}

func TestWriteFileLog(t *testing.T) {
	fsys, path := faulty(t)
	if err := disk.WriteFile(fsys, path, 0o644, writeNew); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"create .tmp-1", "write .tmp-1 10", "write .tmp-1 20", "chmod .tmp-1 0644", "sync .tmp-1",
		"close .tmp-1", "rename .tmp-1 f", "syncdir .", "",
	}, "\n")
	if got := fsys.Log(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// An error of one's own leaves the old file and nothing else.
func TestWriteFileError(t *testing.T) {
	fsys, path := faulty(t)
	bad := errors.New("no more to write")
	err := disk.WriteFile(fsys, path, 0o644, func(w io.Writer) error {
		io.WriteString(w, "half")
		return bad
	})
	if err != bad {
		t.Errorf("got %v, want %v", err, bad)
	}
	if got, others := content(t, path); got != oldText || others != 0 {
		t.Errorf("got %q and %d other files, want %q alone", got, others, oldText)
	}
}

// A crash at any operation, with any loss, leaves the old content or the new,
// whole; after a return without error, the new.
func TestWriteFileCrash(t *testing.T) {
	for _, before := range []string{"", oldText} {
		t.Run(fmt.Sprintf("%q", before), func(t *testing.T) {
			faultfs.Sweep(t, folder(t, before), 8, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
				path := filepath.Join(fsys.Dir(), "f")
				return func() error { return disk.WriteFile(fsys, path, 0o644, writeNew) }, func(done bool) {
					if got, _ := content(t, path); got != newText && (got != before || done) {
						t.Errorf("done %v, got %q", done, got)
					}
				}
			})
		})
	}
}

// Each operation failing alone leaves no temporary file, and the old content
// unless the failing one was the last.
func TestWriteFileFails(t *testing.T) {
	faultfs.SweepFailures(t, folder(t, oldText), 8, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		path := filepath.Join(fsys.Dir(), "f")
		return func() error { return disk.WriteFile(fsys, path, 0o644, writeNew) }, func(done bool) {
			want := oldText
			if done || strings.HasSuffix(fsys.Log(), "syncdir .: injected failure\n") {
				want = newText
			}
			if done == fsys.Failed() {
				t.Errorf("done %v, failed %v", done, fsys.Failed())
			}
			if got, others := content(t, path); got != want || others != 0 {
				t.Errorf("got %q and %d other files, want %q alone", got, others, want)
			}
		}
	})
}

// A temporary file of another folder is left there by a crash, and nowhere else.
func TestWriteFileVia(t *testing.T) {
	faultfs.Sweep(t, "", 8, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		path, tmp := filepath.Join(fsys.Dir(), "d", "f"), filepath.Join(fsys.Dir(), "tmp")
		for _, dir := range []string{tmp, filepath.Dir(path)} {
			if err := errors.Join(fsys.MkdirAll(dir, 0o700), fsys.SyncDir(fsys.Dir())); err != nil {
				t.Fatal(err)
			}
		}
		return func() error { return disk.WriteFileVia(fsys, tmp, path, 0o644, writeNew) }, func(done bool) {
			if got, others := content(t, path); got != newText && (got != "" || done) || others > 0 {
				t.Errorf("done %v, got %q and %d other files", done, got, others)
			}
		}
	})
}
