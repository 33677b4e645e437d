package main

import "github.com/spf13/cobra"

// commands are all commands, in the order of help.
func commands(g *globals) []*cobra.Command {
	return []*cobra.Command{
		newInit(g),
		newAdd(g),
		newEstimate(g),
		newStatus(g),
		newCommit(g),
		newSwitch(g),
		newRestore(g),
		newReset(g),
		newRm(g),
		newMv(g),
		newCheckout(g),
		newUndo(g),
		newLog(g),
		newShow(g),
		newDiff(g),
		newBlame(g),
		newSQL(g),
		newBranch(g),
		newTag(g),
		newReflog(g),
		newMerge(g),
		newLs(g),
		newInspect(g),
		newVerifyMerge(g),
		newLineage(g),
		newDerive(g),
		newCat(g),
		newExport(g),
		newStats(g),
		newWhy(g),
		newMount(g),
		newServe(g),
		newReport(g),
		newFsck(g),
		newRepack(g),
		newGC(g),
		newForget(g),
		newConfig(g),
		newVersion(),
	}
}
