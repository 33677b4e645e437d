package catalog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
)

func TestOneStatement(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1":                    "",
		" SELECT 1 ; ":                "",
		"SELECT 1;;":                  "",
		"SELECT ';' AS \"a;b\", [c;]": "",
		"SELECT 'it''s; fine'":        "",
		"SELECT 1 -- ; no\n+ 2":       "",
		"SELECT 1 /* ; */ + 2; -- x":  "",
		"SELECT 1; SELECT 2":          "several statements",
		"SELECT 1; /* x */ DELETE":    "several statements",
		"SELECT 1 -- x\n; SELECT 2":   "several statements",
		"SELECT 'x'; SELECT 'y'":      "several statements",
		"":                            "empty",
		" -- nothing":                 "empty",
		";":                           "",
	} {
		err := oneStatement(text)
		if want == "" {
			require.NoError(t, err, text)
		} else {
			require.ErrorContains(t, err, want, text)
		}
	}
}

// fixtureAsk is a question about the fixture, of which main is at k2 and v1 at k1. Prediction p is
// made from blob b.
func fixtureAsk(query string) Ask {
	return Ask{
		Query: query,
		Refs: []AskRef{
			{"main", "refs/heads/main", "branch", id("k2")},
			{"v1", "refs/tags/v1", "tag", id("k1")},
		},
		Role: func(name string) (int, string) {
			if name == "a.weight" {
				return 3, "q_proj"
			}
			return -1, "other"
		},
		Encodings: map[uint8]string{0: "raw", 1: "zstd", 2: "fields", 3: "delta"},
		Sources: func(prediction digest.ID) ([]digest.ID, error) {
			if prediction != id("p") {
				return nil, fmt.Errorf("prediction %s, want p", prediction)
			}
			return []digest.ID{id("b")}, nil
		},
	}
}

// ask is the rows of an answer, columns apart by a space, with digests as the fixture calls them.
func ask(t *testing.T, c *Catalog, query string) []string {
	t.Helper()
	named := map[string]string{}
	for _, n := range strings.Fields("h1 h2 a0 a1 c1 a b c v1 v2 t1 t2 k0 k1 k2 p run.sh") {
		named[id(n).String()] = n
	}
	var out []string
	a := fixtureAsk(query)
	a.Row = func(_ []string, values []any) error {
		var line []string
		for _, v := range values {
			text := fmt.Sprint(v)
			if n, ok := named[text]; ok {
				text = n
			}
			line = append(line, text)
		}
		out = append(out, strings.Join(line, " "))
		return nil
	}
	require.NoError(t, c.Ask(context.Background(), a), query)
	return out
}

