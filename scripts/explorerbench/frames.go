package main

import "slices"

// framesOf sums up how long frames took, in milliseconds.
func framesOf(times []float64) frames {
	sum := 0.0
	for _, t := range times {
		sum += t
	}
	slices.Sort(times)
	return frames{1000 * float64(len(times)) / sum, times[len(times)*95/100]}
}
