package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlainly(t *testing.T) {
	gone := &fs.PathError{Op: "stat", Path: "/models/llama/nope", Err: syscall.ENOENT}
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("as it is"), "as it is"},
		{gone, "nope: no such file or folder"},
		{fmt.Errorf("nope: %w", gone), "nope: no such file or folder"},
		{fmt.Errorf("/models/llama/nope: %w", gone), "nope: no such file or folder"},
		{fmt.Errorf("adapter x: %w", gone), "adapter x: nope: no such file or folder"},
		{&fs.PathError{Op: "open", Path: "/other/./f", Err: syscall.EACCES}, "/other/f: permission denied"},
		{&fs.PathError{Op: "open", Path: "/models/llama/.dits/tmp/.tmp-123", Err: syscall.ENOSPC}, ".dits/tmp: no space left on device"},
		{&os.LinkError{Op: "rename", Old: "/models/llama/a", New: "/models/llama/b", Err: syscall.EACCES}, "b: permission denied"},
		{errors.Join(gone, errors.New("x"), gone), "nope: no such file or folder\nx\nnope: no such file or folder"},
		{&fs.PathError{Op: "open", Path: "", Err: syscall.ENOENT}, ".: no such file or folder"},
	} {
		require.Equal(t, c.want, plainly(c.err, "/models/llama"))
	}
}