func TestViews(t *testing.T) {
	c := openFixture(t)
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"SELECT ref, name, kind, commit_id FROM refs ORDER BY ref", []string{"main refs/heads/main branch k2", "v1 refs/tags/v1 tag k1"}},
		{"SELECT commit_id, time, subject, tree, parents FROM commits ORDER BY time, subject",
			[]string{"k2 2026-03-01T21:30:00Z step k2 t2 2", "k1 2026-03-01T21:30:00Z step k1 t1 0"}},
		{"SELECT * FROM parents ORDER BY parent", []string{"k2 1 k1", "k2 2 k0"}},
		{"SELECT * FROM history ORDER BY ref, commit_id", []string{"main k1", "main k2", "v1 k1"}},
		{"SELECT commit_id, path, file, size, mode, format FROM files ORDER BY commit_id, path", []string{
			"k1 model.safetensors v1 2600 100644 safetensors", "k1 run.sh run.sh 12 100755 <nil>",
			"k2 model.safetensors v2 2601 100644 safetensors", "k2 run.sh run.sh 12 100755 <nil>"}},
		{"SELECT file, tensor, layer, module, dtype, shape, size, digest FROM tensors WHERE file = (SELECT file FROM tensors WHERE tensor = '') ORDER BY tensor",
			[]string{"v1  <nil> other F8_E4M3  0 <nil>", "v1 a.weight 3 q_proj BF16 10,100 2000 a", "v1 b.bias <nil> other F32 125 500 b", "v1 e\x00\xff <nil> other U8 0,3 0 <nil>"}},
		{"SELECT ref, path, tensor, digest FROM models WHERE module = 'q_proj' ORDER BY ref",
			[]string{"main model.safetensors a.weight c", "v1 model.safetensors a.weight a"}},
		{"SELECT * FROM file_changes ORDER BY commit_id, parent, path", []string{
			"k1 1 model.safetensors added <nil> v1", "k1 1 run.sh added <nil> run.sh",
			"k2 1 model.safetensors modified v1 v2",
			"k2 2 model.safetensors added <nil> v2", "k2 2 run.sh added <nil> run.sh"}},
		{"SELECT tensor, layer, module, status, size, before, after FROM changes WHERE parent = 1 AND status <> 'added' ORDER BY tensor", []string{
			" <nil> other removed 0 <nil> <nil>", "a.weight 3 q_proj changed 2000 a c", "e\x00\xff <nil> other removed 0 <nil> <nil>"}},
		{"SELECT count(*) FROM changes WHERE parent = 1 AND status = 'added'", []string{"4"}},
		// k2: header 95, c1 300, list of c 67, manifest 41, p 33; the rest its parent k1 has.
		{"SELECT * FROM added ORDER BY commit_id", []string{fmt.Sprint("k1 2 ", 90+600+650+500+66+40), fmt.Sprint("k2 1 ", 95+300+67+41+33)}},
		{"SELECT ref_a, tensor_a, ref_b, tensor_b, size, digest FROM sharing WHERE ref_a = 'main'", []string{"main b.bias v1 b.bias 500 b"}},
		{"SELECT digest, size, stored_bytes, encoding, depth, uses, files FROM chunks ORDER BY digest",
			[]string{"a0 1000 600 fields 0 2 2", "a1 1000 650 zstd 0 1 1", "b 500 500 raw 0 2 2", "c1 1000 300 delta 1 1 1", "h1 100 90 zstd 0 1 1", "h2 101 95 zstd 0 1 1"}},
		{"SELECT file, digest, seq, chunk, size FROM pieces ORDER BY file, digest, seq", []string{
			"v1 a 0 a0 1000", "v1 a 1 a1 1000", "v1 b 0 b 500", "v2 b 0 b 500", "v2 c 0 a0 1000", "v2 c 1 c1 1000"}},
	} {
		got := ask(t, c, test.query)
		if strings.Contains(test.query, "digest") || strings.Contains(test.query, "commit_id") { // ordered by digits, not names
			require.ElementsMatch(t, test.want, got, test.query)
			continue
		}
		require.Equal(t, test.want, got, test.query)
	}
}

// Space is freed only of what nothing else needs, sources of predictions included.
func TestSpaceCountsSources(t *testing.T) {
	c := openFixture(t)
	query := "SELECT path, stored_bytes, freed_bytes FROM space ORDER BY stored_bytes"
	v1, v2 := 90+600+650+500+66+40, 95+600+300+500+67+41+33
	require.ElementsMatch(t, []string{
		fmt.Sprint("model.safetensors ", v2, " ", 95+300+67+41+33),
		fmt.Sprint("model.safetensors ", v1, " ", 90+650+66+40),
	}, ask(t, c, query))

	// Were p made from blob a, v2 would need all of a too.
	a := fixtureAsk("SELECT sum(freed_bytes) FROM space")
	a.Sources = func(digest.ID) ([]digest.ID, error) { return []digest.ID{id("a")}, nil }
	var freed any
	a.Row = func(_ []string, values []any) error { freed = values[0]; return nil }
	require.NoError(t, c.Ask(context.Background(), a))
	require.Equal(t, int64(90+40+95+300+67+41+33), freed)
}

