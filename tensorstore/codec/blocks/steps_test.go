package blocks

import (
	"encoding/binary"
	"testing"
)

// TestStepSizes holds the contexts of scales that are no numbers.
func TestStepSizes(t *testing.T) {
	for h, want := range map[uint16]int16{0x0000: 0, 0x3c00: 127 << 2, 0x3e00: 127<<2 | 2, 0x7c00: 0x3fe, 0xfc00: 0x3fe, 0x7c01: 0x3fe, 0xffff: 0x3fe} {
		step := halfAt(binary.LittleEndian.AppendUint16(nil, h), 0)
		if got := (groupStep{step: step}).size(); got != want {
			t.Errorf("scale %04x: got size %x, want %x", h, got, want)
		}
	}
}
