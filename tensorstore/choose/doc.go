// Package choose decides how a tensor is stored: alone, as the difference to a relative or to several, as rows of one,
// or as what a cast, a quantiser, a merge or scales make of it.
//
// Call [Best] with what is [Known] of a blob, for a [Plan] that codes its chunks. Each way worth trying codes a sample
// of the tensor, and the cheapest wins. Who weighs several tensors against each other asks a [Trial] for its
// [Trial.Prices] and picks.
//
// It reads blobs through [Sources] and writes nothing: where records go, what a pack and an index are, and which
// relatives a tensor may have is the business of its callers.
package choose