// All views can be asked about, and have the columns that they list.
func TestViewsHaveTheirColumns(t *testing.T) {
	c := openFixture(t)
	for _, v := range Views() {
		var want []string
		for _, column := range v.Columns {
			want = append(want, column.Name)
			require.NotEmpty(t, column.About, "%s.%s", v.Name, column.Name)
		}
		a := fixtureAsk("SELECT * FROM " + v.Name)
		rows := 0
		a.Row = func(columns []string, _ []any) error {
			rows++
			require.Equal(t, want, columns, v.Name)
			return nil
		}
		require.NoError(t, c.Ask(context.Background(), a), v.Name)
		require.Positive(t, rows, v.Name)
	}
}

func TestAskOnlyReads(t *testing.T) {
	c := openFixture(t)
	before := dump(t, c)
	for _, query := range []string{
		"DELETE FROM main.files",
		"UPDATE main.commits SET author = 'me'",
		"INSERT INTO main.names VALUES (99, 'x')",
		"INSERT INTO work.ref VALUES ('x', 'x', 'x', 1, 1)",
		"DROP TABLE main.files",
		"CREATE TABLE x (y)",
		"CREATE TEMP TABLE x (y)",
		"ATTACH ':memory:' AS x",
		"DETACH main",
		"PRAGMA query_only = 0",
		"PRAGMA writable_schema = 1",
		"SELECT * FROM pragma_table_info('files')",
		"SELECT * FROM pragma_database_list",
		"SELECT load_extension('x')",
		"SELECT readfile('/etc/passwd')",
		"SELECT writefile('x', 'y')",
		"VACUUM INTO '" + t.TempDir() + "/x'",
		"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x",
		"ANALYZE", "REINDEX",
		"WITH x AS (SELECT 1) DELETE FROM main.files",
		"SELECT 1; DELETE FROM main.files",
		"SELECT zeroblob(1 << 28)",
		"SELECT * FROM digests", "SELECT * FROM main.files", "SELECT * FROM work.ref", "SELECT * FROM role", "SELECT * FROM names",
		"SELECT (SELECT count(*) FROM records) FROM refs", "WITH x AS (SELECT * FROM segments) SELECT * FROM x",
		"SELECT * FROM sqlite_schema", "SELECT * FROM temp.sqlite_temp_schema", "SELECT * FROM main.sqlite_master",
		"SELECT nothing FROM nowhere", "SELEC", "SELECT ?",
	} {
		a := fixtureAsk(query)
		a.Row = func([]string, []any) error { return nil }
		err := c.Ask(context.Background(), a)
		var wrong *QueryError
		require.ErrorAs(t, err, &wrong, query)
	}
	require.Equal(t, before, dump(t, c))
}

// Sorting, collecting and recursion take so much memory and no more, and nothing of the disk.
func TestAskIsBounded(t *testing.T) {
	c := openFixture(t)
	const endless = "WITH RECURSIVE r (n, x) AS (SELECT 1, '' UNION ALL SELECT n + 1, hex(randomblob(2048)) FROM r) "
	for _, query := range []string{
		endless + "SELECT n FROM r ORDER BY x",
		endless + "SELECT count(DISTINCT x) FROM r",
		"WITH RECURSIVE r (n, x) AS (SELECT 1, '' UNION ALL SELECT n + 1, hex(randomblob(2048)) FROM r LIMIT 50000) SELECT length(group_concat(x)) FROM r",
		"WITH RECURSIVE r (x) AS (SELECT '' UNION ALL SELECT a.x || hex(randomblob(2048)) FROM r a, refs) SELECT count(*) FROM r",
	} {
		a := fixtureAsk(query)
		a.Row = func([]string, []any) error { return nil }
		files := temporaryFiles(t)
		var wrong *QueryError
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		err := c.Ask(ctx, a)
		cancel()
		require.ErrorAs(t, err, &wrong, query)
		require.Regexp(t, "more than 256 MiB of memory|too big", err.Error(), query)
		require.Equal(t, files, temporaryFiles(t))
	}
	require.Len(t, ask(t, c, "SELECT ref FROM refs"), 2, "goes on afterwards")
}

