// Package object keeps the objects of a repository: trees, commits, tags, and the manifest of each file.
//
// Call [Open] for a [Database], a store of bytes with its catalog. [Database.OpenFile] gives a stored file with its
// tensors, [ScanFile] one of the file system, which needs no database; [Database.TreeFiles] lists what a tree holds, and
// Encode and Decode of each object are its bytes on disk. It also says which paths may be in a tree.
//
// It does not know what names a commit (refs), nor what is in the working folder (work).
package object
