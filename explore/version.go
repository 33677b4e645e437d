package explore

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"dits/catalog"
	"dits/tensorstore/digest"
)

// versionOf names what the pages of a sharing are about: what was asked, the rows, and the packs that keep their bytes.
// When one of these changes, numbers of blobs no longer mean the same.
func (e *Explorer) versionOf(of []string, chosen *selection) (string, error) {
	packs := map[string][]catalog.Pack{} // by store
	for _, r := range chosen.rows {
		m := e.models[r.model].Repo
		if _, known := packs[m.StoreDir]; known {
			continue
		}
		var err error
		if packs[m.StoreDir], err = m.Catalog.Packs(); err != nil {
			return "", err
		}
	}
	type row struct {
		Model, Age int
		Path       string
		Refs       []string
		File       digest.ID
	}
	rows := make([]row, len(chosen.rows))
	for i, r := range chosen.rows {
		rows[i] = row{r.model, r.age, r.path, r.refs, r.file}
	}
	b, err := json.Marshal([]any{of, chosen.leftOut, rows, packs})
	return digest.Sum(b).Short(), err
}

// A ChangedError says that a page is no longer one of those before it.
type ChangedError struct{}

func (*ChangedError) Error() string {
	return "what is shown changed meanwhile: ask from the first page on"
}

// A cursor is where a page begins, and of which version of the answer; the zero cursor is the first page of any.
type cursor struct {
	row     int
	version string
}

func (c cursor) String() string { return strconv.Itoa(c.row) + "-" + c.version }

// cursorOf reads ?cursor=, which is what a page before said.
func cursorOf(about url.Values) (cursor, error) {
	text := about.Get("cursor")
	if text == "" {
		return cursor{}, nil
	}
	row, version, ok := strings.Cut(text, "-")
	n, err := strconv.Atoi(row)
	if !ok || err != nil || n < 0 || n > mostRows {
		return cursor{}, &WrongError{"cursor: want next of the page before"}
	}
	return cursor{n, version}, nil
}
