package repo

import "fmt"

// foreignError says that path lies in part, which other version control keeps its own in.
func foreignError(path, part string) error {
	return fmt.Errorf("%s: %s belongs to other version control: dits does not track or write it", path, part)
}
