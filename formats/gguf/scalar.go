package gguf

import (
	"encoding/binary"
	"math"
)

// scalar returns the value of fixed width in p.
func scalar(t ValueType, p []byte, order binary.ByteOrder) any {
	switch t {
	case Uint8:
		return p[0]
	case Int8:
		return int8(p[0])
	case Uint16:
		return order.Uint16(p)
	case Int16:
		return int16(order.Uint16(p))
	case Uint32:
		return order.Uint32(p)
	case Int32:
		return int32(order.Uint32(p))
	case Float32:
		return math.Float32frombits(order.Uint32(p))
	case Bool:
		return p[0] != 0
	case Uint64:
		return order.Uint64(p)
	case Int64:
		return int64(order.Uint64(p))
	case Float64:
		return math.Float64frombits(order.Uint64(p))
	}
	return nil
}

// scalars returns the elements of fixed width in p as a slice of their type.
func scalars(t ValueType, p []byte, order binary.ByteOrder) (any, error) {
	switch t {
	case Uint8:
		return p, nil
	case Int8:
		return decode[int8](p, order)
	case Uint16:
		return decode[uint16](p, order)
	case Int16:
		return decode[int16](p, order)
	case Uint32:
		return decode[uint32](p, order)
	case Int32:
		return decode[int32](p, order)
	case Float32:
		return decode[float32](p, order)
	case Bool:
		return decode[bool](p, order)
	case Uint64:
		return decode[uint64](p, order)
	case Int64:
		return decode[int64](p, order)
	}
	return decode[float64](p, order)
}
