package object

// Bounds on objects, in bytes, and so on the memory that one takes that others have made.
const (
	maxTree = 128 << 20 // of one folder: some two million names
	maxText = 64 << 20  // of a commit or an annotated tag
	// MaxMessage is how long the message of a commit or a tag may be.
	MaxMessage = 16 << 20
)
