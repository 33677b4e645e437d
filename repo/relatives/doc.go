// Package relatives finds what a new tensor may be the difference to, or made of.
//
// Call [New] for a [Finder], and [Finder.Family] with a file that is not stored yet: for each tensor its relatives, which
// are candidates for its source, the closest first, by their names and by sketches of their values. [Families] puts all
// tensors of the store into families, for repack.
// [Adapters] and [Importances] are the low-rank adapters and importance matrices at hand.
//
// What a tensor is then stored against is decided by the store, which tries them.
package relatives