// Folders that name each other many times over are refused, and not unfolded; nor does an answer lack what is too much.
func TestAskAboutTreesWithoutEnd(t *testing.T) {
	const dir = 0o40000
	one := []TreeEntry{{Name: "f", Mode: 0o100644, ID: id("v1"), Size: 1}}
	twice := func(below digest.ID) []TreeEntry {
		return []TreeEntry{{Name: "a", Mode: dir, ID: below}, {Name: "b", Mode: dir, ID: below}}
	}
	long := func(below digest.ID) []TreeEntry {
		return []TreeEntry{{Name: strings.Repeat("n", 255), Mode: dir, ID: below}}
	}
	itself := func(digest.ID) []TreeEntry { return twice(id("level 1")) }
	for name, test := range map[string]struct {
		lowest []TreeEntry
		levels int
		of     func(below digest.ID) []TreeEntry
		files  string // that an answer has; "": it is refused
	}{
		"eight files":    {one, 3, twice, "8"},
		"2^24 files":     {one, 24, twice, ""},
		"2^30 files":     {one, 30, twice, ""},
		"2^200 files":    {one, 200, twice, ""},
		"2^30 folders":   {nil, 30, twice, ""},
		"below itself":   {one, 1, itself, ""},
		"a path of 5 MB": {one, 20_000, long, ""},
	} {
		c := openFixture(t)
		update(t, c, func(tx *Tx) error {
			entries := test.lowest
			for level := 0; ; level++ {
				tree := Tree{ID: id(fmt.Sprint("level ", level)), Entries: entries}
				if err := tx.AddTree(tree); err != nil || level == test.levels {
					return errors.Join(err, tx.AddCommit(Commit{ID: id("k2"), Tree: tree.ID, Time: time.Unix(1, 0)}))
				}
				entries = test.of(tree.ID)
			}
		})
		start := time.Now()
		var got []any
		a := fixtureAsk("SELECT count(*) FROM files WHERE commit_id = '" + id("k2").String() + "'")
		a.Row = func(_ []string, values []any) error { got = append(got, fmt.Sprint(values[0])); return nil }
		err := c.Ask(context.Background(), a)
		if test.files == "" {
			require.ErrorContains(t, err, "files and folders in all commits", name)
		} else {
			require.NoError(t, err, name)
			require.Equal(t, []any{test.files}, got, name)
		}
		require.Less(t, time.Since(start), 5*time.Second, name)
	}
}

// temporaryFiles is how many bytes this process has in files that have no name, where that can be told.
func temporaryFiles(t *testing.T) (n int64) {
	t.Helper()
	open, err := filepath.Glob("/proc/self/fd/*")
	require.NoError(t, err)
	for _, fd := range open {
		name, err := os.Readlink(fd)
		if info, serr := os.Stat(fd); err == nil && serr == nil && strings.HasSuffix(name, " (deleted)") {
			n += info.Size()
		}
	}
	return n
}

func TestAskEnds(t *testing.T) {
	c := openFixture(t)
	const endless = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
	t.Run("row", func(t *testing.T) {
		stop := errors.New("enough")
		a := fixtureAsk(endless)
		a.Row = func([]string, []any) error { return stop }
		require.ErrorIs(t, c.Ask(context.Background(), a), stop)
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		why := errors.New("why")
		time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
		a := fixtureAsk("SELECT count(*) FROM (" + endless + ")")
		a.Row = func([]string, []any) error { return nil }
		require.ErrorIs(t, c.Ask(ctx, a), why)
	})
	t.Run("unknown commit", func(t *testing.T) {
		a := fixtureAsk("SELECT * FROM refs")
		a.Refs = append(a.Refs, AskRef{"x", "refs/heads/x", "branch", id("nowhere")})
		a.Row = func([]string, []any) error { return nil }
		require.ErrorIs(t, c.Ask(context.Background(), a), ErrNotFound)
	})
}
