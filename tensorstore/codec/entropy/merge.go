package entropy

const (
	maxContexts = 320 // contexts of a chunk before merging
	// bits that a table and one of its symbols take, for deciding what to merge
	tableBits  = 10
	symbolBits = 3
)

// A histogram counts symbols in each context.
type histogram [maxContexts][MaxSymbols]uint32

// A cluster is a run of contexts that share a table: first to last.
type cluster struct {
	first, last int
	total       uint32
	cost        int64 // of the symbols and the table, in 1/65536 bits
	loss        int64 // of a merge with the cluster after it
}

// merge joins neighbouring contexts while that makes the whole smaller, and
// until at most limit are left (greedy, the cheapest pair first). The counts of
// a cluster are in the row of its first context.
func (h *histogram) merge(cl []cluster, nctx, nsym, limit int) []cluster {
	cl = cl[:0]
	for c := range nctx {
		k := cluster{first: c, last: c}
		for _, n := range h[c][:nsym] {
			k.total += n
		}
		if k.total == 0 {
			if len(cl) > 0 {
				cl[len(cl)-1].last = c
			}
			continue
		}
		k.cost = h.cost(c, c, nsym, k.total)
		cl = append(cl, k)
	}
	for i := range cl[:max(len(cl)-1, 0)] {
		h.weigh(cl, i, nsym)
	}
	for len(cl) > 1 {
		b := 0
		for i := range cl[:len(cl)-1] {
			if cl[i].loss < cl[b].loss {
				b = i
			}
		}
		if cl[b].loss > 0 && len(cl) <= limit {
			break
		}
		cl = h.join(cl, b, nsym)
	}
	return cl
}

// join merges cluster b with the next.
func (h *histogram) join(cl []cluster, b, nsym int) []cluster {
	x, y := &cl[b], &cl[b+1]
	to, from := h[x.first][:nsym], h[y.first][:nsym]
	for s, n := range from {
		to[s] += n
	}
	x.last = y.last
	x.total += y.total
	x.cost += y.cost + x.loss
	cl = append(cl[:b+1], cl[b+2:]...)
	if b > 0 {
		h.weigh(cl, b-1, nsym)
	}
	if b+1 < len(cl) {
		h.weigh(cl, b, nsym)
	}
	return cl
}

// weigh sets the loss of cluster i.
func (h *histogram) weigh(cl []cluster, i, nsym int) {
	a, b := &cl[i], &cl[i+1]
	a.loss = h.cost(a.first, b.first, nsym, a.total+b.total) - a.cost - b.cost
}

// cost is what the symbols of contexts a and b together take in one table, and
// the table, in 1/65536 bits.
func (h *histogram) cost(a, b, nsym int, total uint32) int64 {
	x, y := h[a][:nsym], h[b][:nsym]
	var sum uint64
	used := int64(0)
	for s, n := range x {
		if a != b {
			n += y[s]
		}
		if n > 0 {
			used++
			sum += uint64(n) * Log2(n)
		}
	}
	return int64(uint64(total)*Log2(total)-sum) + (tableBits+symbolBits*used)<<16
}
