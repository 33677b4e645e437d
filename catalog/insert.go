package catalog

import (
	"database/sql"
	"strings"
)

// batch is how many rows or keys one statement takes. More does not pay: the
// cost of the call is spread thin already.
const batch = 200

// insertSteps are the numbers of rows that a statement inserts; few, so that each
// stays prepared.
var insertSteps = [...]int{batch, 20, 1}

// An insertion is an INSERT of many rows.
type insertion struct {
	columns int
	text    [len(insertSteps)]string
}

// insertInto makes the insertion into the columns, "a, b, c", of a table.
func insertInto(table, columns string) insertion {
	in := insertion{columns: strings.Count(columns, ",") + 1}
	row := "(" + marks(in.columns) + ")"
	for i, rows := range insertSteps {
		in.text[i] = "INSERT INTO " + table + " (" + columns + ") VALUES " + row + strings.Repeat(","+row, rows-1)
	}
	return in
}

// orReplace is the insertion that puts a row in place of the one with its key.
func (in insertion) orReplace() insertion {
	for i := range in.text {
		in.text[i] = "REPLACE" + strings.TrimPrefix(in.text[i], "INSERT")
	}
	return in
}

// marks is n question marks with commas between.
func marks(n int) string { return "?" + strings.Repeat(",?", n-1) }

// run inserts the rows in args, which has columns values for each.
func (in insertion) run(tx *sql.Tx, args []any) error {
	for i, rows := range insertSteps {
		for step := rows * in.columns; len(args) >= step; args = args[step:] {
			if _, err := tx.Exec(in.text[i], args[:step]...); err != nil {
				return err
			}
		}
	}
	return nil
}
