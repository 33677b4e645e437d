// Package faultfs is a file system that fails and loses power on purpose, for
// tests of what must survive that. [New] makes one over a folder, with real
// files, so that readers need not know of it:
//
//	for k := 0; ; k++ {
//		fsys, err := faultfs.New(t.TempDir())
//		…
//		fsys.CrashAt(k)
//		err = writeSomething(fsys)
//		if !fsys.Failed() {
//			break // k is past the last operation
//		}
//		fsys.Crash(faultfs.LoseAll)
//		// open what is in the folder, and check it
//	}
//
// An operation is a call of a method of [disk.FS] or [disk.File], Name
// excepted. [FS.Log] has them in words for golden tests; temporary names are
// counted, not random, so that it is the same in every run.
//
// Contents are kept in memory as well, so it is for files of test size. It does
// not know of files that others change in the folder after New.
package faultfs
