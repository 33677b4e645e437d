package repo

// A Progress is told how far long work is. Add may be called from several
// goroutines at once; Start and Done bracket one piece of work.
type Progress interface {
	Start(label string, total int64) // bytes
	Add(n int64)                     // bytes
	Done()
}

// NoProgress tells nobody.
var NoProgress Progress = noProgress{}

type noProgress struct{}

func (noProgress) Start(string, int64) {}
func (noProgress) Add(int64)           {}
func (noProgress) Done()               {}

// orQuiet is p, or NoProgress for nil.
func orQuiet(p Progress) Progress {
	if p == nil {
		return NoProgress
	}
	return p
}
