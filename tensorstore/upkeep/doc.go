// Package upkeep puts a store in order while nobody waits for it.
//
// Call [Repack] with the tensors of each family. It looks through what all packs hold, weighs what each tensor would
// take against each other of its family, picks sources that save most together, and writes those records, and what
// else is in the packs that they make superfluous, to new packs. It reads these back before it deletes the old ones.
// Content that nobody needs it does not look for: all that the store has it keeps.
//
// Call [PlanGC] with roots to find what nobody needs: what is reached from them, and what that is decoded from, stays.
// The plan says what is dead; [GCPlan.Run] is rid of it, once it has been dead for as long as is asked for.
//
// Both keep this promise: of every record that is left in a store all is there that it needs. So a writer may rely on
// whatever it finds.
//
// Which tensors are a family, what roots are, and when to run, is the business of the caller, who also sees to it that
// only one runs at a time.
package upkeep
