package catalog

import "strings"

// A View is a table that [Catalog.Ask] can be asked about.
type View struct {
	Name    string       `json:"name"`
	About   string       `json:"about"`
	Columns []ViewColumn `json:"columns"`
	from    []viewPart
}

// A ViewColumn is a column of a [View].
type ViewColumn struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// A viewPart is one SELECT of a view: an expression for each column, and what follows FROM.
type viewPart struct {
	columns []string
	rest    string
}

// Views are all views, in the order in which they are listed.
func Views() []View { return views }

// create is the statement that makes the view. Names without a schema in it would be
// those of other views, which hide the catalog's own tables: those are all main.…
func (v View) create() string {
	var b strings.Builder
	b.WriteString("CREATE TEMP VIEW " + v.Name + " (")
	for i, c := range v.Columns {
		b.WriteString(separator(i, ", ") + c.Name)
	}
	b.WriteString(") AS ")
	for i, p := range v.from {
		b.WriteString(separator(i, " UNION ALL ") + "SELECT " + strings.Join(p.columns, ", ") + " FROM " + p.rest)
	}
	return b.String()
}

// separator is s but before the first.
func separator(i int, s string) string {
	if i == 0 {
		return ""
	}
	return s
}

// hexOf is the digest with the number in a column, which has to name its table, as people write it;
// null has none.
func hexOf(n string) string {
	return "(SELECT lower(hex(id)) FROM main.digests WHERE digests.n = " + n + ")"
}

// view makes a view from its columns, each "name: what it is = expression".
func view(name, about, rest string, columns ...string) View {
	v := View{Name: name, About: about, from: []viewPart{{rest: rest}}}
	for _, c := range columns {
		said, expr, _ := strings.Cut(c, " = ")
		name, about, _ := strings.Cut(said, ": ")
		v.Columns = append(v.Columns, ViewColumn{name, about})
		v.from[0].columns = append(v.from[0].columns, expr)
	}
	return v
}

// and adds the rows of another SELECT.
func (v View) and(rest string, columns ...string) View {
	v.from = append(v.from, viewPart{columns, rest})
	return v
}

