package refs

// A Spec names a file or folder, as REV:PATH does.
type Spec struct {
	Rev  string // "": as staged, or in the file system where that can be meant
	Path string // from the repository's root; "": all of it
}

// String is how the command line names it.
func (s Spec) String() string {
	switch {
	case s.Rev == "":
		return s.Path
	case s.Path == "":
		return s.Rev
	}
	return s.Rev + ":" + s.Path
}
