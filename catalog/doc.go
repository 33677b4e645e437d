// Package catalog is the SQLite database of a store: which packs there are, where
// each record lies in them, and what the manifests, trees and commits among the
// records say. It is a cache: everything in it was read from packs, and a catalog
// that is deleted or damaged is made again from them by adding each pack, blob,
// file, tree and commit again, in any order.
//
// Call [Open] first. [Catalog.Update] is the only way to write: one transaction,
// serialised with those of other processes. All other methods read, each from one
// consistent state, and may be called at once from any number of goroutines.
//
// The catalog does not know what an encoding or a prediction means, does not read
// packs, and never decides what may be removed. It is the only importer of sqlite.
package catalog
