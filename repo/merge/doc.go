// Package merge puts two trees together that come from a third, file by file and tensor by tensor.
//
// [Trees] decides; without conflicts [Merge.Store] computes and stores what is new. It does not know branches or the working
// folder: those are the business of Repo.Merge.
package merge
