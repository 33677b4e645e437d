package ggml

import (
	_ "embed"
	"encoding/binary"
	"math/bits"
	"sync"
)

// packedGrids has the points that the IQ1, IQ2 and IQ3 types index: facts of the
// format, from ggml-common.h (ggml, MIT). scripts/oracle/ggml_iq_grids.py makes the
// file and says how it is laid out.
//
//go:embed iq_grids.bin
var packedGrids []byte

// A packedGrid is a part of packedGrids: points of eight levels in two bits each
// or of four in three bits each, the first in the lowest bits.
type packedGrid struct{ first, points int }

var (
	packedIQ2XXS = packedGrid{0, 256}
	packedIQ2XS  = packedGrid{256, 512}
	packedIQ2S   = packedGrid{768, 1024}
	packedIQ1S   = packedGrid{1792, 2048}
	packedIQ3XXS = packedGrid{3840, 256}
	packedIQ3S   = packedGrid{4096, 512}
)

// at returns the packed levels of a point.
func (g packedGrid) at(point int) uint16 {
	return binary.LittleEndian.Uint16(packedGrids[2*(g.first+point):])
}

// The grids with the value of each level, made when first used.
var (
	gridIQ1S   = sync.OnceValue(func() [][8]int8 { return eightfold(packedIQ1S, [4]int8{-1, 0, 1}) })
	gridIQ2XXS = sync.OnceValue(func() [][8]int8 { return eightfold(packedIQ2XXS, [4]int8{8, 25, 43}) })
	gridIQ2XS  = sync.OnceValue(func() [][8]int8 { return eightfold(packedIQ2XS, [4]int8{8, 25, 43}) })
	gridIQ2S   = sync.OnceValue(func() [][8]int8 { return eightfold(packedIQ2S, [4]int8{8, 25, 43}) })
	gridIQ3XXS = sync.OnceValue(func() [][4]int8 {
		return fourfold(packedIQ3XXS, [8]int8{4, 12, 20, 28, 36, 44, 52, 62})
	})
	gridIQ3S = sync.OnceValue(func() [][4]int8 {
		return fourfold(packedIQ3S, [8]int8{1, 3, 5, 7, 9, 11, 13, 15})
	})
)

// eightfold returns the points of a grid of two-bit levels.
func eightfold(g packedGrid, values [4]int8) [][8]int8 {
	points := make([][8]int8, g.points)
	for i := range points {
		for k := range 8 {
			points[i][k] = values[g.at(i)>>(2*k)&3]
		}
	}
	return points
}

// fourfold returns the points of a grid of three-bit levels.
func fourfold(g packedGrid, values [8]int8) [][4]int8 {
	points := make([][4]int8, g.points)
	for i := range points {
		for k := range 4 {
			points[i][k] = values[g.at(i)>>(3*k)&7]
		}
	}
	return points
}

// evenSigns returns the signs of eight values, the first in the lowest bit, 1 for
// negative, of which seven are stored: the eighth makes their number even.
func evenSigns(seven uint32) uint8 {
	seven &= 127
	return uint8(seven | uint32(bits.OnesCount32(seven)&1)<<7)
}
