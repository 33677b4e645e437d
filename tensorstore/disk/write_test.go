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

// setup makes a folder with the file "f" in it, or without.
func setup(t *testing.T, exists bool) (*faultfs.FS, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if exists {
		if err := os.WriteFile(path, []byte(oldText), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fsys, err := faultfs.New(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	return fsys, path
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
	fsys, path := setup(t, true)
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
	fsys, path := setup(t, true)
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

// Each operation failing alone leaves no temporary file, and the old content
// unless the failing one was the last.
func TestWriteFileFails(t *testing.T) {
	for k := 0; ; k++ {
		fsys, path := setup(t, true)
		fsys.FailAt(k)
		err := disk.WriteFile(fsys, path, 0o644, writeNew)
		if !fsys.Failed() {
			if k != 8 {
				t.Errorf("%d operations, want 8", k)
			}
			return
		}
		want := oldText
		if k == 7 {
			want = newText
		}
		if !errors.Is(err, faultfs.ErrInjected) {
			t.Errorf("operation %d: got error %v", k, err)
		}
		if got, others := content(t, path); got != want || others != 0 {
			t.Errorf("operation %d: got %q and %d other files, want %q alone", k, got, others, want)
		}
	}
}

// A crash at any operation, with any loss, leaves the old content or the new,
// whole; after a return without error, the new.
func TestWriteFileCrash(t *testing.T) {
	for _, exists := range []bool{false, true} {
		for _, loss := range faultfs.Losses {
			t.Run(fmt.Sprint(exists, " ", loss), func(t *testing.T) { sweep(t, exists, loss) })
		}
	}
}

func sweep(t *testing.T, exists bool, loss faultfs.Loss) {
	before := ""
	if exists {
		before = oldText
	}
	for k := 0; ; k++ {
		fsys, path := setup(t, exists)
		fsys.CrashAt(k)
		err := disk.WriteFile(fsys, path, 0o644, writeNew)
		failed := fsys.Failed()
		if (err != nil) != failed {
			t.Errorf("operation %d: failed %v, error %v", k, failed, err)
		}
		if err := fsys.Crash(loss); err != nil {
			t.Fatal(err)
		}
		got, _ := content(t, path)
		if got != newText && (got != before || !failed) {
			t.Errorf("operation %d: got %q", k, got)
		}
		if !failed {
			return
		}
	}
}
