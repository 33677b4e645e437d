package ggml

import "math"

var infinity = float32(math.Inf(1))

// A fit is one candidate of an affineSearch: the quants as floats, and the weighted
// sums that give the best line through them. Elements of l behind the group's last
// are 0.
type fit struct {
	l                  [32]float32
	sumL, sumL2, sumXL float32
}

// quantise sets the quants to (x − low)·inverse, rounded, and their sums.
func (f *fit) quantise(g *group, low, inverse, top float32) {
	if g.fused {
		f.quantiseFused(g, low, inverse, top)
		return
	}
	limit := int32(top)
	x, w, ls := g.x, g.w[:len(g.x)], f.l[:len(g.x)]
	var sumL, sumL2, sumXL float32
	for i, v := range x {
		l := float32(max(0, min(limit, nearestInt(float32(inverse*(v-low))))))
		ls[i] = l
		wl := float32(w[i] * l)
		sumL += wl
		sumL2 += float32(wl * l)
		sumXL += float32(wl * v)
	}
	f.sumL, f.sumL2, f.sumXL = sumL, sumL2, sumXL
}

// quantiseFused is quantise in a fused build, where w·l is used three times and so
// is a product of its own.
func (f *fit) quantiseFused(g *group, low, inverse, top float32) {
	limit := int32(top)
	f.sumL, f.sumL2, f.sumXL = 0, 0, 0
	for i, v := range g.x {
		l := float32(max(0, min(limit, nearestProduct(true, inverse, v-low))))
		f.l[i] = l
		wl := float32(g.w[i] * l)
		f.sumL += wl
		f.sumL2 = fma32(wl, l, f.sumL2)
		f.sumXL = fma32(wl, v, f.sumXL)
	}
}

// solve returns the scale and the least value, at most 0, of the weighted least
// squares; false if the quants do not pin a line.
func (f *fit) solve(g *group) (scale, low float32, ok bool) {
	det := mulAdd(g.fused, g.sumW, f.sumL2, -float32(f.sumL*f.sumL))
	if !(det > 0) {
		return 0, 0, false
	}
	scale = mulAdd(g.fused, -f.sumL, g.sumX, float32(g.sumW*f.sumXL)) / det
	low = mulAdd(g.fused, f.sumL2, g.sumX, -float32(f.sumL*f.sumXL)) / det
	if low > 0 {
		return f.sumXL / f.sumL2, 0, true
	}
	return scale, low, true
}

// distance returns the weighted error of scale·l + low against x, or something no
// less than best if it is no less.
func (f *fit) distance(g *group, scale, low, best float32, mad bool) float32 {
	if g.negative {
		best = infinity
	}
	var sum float32
	for at := 0; at < len(g.x); at += 8 {
		x, w, l := (*[8]float32)(g.x[at:]), (*[8]float32)(g.w[at:]), (*[8]float32)(f.l[at:])
		switch {
		case g.fused:
			sum = distanceFused(sum, x, w, l, scale, low, mad)
		case mad:
			sum = distanceMAD(sum, x, w, l, scale, low)
		default:
			sum = distanceSquared(sum, x, w, l, scale, low)
		}
		if sum >= best {
			break
		}
	}
	return sum
}

func distanceSquared(sum float32, x, w, l *[8]float32, scale, low float32) float32 {
	for i, v := range x {
		diff := float32(scale*l[i]) + low - v
		sum += float32(w[i] * float32(diff*diff))
	}
	return sum
}

func distanceMAD(sum float32, x, w, l *[8]float32, scale, low float32) float32 {
	for i, v := range x {
		sum += float32(w[i] * abs32(float32(scale*l[i])+low-v))
	}
	return sum
}

func distanceFused(sum float32, x, w, l *[8]float32, scale, low float32, mad bool) float32 {
	for i, v := range x {
		diff := fma32(scale, l[i], low) - v
		if mad {
			diff = abs32(diff)
		} else {
			diff = float32(diff * diff)
		}
		sum = fma32(w[i], diff, sum)
	}
	return sum
}

// store sets l to the quants.
func (f *fit) store(l []uint8) {
	for i := range l {
		l[i] = uint8(f.l[i])
	}
}