// The tables named work.… below are made by fills.go.
var views = []View{
	view("refs", "branches, tags and HEAD", "work.ref r",
		"ref: short name, as main or v1 = r.short",
		"name: full name, as refs/heads/main = r.name",
		"kind: branch, tag, remote or head = r.kind",
		"commit_id: the commit that it leads to = "+hexOf("r.n")),
	view("commits", "commits that a branch or tag leads to",
		"work.reached r CROSS JOIN main.commits c ON c.n = r.n",
		"commit_id: digest of the commit = "+hexOf("c.n"),
		"time: when it was made, UTC, as 2026-11-22T03:26:37Z = strftime('%Y-%m-%dT%H:%M:%SZ', c.sec, 'unixepoch')",
		"author: NAME <MAIL> = c.author",
		"subject: first line of the message = CASE instr(c.message, char(10)) WHEN 0 THEN c.message ELSE substr(c.message, 1, instr(c.message, char(10)) - 1) END",
		"message: all of it = c.message",
		"tree: digest of the folder = "+hexOf("c.tree"),
		"parents: how many parents it has, 2 or more for a merge = (SELECT count(*) FROM main.commit_parents p WHERE p.child = c.n)"),
	view("parents", "the parents of commits",
		"work.reached r CROSS JOIN main.commit_parents p ON p.child = r.n",
		"commit_id: the commit = "+hexOf("p.child"),
		"parent: 1 for the first parent, 2 for what a merge brought in = p.seq + 1",
		"parent_id: the parent = "+hexOf("p.parent")),
	view("history", "which commits belong to which ref",
		`(WITH RECURSIVE h (short, n) AS (SELECT short, n FROM work.ref
			UNION SELECT h.short, p.parent FROM h CROSS JOIN main.commit_parents p ON p.child = h.n) SELECT * FROM h) r CROSS JOIN main.commits c ON c.n = r.n`,
		"ref: short name = r.short",
		"commit_id: a commit that it leads to, however far back = "+hexOf("r.n")),
	view("files", "the files of every commit",
		"work.reached r CROSS JOIN main.commits c ON c.n = r.n CROSS JOIN work.placed p ON p.tree = c.tree LEFT JOIN main.files f ON f.n = p.id",
		"commit_id: the commit = "+hexOf("c.n"),
		"path: where the file is in it = p.path",
		"file: digest of the content = "+hexOf("p.id"),
		"size: bytes = p.size",
		"mode: in octal, as 100644 = printf('%o', p.mode)",
		"format: safetensors, gguf or opaque = f.format",
		"sha256: SHA-256 of the content = lower(hex(f.sha256))"),
	view("tensors", "the tensors of every file content",
		"work.tensor t CROSS JOIN main.names nm ON nm.n = t.name CROSS JOIN work.role ro ON ro.name = t.name",
		"file: digest of the file's content = "+hexOf("t.file"),
		"tensor: its name = nm.name",
		"layer: number of its layer, null outside of layers = ro.layer",
		"module: what it is in its layer, as q_proj or norms = ro.module",
		"dtype: element type = t.dtype",
		"shape: dimensions, outermost first, as 4096,11008 = t.shape",
		"size: bytes = t.len",
		"digest: of its bytes; null if it has none = "+hexOf("t.blob")),
	view("models", "the tensors of every file at every ref",
		`work.ref r CROSS JOIN work.placed p ON p.tree = r.tree CROSS JOIN work.tensor t ON t.file = p.id
			CROSS JOIN main.names nm ON nm.n = t.name CROSS JOIN work.role ro ON ro.name = t.name`,
		"ref: short name = r.short",
		"path: where the file is = p.path",
		"tensor: its name = nm.name",
		"layer: number of its layer, null outside of layers = ro.layer",
		"module: what it is in its layer = ro.module",
		"dtype: element type = t.dtype",
		"shape: dimensions, outermost first = t.shape",
		"size: bytes = t.len",
		"digest: of its bytes; null if it has none = "+hexOf("t.blob"),
		"file: digest of the file's content = "+hexOf("t.file")),
	view("file_changes", "files that differ between a commit and a parent of it",
		"work.moved m",
		"commit_id: the commit = "+hexOf("m.child"),
		"parent: 1 against the first parent, 2 against the second = m.seq + 1",
		"path: of the file = m.path",
		"status: added, removed or modified = CASE WHEN m.before IS NULL THEN 'added' WHEN m.after IS NULL THEN 'removed' ELSE 'modified' END",
		"before: digest of the content in the parent, null if added = "+hexOf("m.before"),
		"after: digest of the content in the commit, null if removed = "+hexOf("m.after")),
	view("changes", "tensors that differ between a commit and a parent of it",
		`work.moved m CROSS JOIN work.tensor b ON b.file = m.after LEFT JOIN work.tensor a ON a.file = m.before AND a.name = b.name
			CROSS JOIN main.names nm ON nm.n = b.name CROSS JOIN work.role ro ON ro.name = b.name
			WHERE a.file IS NULL OR a.blob IS NOT b.blob OR a.dtype <> b.dtype OR a.shape <> b.shape`,
		"commit_id: the commit = "+hexOf("m.child"),
		"parent: 1 against the first parent, 2 against the second = m.seq + 1",
		"path: of the file = m.path",
		"tensor: its name = nm.name",
		"layer: number of its layer, null outside of layers = ro.layer",
		"module: what it is in its layer = ro.module",
		"status: added, removed or changed = CASE WHEN a.file IS NULL THEN 'added' ELSE 'changed' END",
		"size: bytes in the commit, in the parent if removed = b.len",
		"before: digest of its bytes in the parent = "+hexOf("a.blob"),
		"after: digest of its bytes in the commit = "+hexOf("b.blob")).and(
		`work.moved m CROSS JOIN work.tensor a ON a.file = m.before
			CROSS JOIN main.names nm ON nm.n = a.name CROSS JOIN work.role ro ON ro.name = a.name
			WHERE NOT EXISTS (SELECT 1 FROM work.tensor b WHERE b.file = m.after AND b.name = a.name)`,
		hexOf("m.child"), "m.seq + 1", "m.path", "nm.name", "ro.layer", "ro.module", "'removed'", "a.len", hexOf("a.blob"), "NULL"),
	view("added", "what each commit added, as `log --stat` has it",
		"work.reached r CROSS JOIN main.commits c ON c.n = r.n",
		"commit_id: the commit = "+hexOf("c.n"),
		"files: that differ from the first parent = (SELECT count(*) FROM work.moved m WHERE m.child = c.n AND m.seq = 0)",
		"stored_bytes: payload in packs that its files need and its parents' do not = "+addedBytes),
	view("sharing", "tensors that two refs share: same bytes, dtype and shape",
		`work.ref ra CROSS JOIN work.placed pa ON pa.tree = ra.tree CROSS JOIN work.tensor ta ON ta.file = pa.id
			CROSS JOIN work.ref rb ON rb.name <> ra.name CROSS JOIN work.placed pb ON pb.tree = rb.tree
			CROSS JOIN work.tensor tb ON tb.file = pb.id AND tb.blob = ta.blob AND tb.dtype = ta.dtype AND tb.shape = ta.shape
			CROSS JOIN main.names na ON na.n = ta.name CROSS JOIN main.names nb ON nb.n = tb.name`,
		"ref_a: one ref = ra.short",
		"path_a: the file there = pa.path",
		"tensor_a: the tensor's name there = na.name",
		"ref_b: the other ref = rb.short",
		"path_b: the file there = pb.path",
		"tensor_b: the tensor's name there = nb.name",
		"size: bytes = ta.len",
		"digest: of the bytes = "+hexOf("ta.blob")),
	view("chunks", "the pieces that content is stored in",
		`(SELECT n, count(*) AS uses, count(DISTINCT file) AS files FROM (SELECT coalesce(c.chunk, s.blob) AS n, s.file
			FROM main.segments s LEFT JOIN main.blob_chunks c ON c.blob = s.blob) GROUP BY n) u
			CROSS JOIN work.best b ON b.kind = 1 AND b.n = u.n LEFT JOIN work.encoding e ON e.number = b.encoding`,
		"digest: of the decoded bytes = "+hexOf("u.n"),
		"size: bytes decoded = b.raw_len",
		"stored_bytes: payload in its pack = b.len",
		"encoding: raw, zstd, fields, blocks or delta = coalesce(e.name, b.encoding)",
		"depth: how many chunks are decoded before it = b.depth",
		"uses: how often it occurs in files = u.uses",
		"files: distinct file contents that have it = u.files"),
	view("pieces", "which chunks a tensor is made of, in order",
		"work.tensor t CROSS JOIN main.blob_chunks c ON c.blob = t.blob",
		"file: digest of the file's content = "+hexOf("t.file"),
		"digest: of the tensor's bytes = "+hexOf("t.blob"),
		"seq: from 0 = c.seq",
		"chunk: digest of the chunk = "+hexOf("c.chunk"),
		"size: bytes = c.len").and(
		"work.tensor t WHERE t.blob IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.blob_chunks c WHERE c.blob = t.blob)",
		hexOf("t.file"), hexOf("t.blob"), "0", hexOf("t.blob"), "t.len"),
	view("space", "what each file content takes in the store",
		`main.files f LEFT JOIN (SELECT k.file, sum(k.len) AS len FROM work.kept k CROSS JOIN work.owner o
			ON o.kind = k.kind AND o.n = k.n AND o.files = 1 GROUP BY k.file) own ON own.file = f.n`,
		"file: digest of the content = "+hexOf("f.n"),
		"path: where a ref has it, null if none does = (SELECT min(p.path) FROM work.placed p WHERE p.id = f.n)",
		"format: safetensors, gguf or opaque = f.format",
		"size: bytes = f.size",
		"stored_bytes: payload in packs that it needs = (SELECT coalesce(sum(d.len), 0) FROM work.need d WHERE d.file = f.n)",
		"freed_bytes: payload that nothing else needs, not even to decode what was stored against it = coalesce(own.len, 0)"),
}

// addedBytes is the payload that the files of commit c need and those of its parents do not. Files that
// are as in the first parent bring nothing.
const addedBytes = `(SELECT coalesce(sum(x.len), 0) FROM (
		SELECT DISTINCT d.kind, d.n, d.len FROM work.moved m CROSS JOIN work.need d ON d.file = m.after
		WHERE m.child = c.n AND m.seq = 0) x
	WHERE NOT EXISTS (SELECT 1 FROM main.commit_parents p CROSS JOIN main.commits pc ON pc.n = p.parent
		CROSS JOIN work.placed pf ON pf.tree = pc.tree CROSS JOIN work.need pd ON pd.kind = x.kind AND pd.n = x.n AND pd.file = pf.id
		WHERE p.child = c.n))`
