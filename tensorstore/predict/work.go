package predict

// maxNumbered bounds what [Prediction.Work] counts to: more is endless.
const maxNumbered = 1 << 36

// Work is what predicting n bytes takes besides decoding what is read, as so many bytes of decoding. Untrusted
// predictions ask for much of it with few bytes: a reader bounds it.
func (p *Prediction) Work(n int64) int64 {
	work, values := p.Kind.row().work(p, n)
	if p.Of != nil {
		values = min(values, maxNumbered)
		work += p.Of.Work(values / perElement(p.From) * int64(p.From.Size()))
	}
	return min(work, maxNumbered)
}
