package catalog

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/mattn/go-sqlite3"

	"dits/tensorstore/digest"
)

// An Ask is a question in SQL, and what the catalog has to be told to answer it.
type Ask struct {
	Query     string // one SELECT over the [Views]
	Refs      []AskRef
	Role      func(tensor string) (layer int, module string)     // layer -1: outside of layers
	Encodings map[uint8]string                                   // names of encodings
	Sources   func(prediction digest.ID) ([]digest.ID, error)    // blobs that a prediction is made from
	Row       func(columns []string, values []any) (again error) // gets each row; both are its own until it returns
}

// An AskRef is a name for a commit.
type AskRef struct {
	Short  string // "main"
	Name   string // "refs/heads/main"
	Kind   string // "branch", "tag", "remote" or "head"
	Commit digest.ID
}

// A QueryError means that a question makes no sense to SQLite, or does more than ask.
type QueryError struct{ Err error }

func (e *QueryError) Error() string { return "sql: " + e.Err.Error() }

// Unwrap returns what SQLite said.
func (e *QueryError) Unwrap() error { return e.Err }

// Ask answers a question from one state of the catalog, on a connection of its own that can
// only read. Values are nil, int64, float64 or string; bytes become hexadecimal digits.
// It ends early when ctx is done, and with the first error of Row. A question that is wrong is a
// [*QueryError].
//
// Views are made when they are asked about: a few microseconds for each tensor and for each file of each
// commit, and for what space is made from also the reading of all predictions.
func (c *Catalog) Ask(ctx context.Context, a Ask) error {
	if err := oneStatement(a.Query); err != nil {
		return &QueryError{err}
	}
	db := connect(c.source("mode=ro&_cache_size=-32768"))
	defer db.Close()
	db.SetMaxIdleConns(-1) // each connection is for one use
	q := &asking{db: db, path: c.path, Ask: a}
	defer q.close()
	var wrong *QueryError
	switch err := q.prepare(ctx); {
	case err == nil:
		return q.answer(ctx)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &wrong):
		return err
	default:
		return failed(c.path, "views", err)
	}
}

// An asking is one call of Ask.
type asking struct {
	Ask
	db   *sql.DB
	conn *sql.Conn       // that answers
	path string          // of the catalog
	read map[string]bool // tables that the question reads
}

const (
	// maxHeap bounds what SQLite takes of the memory, in bytes.
	maxHeap = 256 << 20
	// maxWork bounds the tables that views are made of, in pages of 4 KiB: 8 GiB on the disk for temporary files.
	maxWork = 8 << 30 / 4096
	// bounds attaches work, a temporary file. The limit of the heap is for the process, and stays.
	bounds = `ATTACH '' AS work; PRAGMA work.max_page_count = %d; PRAGMA work.journal_mode = OFF; PRAGMA hard_heap_limit = %d`
)

// connect makes a connection with the tables that views are made of, empty.
func (q *asking) connect(ctx context.Context) (err error) {
	if q.conn, err = q.db.Conn(ctx); err != nil {
		return err
	}
	if _, err := q.conn.ExecContext(ctx, fmt.Sprintf(bounds, maxWork, maxHeap)); err != nil {
		return err
	}
	if _, err := q.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	for _, f := range fills {
		if _, err := q.conn.ExecContext(ctx, "CREATE TABLE work."+f.name+" "+f.makes); err != nil {
			return fmt.Errorf("table %s: %w", f.name, err)
		}
	}
	return nil
}

// close ends the connection, if there is one.
func (q *asking) close() {
	if q.conn != nil {
		q.conn.Close()
	}
}

func (q *asking) makeViews(ctx context.Context) error {
	for _, v := range views {
		if _, err := q.conn.ExecContext(ctx, v.create()); err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
	}
	return nil
}

// wanted are the tables that the question reads. It is found out on a connection of its own: with views in it, one
// can no longer be told to keep what it sorts in memory.
func (q *asking) wanted(ctx context.Context) (map[string]bool, error) {
	if err := q.connect(ctx); err != nil {
		return nil, err
	}
	defer q.close()
	if err := q.makeViews(ctx); err != nil {
		return nil, err
	}
	if err := q.guard(true); err != nil {
		return nil, err
	}
	stmt, err := q.conn.PrepareContext(ctx, q.Query)
	if err != nil {
		return nil, q.wrong(err)
	}
	stmt.Close()
	if err := onlyViews(ctx, q.Query); err != nil {
		return nil, &QueryError{err}
	}
	return q.read, q.guard(false)
}

