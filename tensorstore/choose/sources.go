package choose

import (
	"io"

	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// Sources are the blobs that a tensor may be predicted from.
type Sources interface {
	// Blob opens a blob.
	Blob(id digest.ID) (Blob, error)
	// Lineage is how long the chain of sources of a blob is, and the prediction at its head, nil for none.
	Lineage(id digest.ID) (depth uint8, head *predict.Prediction, err error)
	// Opener opens what one chunk is predicted from, within what reading a chunk may take.
	Opener() predict.Opener
}

// A Blob is the bytes of a blob. It is safe for concurrent use.
type Blob interface {
	io.ReaderAt
	Len() int64
}

// What readers accept, and writers keep to.
const (
	MaxDepth = 16 // sources of sources that a reader follows
	// DerivedDepth is how much longer a chain may be that ends with tensors of another type than their
	// sources: a cast or a quant costs next to nothing, and relatives that are not so deep cost far more.
	DerivedDepth = 2
	MaxWork      = 1 << 30 // bytes that a reader decodes, sources of sources included, for one chunk
)

// RecordBytes is about what a record costs in a pack's index.
const RecordBytes = 52
