//go:build !unix

package disk

import "os"

// renameBetween renames by names below the root: the system has no call for open folders. Both were seen to be no links.
func renameBetween(root, _ *os.Root, _ string, _ *os.Root, _, from, to string) error {
	return root.Rename(from, to)
}
