package work

import (
	"io/fs"
	"os"
)

// standsIn says that a folder is the one that this process was started in. It stays, as git has it: in a folder that is
// gone, no command runs any more.
func standsIn(dir fs.FileInfo) bool {
	here, err := os.Stat(".")
	return err == nil && os.SameFile(here, dir)
}
