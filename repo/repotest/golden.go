// Package repotest holds what the tests of repo and of the packages below it share.
package repotest

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
)

var update = flag.Bool("update-golden", false, "write the golden files of this package anew")

// Golden compares bytes on disk to testdata/name. A change there breaks every
// existing repository.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	text := dump(got)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "%s changed: that breaks every existing repository", name)
}

// dump is text as it is and other bytes in hexadecimal, 16 a line.
func dump(b []byte) string {
	if !strings.ContainsFunc(string(b), func(r rune) bool { return r < 0x20 && r != '\n' || r == 0xfffd }) {
		return string(b)
	}
	var out strings.Builder
	for ; len(b) > 16; b = b[16:] {
		out.WriteString(hex.EncodeToString(b[:16]) + "\n")
	}
	return out.String() + hex.EncodeToString(b) + "\n"
}

// ID is the digest of a text.
func ID(s string) digest.ID { return digest.Sum([]byte(s)) }
