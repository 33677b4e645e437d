package catalog

import (
	"database/sql"

	"dits/tensorstore/digest"
)

// internerCache bounds the keys that an interner remembers: some 10 MB.
const internerCache = 1 << 17

// An interner gives keys their numbers in one table, in one transaction that
// writes, and adds the keys that have none.
type interner[K comparable] struct {
	tx     *sql.Tx
	max    string // query for the greatest number in use
	find   string // query for the number and key of a batch of keys
	insert insertion
	bind   func(K) any
	known  map[K]int64
	last   int64 // greatest number in use; -1: not asked yet
}

func newDigests(tx *sql.Tx) *interner[digest.ID] {
	in := newInterner[digest.ID](tx, "digests", "id", insertDigest)
	in.bind = func(id digest.ID) any { return id[:] }
	return in
}

func newNames(tx *sql.Tx) *interner[string] {
	in := newInterner[string](tx, "names", "name", insertName)
	in.bind = func(s string) any { return s }
	return in
}

var (
	insertDigest = insertInto("digests", "n, id")
	insertName   = insertInto("names", "n, name")
)

func newInterner[K comparable](tx *sql.Tx, table, column string, insert insertion) *interner[K] {
	return &interner[K]{
		tx:     tx,
		max:    "SELECT coalesce(max(n), 0) FROM " + table,
		find:   "SELECT n, " + column + " FROM " + table + " WHERE " + column + " IN (" + marks(batch) + ")",
		insert: insert,
		known:  map[K]int64{},
		last:   -1,
	}
}

// numbers returns the number of each key. The map holds at least those keys and
// is the interner's until the next call.
func (in *interner[K]) numbers(keys []K) (map[K]int64, error) {
	if in.last < 0 {
		if err := in.tx.QueryRow(in.max).Scan(&in.last); err != nil {
			return nil, err
		}
	}
	if len(in.known)+len(keys) > internerCache {
		clear(in.known)
	}
	missing := make([]K, 0, len(keys))
	for _, k := range keys {
		if _, ok := in.known[k]; !ok {
			in.known[k] = 0 // no row has the number 0
			missing = append(missing, k)
		}
	}
	for rest := missing; len(rest) > 0; {
		part := rest[:min(batch, len(rest))]
		rest = rest[len(part):]
		if err := in.lookUp(part); err != nil {
			return nil, err
		}
	}
	return in.known, in.add(missing)
}

// lookUp fills known with the numbers of those of the keys that have one.
func (in *interner[K]) lookUp(keys []K) error {
	args := make([]any, batch) // NULL, which no key is, fills the batch up
	for i, k := range keys {
		args[i] = in.bind(k)
	}
	rows, err := in.tx.Query(in.find, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var key K
		if err := rows.Scan(&n, scanner(&key)); err != nil {
			return err
		}
		in.known[key] = n
	}
	return rows.Err()
}

// add gives a new number to each of the keys that has none.
func (in *interner[K]) add(keys []K) error {
	var args []any
	for _, k := range keys {
		if in.known[k] == 0 {
			in.last++
			in.known[k] = in.last
			args = append(args, in.last, in.bind(k))
		}
	}
	return in.insert.run(in.tx, args)
}

// number is numbers of one key.
func (in *interner[K]) number(key K) (int64, error) {
	known, err := in.numbers([]K{key})
	return known[key], err
}
