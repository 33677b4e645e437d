// Package history answers what became of commits, files and tensors: the log, who changed a tensor last, and where two
// branches parted.
//
// A [History] is made of a [work.Folder]. [History.Log] lists commits, [History.Blame] the last commit of each tensor of
// a file, [History.MergeBase] the commit that two come from. A [FileHistory] remembers trees and lists of tensors for
// whoever asks about many commits.
//
// It reads no tensors; what they were made of is the business of the package lineage.
package history
