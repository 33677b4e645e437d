package repo

// change runs f under the lock, with HEAD and the index as they are then.
func change[T any](r *Repo, f func(h Head, x *Index) (T, error)) (T, error) {
	var none T
	l, err := r.lock()
	if err != nil {
		return none, err
	}
	defer l.unlock()
	h, err := r.Head()
	if err != nil {
		return none, err
	}
	x, err := r.Index()
	if err != nil {
		return none, err
	}
	return f(h, x)
}
