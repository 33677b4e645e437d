// Package repo is version control over a store: an index, trees, commits, refs
// and a working folder, as git has them, with file contents in a
// [dits/tensorstore.Store].
//
// Call [Init] once, then [Find] from anywhere inside the working folder. Every
// method that changes the index or a ref takes the repository's lock for itself
// and writes in the order that durability asks for: objects into a sealed pack,
// index, reflog, ref last. Readers take no lock.
//
// It does not print, does not parse command lines and does not know how content
// is encoded. Paths in its API are slash-separated and relative to [Repo.Root];
// [Repo.Rel] makes one from what a user typed.
package repo
