package object

// A Progress is told how far long work is. Work is one pass over some bytes, or several that
// take turns: each is started before the work begins, and Done ends them all. Add may be called
// from several goroutines at once.
type Progress interface {
	Start(pass string, total int64) // bytes; the first one has its turn at once
	Turn(pass, file string)         // what follows is of that pass, over that file
	Add(n int64)                    // bytes of the pass whose turn it is
	Skip(pass string, n int64)      // bytes of a pass that need no work
	Done()
}

// NoProgress tells nobody.
var NoProgress Progress = Quiet{}

// Quiet is a [Progress] to embed in one that wants to know some of it.
type Quiet struct{}

func (Quiet) Start(string, int64) {}
func (Quiet) Turn(string, string) {}
func (Quiet) Add(int64)           {}
func (Quiet) Skip(string, int64)  {}
func (Quiet) Done()               {}

// OrQuiet is p, or NoProgress for nil.
func OrQuiet(p Progress) Progress {
	if p == nil {
		return NoProgress
	}
	return p
}
