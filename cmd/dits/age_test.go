package main

import (
	"testing"
	"time"
)

func TestParseAge(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"0": 0, "0d": 0, "12h": 12 * time.Hour, "30d": 30 * day, "2w": 14 * day,
		"": -1, "12": -1, "-1d": -1, "1.5d": -1, "d": -1, "90m": -1, "99999999999999999w": -1, "9223372036854775807h": -1, "now": -1,
	} {
		got, err := parseAge("--grace", s)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: got %v, %v, want %v", s, got, err, want)
		}
		if err != nil && status(err) != exitUsage {
			t.Errorf("%q: %v is no wrong usage", s, err)
		}
	}
	for d, want := range map[time.Duration]string{14 * day: "14d", 12 * time.Hour: "12h"} {
		if got := ageText(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}
