package cdc

// seed starts the generator of the gear table: "dits cdc" in ASCII.
const seed = 0x6469747320636463

// gear has a 64-bit constant for each byte value: the first 256 outputs of
// splitmix64 (Steele, Lea, Flood, OOPSLA 2014) started from seed.
var gear = makeGear()

func makeGear() (table [256]uint64) {
	x := uint64(seed)
	for i := range table {
		x += 0x9e3779b97f4a7c15
		z := (x ^ x>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		table[i] = z ^ z>>31
	}
	return table
}

// roll moves a hash over b. Every byte shifts out what was 64 bytes before it.
func roll(h uint64, b []byte) uint64 {
	for ; len(b) >= 4; b = b[4:] {
		h = h<<4 + ((gear[b[0]]<<1+gear[b[1]])<<2 + (gear[b[2]]<<1 + gear[b[3]]))
	}
	for _, c := range b {
		h = h<<1 + gear[c]
	}
	return h
}

// hashAt is the hash of position p of data, p >= 64.
func hashAt(data []byte, p int) uint64 {
	return roll(0, data[p-window:p])
}
