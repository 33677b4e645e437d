// Package inspect says what models are by their headers and the small files beside them: architecture, size, dtypes,
// tokenizer, adapter, and what is missing.
//
// Call [Of] with the files of a place, in the file system or in a revision. No tensor is read, and no repository is
// needed. How models differ is in the package diff.
package inspect
