package predict

import "math"

// Finer is g with steps half as large on both sides.
func (g Grid) Finer() Grid { return Grid{g.Rank, g.Left - 1, g.Right - 1} }

const (
	// ranks that are looked at are multiples of it.
	rankStep = 2
	// maxSteps is the binary logarithm of the steps that the deviation of the first direction's numbers has at
	// most, from 2^minSteps up.
	minSteps, maxSteps = 1, 10
)

// Saves is how many bits e saves of a tensor of weights, where a residual costs worth bits a weight less for
// each bit of Gain.
func (e Estimate) Saves(worth float64, weights int64) float64 {
	return worth*e.Gain*float64(weights) - e.Coding
}

// An Estimate is what a grid is expected to do to a change.
type Estimate struct {
	Grid   Grid
	Gain   float64 // bits that the residual has less a weight, were it of high resolution: log2 of amplitudes
	Coding float64 // bits of the factors
}

// Best is the grid that saves most where a residual costs worth bits a weight less for each bit of Gain. The
// second result is false where none saves anything.
//
// The noise of rounding is what a number's step gives, step²/12, times the square of what it is multiplied by;
// a direction cannot have more noise than it has energy.
func (f *Fit) Best(worth float64) (Estimate, bool) {
	var best Estimate
	most := 0.0
	weights := f.change.Rows * f.change.Width
	left, right := f.side(f.change.Rows), f.side(f.change.Width)
	for _, l := range left {
		for _, r := range right {
			coding, taken := 0.0, 0.0
			for k, s := range f.sigma {
				coding += l.bits[k] + r.bits[k]
				taken += s*s - min(s*s, s*(l.noise+r.noise))
				if !hasFactors(f.change.Rows, f.change.Width, k+1) {
					break
				}
				if (k+1)%rankStep != 0 {
					continue
				}
				e := Estimate{Grid{k + 1, l.step, r.step}, f.gain(taken), coding}
				if saved := e.Saves(worth, weights); saved > most {
					best, most = e, saved
				}
			}
		}
	}
	return best, most > 0
}

// gain is the binary logarithm of how much smaller the residual is when so much energy is taken.
func (f *Fit) gain(taken float64) float64 {
	return 0.5 * math.Log2(f.energy/max(f.energy-taken, f.energy*0x1p-40))
}

// A side is one of the factors, rounded with one step.
type side struct {
	step  int              // its binary logarithm
	noise float64          // energy of the change by rounding, for each unit of a direction's singular value
	bits  [columns]float64 // that each direction's n numbers take
}

// side is the ways to round the factor that has n numbers for each direction.
func (f *Fit) side(n int64) (out []side) {
	finest := int(math.Round(math.Log2(math.Sqrt(f.sigma[0]/float64(n))))) - maxSteps
	for step := finest; step <= finest+maxSteps-minSteps; step++ {
		square := math.Ldexp(1, 2*step)
		s := side{step: step, noise: float64(n) * square / 12}
		for k, sigma := range f.sigma {
			s.bits[k] = columnBits(float64(n), sigma/float64(n)/square)
		}
		out = append(out, s)
	}
	return out
}

// columnBits is about how many bits n normal numbers of that variance take, rounded to whole ones: their
// entropy, and what the class of the column and the ends of the streams take, as measured.
func columnBits(n, variance float64) float64 {
	h := 0.5 * math.Log2(1+2*math.Pi*math.E*variance)
	return 1.005*n*h + 4
}

// Bits is about how many bits f takes in a prediction of rows times as many rows.
func (f *Factors) Bits(times float64) float64 {
	return times*numberBits(f.B, f.Rank) + numberBits(f.A, f.Rank)
}

// numberBits is about what numbers of a stride take, from the variance of each column.
func numberBits(v []int16, stride int) (bits float64) {
	squares := make([]float64, stride)
	for i := 0; i+stride <= len(v); i += stride {
		for k, x := range v[i:][:stride] {
			squares[k] += float64(x) * float64(x)
		}
	}
	n := float64(len(v) / stride)
	for _, s := range squares {
		bits += columnBits(n, s/n)
	}
	return bits
}
