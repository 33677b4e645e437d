package catalog

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mattn/go-sqlite3"
)

// schema/0001.sql makes version 1 from nothing, 0002.sql version 2 from that, and
// so on. A script that was released is never changed.
//
//go:embed schema/*.sql
var scripts embed.FS

// applicationID marks a SQLite file as a catalog: "dits" in ASCII.
const applicationID = 0x64697473

// prepare checks that db is ours or empty, turns on the write-ahead log if it may have one, and
// runs the scripts that are missing. It changes nothing when it refuses db.
func prepare(db *sql.DB, log bool) error {
	version, err := inspect(db)
	if err != nil {
		return err
	}
	if err := setJournal(db, log); err != nil {
		return err
	}
	latest, err := latestVersion()
	if err != nil || version == latest {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if version, err = inspect(tx); err != nil { // another process may have been faster
		return err
	}
	if err := migrate(tx, version, latest); err != nil {
		return err
	}
	return tx.Commit()
}

// latestVersion is the number of the last script.
func latestVersion() (int, error) {
	names, err := fs.Glob(scripts, "schema/*.sql")
	return len(names), err
}

// inspect returns the schema version of db, 0 when it is empty.
func inspect(db interface {
	QueryRow(string, ...any) *sql.Row
}) (int, error) {
	var app, version, objects int
	err := db.QueryRow(`SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`).Scan(&app, &version, &objects)
	if err != nil {
		return 0, err
	}
	latest, err := latestVersion()
	switch {
	case err != nil:
		return 0, err
	case app == 0 && version == 0 && objects == 0:
		return 0, nil
	case app != applicationID:
		return 0, foreign(fmt.Sprintf("application id: got %#x, want %#x", app, applicationID))
	case version < 1 || objects == 0:
		return 0, foreign(fmt.Sprintf("schema version %d with %d tables and indexes", version, objects))
	case version > latest:
		return 0, fmt.Errorf("%w: schema version %d, want at most %d", ErrNewer, version, latest)
	}
	return version, nil
}

// foreign is SQLite's own error for a file that is not what it should be.
func foreign(why string) error {
	return fmt.Errorf("%w: %s", sqlite3.Error{Code: sqlite3.ErrNotADB}, why)
}

// setJournal puts db into write-ahead mode, in which readers and a writer do not wait
// for each other, and cuts the log back to 64 MiB after a large transaction. Without a log, and where
// memory cannot be shared through a file, a journal is rolled back, and they wait.
func setJournal(db *sql.DB, log bool) error {
	const rolledBack = "PRAGMA journal_mode = DELETE"
	if !log {
		_, err := db.Exec(rolledBack)
		return err
	}
	_, err := db.Exec("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864")
	var lite sqlite3.Error
	if errors.As(err, &lite) && lite.Code == sqlite3.ErrIoErr {
		_, err = db.Exec(rolledBack)
	}
	return err
}

func migrate(tx *sql.Tx, from, to int) error {
	for v := from + 1; v <= to; v++ {
		script, err := scripts.ReadFile(fmt.Sprintf("schema/%04d.sql", v))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(string(script)); err != nil {
			return fmt.Errorf("schema version %d: %w", v, err)
		}
	}
	_, err := tx.Exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, to))
	return err
}
