package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/mattn/go-sqlite3"
)

// connect is a pool of connections to the database of a data source name.
func connect(source string) *sql.DB { return sql.OpenDB(connector(source)) }

// A connector opens connections that leave -wal and -shm in place, empty, when the last one
// is closed: without them nobody can read a database with a write-ahead log who may not
// make files beside it.
type connector string

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: keepLog} }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(string(c)) }

func keepLog(conn *sqlite3.SQLiteConn) error {
	return conn.SetFileControlInt("main", sqlite3.SQLITE_FCNTL_PERSIST_WAL, 1)
}
