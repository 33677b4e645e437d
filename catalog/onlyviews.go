package catalog

import (
	"context"
	"database/sql"
	"strings"
)

// onlyViews makes sure that a question names no table but the [Views]: the catalog's own have other columns
// tomorrow. It is read by SQLite in an empty database that has nothing else, for only SQLite knows which words
// of it are names of tables. Nothing is run there.
func onlyViews(ctx context.Context, query string) error {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, v := range views {
		var columns []string
		for _, c := range v.Columns {
			columns = append(columns, c.Name)
		}
		if _, err := conn.ExecContext(ctx, "CREATE TEMP TABLE "+v.Name+" ("+strings.Join(columns, ", ")+")"); err != nil {
			return err
		}
	}
	stmt, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	return stmt.Close()
}
