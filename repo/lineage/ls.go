package lineage

// An Origin says how a blob is stored.
type Origin struct {
	Encoding string
	Way      *Way
	Stored   int64 // payload bytes of its chunks
}
