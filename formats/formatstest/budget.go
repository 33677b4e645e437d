package formatstest

import "fmt"

// Budget is how many bytes a parser may allocate in all for a file of n bytes.
func Budget(n int) uint64 { return 96<<10 + 64*uint64(n) }

// An OverBudgetError says that a parser allocated more than [Budget], in bytes.
type OverBudgetError struct {
	Got, Want uint64
}

func (e *OverBudgetError) Error() string {
	return fmt.Sprintf("allocated: got %d bytes, want at most %d", e.Got, e.Want)
}
