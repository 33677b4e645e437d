package predict

import "fmt"

// kindNames are the kinds by number, as people read them.
var kindNames = [...]string{"", "alone", "relative", "cast", "low rank", "combination", "rows", "arranged", "quantised",
	"scales", "scaled", "adapter"}

// String is the name of the kind, "kind 99" of one that this version does not know.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}
