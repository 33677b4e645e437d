// Package faultfs is a file system that fails and loses power on purpose, for
// tests of what must survive that. [Sweep] does so at every operation of a change:
//
//	faultfs.Sweep(t, from, 20, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
//		do := func() error { return writeSomething(fsys, fsys.Dir()) }
//		return do, func(done bool) {
//			// open what is in fsys.Dir(), and check it
//		}
//	})
//
// An operation is a call of a method of [disk.FS], [disk.Root] or [disk.File] that
// changes something. [FS.Log] has them in words for golden tests; temporary names
// are counted, not random, so that it is the same in every run.
//
// It is over real files, so that readers need not know of it, and keeps contents in
// memory as well, so it is for files of test size. What others change in the folder
// after [New] it does not know of: a crash takes it all, as if it had not been synced.
package faultfs
