// Package lineage says what stored tensors came from: the files that their sources are in, named as people do.
//
// [Of] is the family tree of files, [Derived] the files whose tensors are recomputed from others. A [Namer] finds the
// files that have a blob, and the revisions that lead to them; a [StorageReader] says how blobs are stored.
//
// It reads manifests and predictions, no tensors.
package lineage
