// Package refs names commits: branches, tags, HEAD, their logs, and the revisions that people write.
//
// A [Refs] is made of the folder .dits and a database of objects. [Refs.Resolve] reads REV, [Refs.Head] is what is
// checked out, [Refs.UpdateRef] moves a ref from one value to another; whoever calls that holds the lock.
//
// It does not know the index or the working folder.
package refs
