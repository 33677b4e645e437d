package predict

// maxNumbered bounds what [Prediction.Work] counts to: more is endless.
const maxNumbered = 1 << 36

// Work is what predicting n bytes takes besides decoding what is read, as so many bytes of decoding. Untrusted
// predictions ask for much of it with few bytes: a reader bounds it.
func (p *Prediction) Work(n int64) int64 {
	elements := n / int64(p.Elem.Size())
	work, values := int64(0), elements*perElement(p.Elem) // of the source
	switch p.Kind {
	case Quantised: // a search for scales
		work, values = 32*n, values+2*p.columns()
	case Scaled, Scales: // whole rows of tiles
		s := p.Scaling
		each := s.TileRows * s.Columns
		if p.Kind == Scales {
			each = s.across()
		}
		work = (elements/each + 2) * s.TileRows * s.Columns
		values = work
	case Adapted: // a whole factor is read, and each element is a sum
		work = p.Adapter.whole(p) + p.Adapter.Rank*elements/32
	case Cast:
		if p.Of != nil && p.Of.Kind == Adapted { // a part at a time
			work = (elements/castBlock + 1) * p.Of.Adapter.whole(p.Of)
		}
	}
	if p.Of != nil {
		values = min(values, maxNumbered)
		work += p.Of.Work(values / perElement(p.From) * int64(p.From.Size()))
	}
	return min(work, maxNumbered)
}

// whole is how many values are read of an adapter, however little of the matrix is asked for.
func (a *Adapter) whole(p *Prediction) int64 {
	if a.Transposed {
		return a.Rank * (p.Width + a.columns(p))
	}
	return a.Rank * a.columns(p)
}
