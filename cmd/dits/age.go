package main

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// parseAge reads how long something has been: "0", "12h", "30d", "2w".
func parseAge(flag, s string) (time.Duration, error) {
	bad := usagef("%s %q, want 0, or a number with h, d or w: 12h, 30d, 2w", flag, s)
	if s == "0" {
		return 0, nil
	}
	unit := map[byte]time.Duration{'h': time.Hour, 'd': day, 'w': 7 * day}
	if s == "" || unit[s[len(s)-1]] == 0 {
		return 0, bad
	}
	per := unit[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 63)
	if err != nil || n > uint64(math.MaxInt64/per) {
		return 0, bad
	}
	return time.Duration(n) * per, nil
}

// ageText is how parseAge reads it, for defaults.
func ageText(d time.Duration) string {
	if d%day == 0 && d > 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	return strings.TrimSuffix(d.String(), "0m0s")
}