// prepare fills the tables that the question reads, and makes the views. Tables are made with the help of temporary
// files; what the question itself sorts or collects stays in memory, which is bounded. From its end on the
// connection can do nothing but ask.
func (q *asking) prepare(ctx context.Context) error {
	wanted, err := q.wanted(ctx)
	if err != nil {
		return err
	}
	if err := q.connect(ctx); err != nil {
		return err
	}
	if err := fillNeeded(ctx, q.conn, q.Ask, wanted); err != nil {
		return err
	}
	if _, err := q.conn.ExecContext(ctx, "PRAGMA temp_store = MEMORY"); err != nil {
		return err
	}
	if err := q.makeViews(ctx); err != nil {
		return err
	}
	if _, err := q.conn.ExecContext(ctx, "PRAGMA query_only = 1"); err != nil {
		return err
	}
	return q.guard(true)
}

// guard refuses, from now on, every statement that does more than ask, or no longer does.
func (q *asking) guard(on bool) error {
	return withDriver(q.conn, func(lite *sqlite3.SQLiteConn) error {
		if !on {
			lite.RegisterAuthorizer(nil)
			return nil
		}
		q.read = map[string]bool{}
		lite.SetLimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
		lite.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, maxValue)
		lite.RegisterAuthorizer(q.authorize)
		return nil
	})
}

// withDriver runs fn with the connection as the driver knows it.
func withDriver(conn *sql.Conn, fn func(*sqlite3.SQLiteConn) error) error {
	return conn.Raw(func(driver any) error {
		lite, ok := driver.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("driver %T, want that of SQLite", driver)
		}
		return fn(lite)
	})
}

const (
	// maxValue bounds a text or blob that a question makes, in bytes.
	maxValue = 64 << 20
	// recursive is SQLITE_RECURSIVE, which the driver does not name.
	recursive = 33
)

// authorize says whether a question may do something, and notes which tables it reads.
// What it does not know it refuses: among others ATTACH, PRAGMA and pragma functions.
func (q *asking) authorize(op int, first, second, _ string) int {
	switch op {
	case sqlite3.SQLITE_SELECT, recursive:
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_READ:
		if strings.HasPrefix(first, "sqlite_") {
			return sqlite3.SQLITE_DENY
		}
		q.read[first] = true
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_FUNCTION:
		if second != "load_extension" && second != "fts3_tokenizer" {
			return sqlite3.SQLITE_OK
		}
	}
	return sqlite3.SQLITE_DENY
}

// answer hands on the rows.
func (q *asking) answer(ctx context.Context) error {
	rows, err := q.conn.QueryContext(ctx, q.Query)
	if err != nil {
		return q.asked(ctx, err)
	}
	columns, err := rows.Columns()
	if err != nil {
		rows.Close()
		return q.asked(ctx, err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var stop error
	err = each(rows, func() error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = hex.EncodeToString(b)
			}
		}
		stop = q.Row(columns, values)
		return stop
	})
	if stop != nil {
		return stop
	}
	return q.asked(ctx, err)
}

// asked is an error that came while a question was answered; of an interruption, why it was interrupted.
func (q *asking) asked(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return q.wrong(err)
}

// wrong is what SQLite has against a question.
func (q *asking) wrong(err error) error {
	var lite sqlite3.Error
	switch {
	case errors.As(err, &lite) && (lite.Code == sqlite3.ErrCorrupt || lite.Code == sqlite3.ErrNotADB):
		return failed(q.path, "read", err)
	case errors.As(err, &lite) && lite.Code == sqlite3.ErrNomem:
		return &QueryError{fmt.Errorf("it takes more than %d MiB of memory; ask for less at a time", maxHeap>>20)}
	case errors.As(err, &lite) && lite.Code == sqlite3.ErrAuth:
		return &QueryError{fmt.Errorf("it may only SELECT: %w", err)}
	}
	return &QueryError{err}
}
