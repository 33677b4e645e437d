package formats

// Bounds on a layout, and so on the memory that one takes. A file beyond them is stored as opaque.
const (
	MaxTensors    = 1 << 20
	MaxSegments   = 3*MaxTensors + 3 // a tensor may have padding and opaque bytes before it
	MaxName       = 1<<16 - 1        // bytes of a tensor's name
	MaxDimensions = 64               // of one tensor: NumPy's limit
	MaxShapes     = 8 * MaxTensors   // dimensions of all tensors together
)
