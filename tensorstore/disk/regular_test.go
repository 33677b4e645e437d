//go:build unix

package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"dits/tensorstore/disk"
)

// A pipe is not opened, which would wait for ever; a folder is as if no file were there.
func TestOpenRegular(t *testing.T) {
	dir := t.TempDir()
	pipe, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "file")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(file, []byte("text"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.OpenRegular(pipe); !errors.Is(err, disk.ErrSpecial) {
		t.Errorf("pipe: got %v, want %v", err, disk.ErrSpecial)
	}
	if _, err := disk.OpenRegular(dir); !disk.IsNoFile(err) {
		t.Errorf("folder: got %v, want no file", err)
	}
	if b, err := disk.ReadRegular(file, 3); err != nil || string(b) != "tex" {
		t.Errorf("got %q, %v, want the first 3 bytes", b, err)
	}
}
