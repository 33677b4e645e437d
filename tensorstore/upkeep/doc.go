// Package upkeep puts a store in order while nobody waits for it.
//
// Call [Repack] with the tensors of each family. It looks through what all packs hold, weighs what each tensor would
// take against each other of its family, picks sources that save most together, and writes those records, and what
// else is in the packs that they make superfluous, to new packs. It reads these back before it deletes the old ones.
//
// Which tensors are a family, and when to run, is the business of the caller, who also sees to it that only one runs at
// a time. Content that nobody needs is not looked for: all that the store has it keeps.
package upkeep
