//go:build unix

package repo

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// What commands take grows as what they work on, and not as its square.
func TestCommandsAreLinear(t *testing.T) {
	for _, test := range []struct {
		name  string
		n     int
		build func(f *fixture, n int) (run func())
	}{
		{"add and commit of files", 50, func(f *fixture, n int) func() {
			version := 0
			return func() { version++; f.saveNotes(n, version) }
		}},
		{"status of files", 200, func(f *fixture, n int) func() {
			f.saveNotes(n, 1)
			return func() { require.True(f.t, f.status().Clean()) }
		}},
		{"checkout of files", 20, func(f *fixture, n int) func() {
			f.saveNotes(n, 1)
			f.saveNotes(n, 2)
			return func() { f.mustCheckout("HEAD~1"); f.mustCheckout("main") }
		}},
		{"fsck of commits", 20, func(f *fixture, n int) func() {
			f.saveCommits(n)
			return func() { require.Empty(f.t, f.fsck(false)) }
		}},
		{"gc of commits", 20, func(f *fixture, n int) func() {
			f.saveCommits(n)
			return func() { f.gc(GCOptions{DryRun: true}) }
		}},
		{"gc of branches", 30, func(f *fixture, n int) func() {
			f.saveCommits(1)
			for i := range n {
				_, err := f.CreateBranch(fmt.Sprint("b", i), "", false)
				require.NoError(f.t, err)
			}
			return func() { f.gc(GCOptions{DryRun: true}) }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			requireLinear(t, test.n, func(n int) func() { return test.build(newFixture(t), n) })
		})
	}
}

// saveNotes commits a version of n small files.
func (f *fixture) saveNotes(n, version int) {
	for i := range n {
		f.put(fmt.Sprintf("d%d/note-%d.txt", i%10, i), fmt.Sprint("version ", version, " of note ", i))
	}
	require.NoError(f.t, f.Add(context.Background(), nil, AddOptions{All: true}))
	f.commit(fmt.Sprint("version ", version))
}

// saveCommits commits n versions of a small file.
func (f *fixture) saveCommits(n int) {
	for i := range n {
		f.saveNotes(1, i)
	}
}
