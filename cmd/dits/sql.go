package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dits/catalog"
	"dits/repo"
)

type sqlOptions struct {
	schema bool
	json   bool
	csv    bool

	timeout time.Duration
}

func newSQL(g *globals) *cobra.Command {
	o := sqlOptions{}
	cmd := &cobra.Command{
		Use:     `sql "SELECT ..."`,
		Short:   "Ask about layers, commits and storage in SQL",
		GroupID: past,
		Long: `Answers one SELECT, in the SQL of SQLite, over views of the repository and its store; --schema
lists them with what each column is. Nothing can be changed: it reads the catalog through a
connection that cannot write, attach, load or open anything, and knows the views alone. ^C ends it,
and so does --timeout. What it sorts or collects may take 256 MiB; rows are printed as they come.`,
		Example: `  dits sql --schema
  dits sql "SELECT layer, module, count(*) FROM changes GROUP BY 1, 2"
  dits sql --csv "SELECT path, stored_bytes, freed_bytes FROM space"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runSQL(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	f := cmd.Flags()
	f.BoolVar(&o.schema, "schema", false, "list the views and their columns")
	f.BoolVar(&o.json, "json", false, "JSON: an object a line for each row")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "end after `DURATION`, as 30s or 5m; 0: never")
	f.BoolVar(&o.csv, "csv", false, "comma-separated values, with a line of names")
	return cmd
}

func runSQL(cmd *cobra.Command, g *globals, o sqlOptions, args []string) error {
	switch {
	case o.json && o.csv:
		return usagef("sql: --json and --csv, want one of them")
	case o.schema && len(args) == 0:
		return printSchema(cmd, o)
	case o.schema || len(args) != 1:
		return usagef("sql: want one SELECT, or --schema alone")
	}
	w := newRowWriter(cmd, o)
	ctx := cmd.Context()
	if o.timeout > 0 {
		late := fmt.Errorf("sql: no answer within %v (--timeout)", o.timeout)
		timed, cancel := context.WithTimeoutCause(ctx, o.timeout, late)
		defer cancel()
		ctx = timed
	}
	err := g.withRepo(func(r *repo.Repo) error { return r.SQL(ctx, args[0], w.row) })
	var wrong *catalog.QueryError
	if errors.As(err, &wrong) {
		return usagef("%w (`dits sql --schema` lists the views and their columns)", err)
	}
	if err != nil {
		return err
	}
	return w.end()
}

// printSchema lists the views.
func printSchema(cmd *cobra.Command, o sqlOptions) error {
	if o.json {
		return writeJSON(cmd, catalog.Views())
	}
	p := &printer{w: cmd.OutOrStdout()}
	for i, v := range catalog.Views() {
		if i > 0 {
			p.f("\n")
		}
		p.f("%s: %s\n", v.Name, v.About)
		t := &table{indent: "  "}
		for _, c := range v.Columns {
			t.row(c.Name, c.About)
		}
		if err := errors.Join(p.err, t.write(p.w)); err != nil {
			return err
		}
	}
	return p.err
}

// A rowWriter prints the rows of an answer.
type rowWriter interface {
	row(columns []string, values []any) error
	end() error
}

func newRowWriter(cmd *cobra.Command, o sqlOptions) rowWriter {
	out := cmd.OutOrStdout()
	switch {
	case o.json:
		return &jsonRows{w: out}
	case o.csv:
		return &csvRows{w: csv.NewWriter(out)}
	}
	return &tableRows{w: out}
}

// tableRows writes columns that are aligned, numbers to the right. How wide they are is told from the first rows,
// which are kept until then; those after them are written as they come.
type tableRows struct {
	w     io.Writer
	table table
	texts map[int]bool // columns that are not all numbers
	named bool
	kept  int // bytes of the rows that are kept
	begun bool
}

// How many rows of a table, and bytes of them, are kept to tell how wide columns are.
const (
	keptRows  = 1000
	keptBytes = 1 << 20
)

func (t *tableRows) row(columns []string, values []any) error {
	if !t.named {
		t.named = true
		t.texts = map[int]bool{}
		t.table.row(slices.Clone(columns)...)
	}
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = visible(strings.TrimRight(sqlText(v), "\n")) // a message ends with one
		if _, text := v.(string); text && !t.begun {
			t.texts[i] = true
		}
		t.kept += len(cells[i])
	}
	t.table.row(cells...)
	if t.begun || len(t.table.rows) > keptRows || t.kept > keptBytes {
		return t.end()
	}
	return nil
}

// end writes the rows that are kept.
func (t *tableRows) end() error {
	if len(t.table.rows) == 0 {
		return nil
	}
	if !t.begun {
		t.begun = true
		var numbers []int
		for i := range t.table.rows[0] {
			if !t.texts[i] {
				numbers = append(numbers, i)
			}
		}
		t.table.rightAlign(numbers...)
		t.table.fixed = t.table.widths()
	}
	err := t.table.write(t.w)
	t.table.rows = t.table.rows[:0]
	return err
}

// sqlText is a value in a table or in CSV; null is empty.
func sqlText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// csvRows writes RFC 4180, with the names of the columns first.
type csvRows struct {
	w     *csv.Writer
	named bool
}

func (c *csvRows) row(columns []string, values []any) error {
	if !c.named {
		c.named = true
		if err := c.w.Write(columns); err != nil {
			return err
		}
	}
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = sqlText(v)
	}
	return c.w.Write(cells)
}

func (c *csvRows) end() error {
	c.w.Flush()
	return c.w.Error()
}

// jsonRows writes an object a line, its fields in the order of the columns.
type jsonRows struct {
	w     io.Writer
	names [][]byte // in JSON
}

func (j *jsonRows) row(columns []string, values []any) error {
	if j.names == nil {
		for i, c := range columns {
			if slices.Contains(columns[:i], c) {
				return usagef("sql: two columns %q, want other names (AS) in JSON", c)
			}
			j.names = append(j.names, jsonText(c))
		}
	}
	line := []byte{'{'}
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(append(line, j.names[i]...), ':'), jsonText(v)...)
	}
	_, err := j.w.Write(append(line, '}', '\n'))
	return err
}

func (j *jsonRows) end() error { return nil }

// jsonText is a value in JSON; a number that is not finite is null.
func jsonText(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return []byte("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}
