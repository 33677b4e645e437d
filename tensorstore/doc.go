// Package tensorstore keeps blobs: the bytes of a tensor or of any other part of a
// file, by digest, each content once. What is almost the same as something stored
// becomes the difference to it.
//
// Call [Open], then [Store.Begin] for a [Writer] to put content, or [Store.Blob] to
// read it back, at any range, checked. The packs in the store's folder are the only
// copy of content; where everything lies is the business of an [Index], a cache.
//
// How a tensor is stored is decided by package choose, against what the store has of its
// relatives.
//
// The store does not know what a file or a commit is: those are objects, kept as
// bytes under a kind and an id.
package tensorstore
