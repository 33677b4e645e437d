// Package diff compares two states of models: which tensors differ, by how much, and which layers they are in.
//
// A state is a [Snapshot], a list of files that can be opened: [ReadDisk] makes one of a path, without any repository; the
// package repo makes others of a revision, the index or the working folder. [Of] compares two.
//
// How two tensors are compared, number by number, is in formats/number.
package diff
