package hub

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

type treeID = digest.ID

// An entry is a file or a folder of a tree.
type entry struct {
	Type string   `json:"type"` // file or directory
	OID  string   `json:"oid"`  // 40 hex digits
	Size int64    `json:"size"`
	Path string   `json:"path"`
	LFS  *lfsInfo `json:"lfs,omitempty"`
}

// An lfsInfo is what Git LFS would say of a file: clients check what they downloaded by its SHA-256.
type lfsInfo struct {
	OID         string `json:"oid"` // SHA-256, 64 hex digits
	SHA256      string `json:"sha256"`
	Size        int64  `json:"size"`
	PointerSize int    `json:"pointerSize"`
}

// entry is what clients are told of a file.
func (m *Model) entry(f object.TreeFile) (entry, error) {
	file, err := m.Repo.ReadFile(f.ID)
	if err != nil {
		return entry{}, fmt.Errorf("%s: %w", f.Path, err)
	}
	return fileEntry(f, file), nil
}

func fileEntry(f object.TreeFile, file catalog.File) entry {
	sum := fmt.Sprintf("%x", file.SHA256)
	pointer := fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", sum, f.Size)
	return entry{"file", sha(f.ID), f.Size, f.Path, &lfsInfo{sum, sum, f.Size, len(pointer)}}
}

// mostEntries is how many entries a page can have.
const mostEntries = 50_000

// tree lists the folder {path} of a commit, with ?recursive=true all below it. What does not fit a page of ?limit= is
// on the next, which a Link header names.
func (q *request) tree() error {
	if q.commit.ID.IsZero() {
		return notFound("RevisionNotFound", "no commit yet")
	}
	ask := q.URL.Query()
	limit, err := limitOf(ask.Get("limit"), q.server.options.Limits.Entries, mostEntries)
	if err != nil {
		return err
	}
	dir := strings.Trim(q.PathValue("path"), "/")
	if dir != "" && object.CheckPath(dir) != nil {
		return object.ErrNoPath
	}
	top, err := q.model.Repo.Lookup(q.commit.Tree, dir)
	if err != nil {
		return err
	}
	if top.Mode != object.ModeDir {
		return object.ErrNoPath
	}
	files, err := q.model.files(top.ID)
	if err != nil {
		return err
	}
	below := dir
	if below != "" {
		below += "/"
	}
	rows := rowsOf(files, below, isTrue(ask.Get("recursive")))
	if cursor := ask.Get("cursor"); cursor != "" {
		i := slices.IndexFunc(rows, func(r row) bool { return r.Path == cursor })
		if i < 0 {
			return wrong("cursor: no such entry in this commit; begin with the first page")
		}
		rows = rows[i+1:]
	}
	if len(rows) > limit {
		rows = rows[:limit]
		q.link("cursor", rows[limit-1].Path)
	}
	told, err := rows.told(q.model)
	if err != nil {
		return err
	}
	return q.write(told)
}

func isTrue(text string) bool { return text == "true" || text == "True" || text == "1" }

// link names the same page but for one value of its query as the next: of the commit that this one is of, wherever its
// branch goes meanwhile.
func (q *request) link(key, value string) {
	ask := q.URL.Query()
	ask.Set(key, value)
	base := "/api/models/" + q.model.Name + "/"
	kind, below, _ := strings.Cut(strings.TrimPrefix(q.URL.Path, base), "/")
	at := base + kind + "/" + sha(q.commit.ID) + strings.TrimPrefix(below, q.PathValue("rev"))
	next := url.URL{Scheme: q.scheme(), Host: q.Host, Path: at, RawQuery: ask.Encode()}
	q.w.Header().Set("Link", fmt.Sprintf("<%s>; rel=\"next\"", next.String()))
}

// scheme is that of the address which the client has of the server: behind a proxy, the proxy's.
func (q *request) scheme() string {
	if q.TLS != nil || strings.EqualFold(q.Header.Get("X-Forwarded-Proto"), "https") {
		return "https"
	}
	return "http"
}
