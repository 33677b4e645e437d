package predict

// Memory is about how many bytes a prediction takes in memory, with what it keeps to predict faster.
func (p *Prediction) Memory() int64 {
	if p == nil {
		return 0
	}
	const fixed = 256
	n := fixed + int64(len(p.Sources))*32 + p.Of.Memory() + p.Activity.Memory()
	switch by := p.By.(type) {
	case *Factors:
		const plain, paired, stored = 2, 2, 2 // bytes a number; pairs are of one half
		n += (plain + paired + stored) * int64(len(by.A)+len(by.B))
	case Runs:
		n += 24 * int64(len(by))
	}
	return n
}
