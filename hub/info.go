package hub

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
)

// A modelInfo is what clients are told of a model. Fields that they want and dits has nothing for are left as they are
// for a model that everybody may read.
type modelInfo struct {
	ID           string    `json:"id"`
	ModelID      string    `json:"modelId"`
	Author       string    `json:"author"`
	SHA          string    `json:"sha,omitempty"`
	LastModified time.Time `json:"lastModified,omitzero"`
	Private      bool      `json:"private"`
	Gated        bool      `json:"gated"`
	Disabled     bool      `json:"disabled"`
	Downloads    int       `json:"downloads"`
	Likes        int       `json:"likes"`
	Tags         []string  `json:"tags"`
	Library      string    `json:"library_name,omitempty"`
	Siblings     []sibling `json:"siblings"`
}

// A sibling is a file of a model.
type sibling struct {
	Name   string   `json:"rfilename"`
	Size   *int64   `json:"size,omitempty"`
	BlobID string   `json:"blobId,omitempty"`
	LFS    *lfsInfo `json:"lfs,omitempty"`
}

// info tells about the model at a revision; with ?blobs=true also the sizes and digests of its files.
func (q *request) info() error {
	info, err := q.model.info(q, q.URL.Query().Get("blobs") == "true")
	if err != nil {
		return err
	}
	return q.write(info)
}

func (m *Model) info(q *request, blobs bool) (*modelInfo, error) {
	owner, _, _ := strings.Cut(m.Name, "/")
	info := &modelInfo{ID: m.Name, ModelID: m.Name, Author: owner, Tags: []string{}, Siblings: []sibling{}}
	if q.commit.ID.IsZero() {
		return info, nil
	}
	info.SHA, info.LastModified = sha(q.commit.ID), q.commit.Time.UTC()
	files, err := m.files(q.commit.Tree)
	if err != nil {
		return nil, err
	}
	formats := map[string]bool{}
	for _, f := range files {
		one := sibling{Name: f.Path}
		if blobs {
			e, err := m.entry(f)
			if err != nil {
				return nil, err
			}
			one.Size, one.BlobID, one.LFS = &e.Size, e.OID, e.LFS
		}
		info.Siblings = append(info.Siblings, one)
		for _, format := range []string{"safetensors", "gguf"} {
			if strings.HasSuffix(f.Path, "."+format) && !formats[format] {
				formats[format] = true
				info.Tags = append(info.Tags, format)
			}
		}
	}
	return info, nil
}

// files are the files of a tree that clients can have: a link says nothing to them.
func (m *Model) files(tree treeID) ([]object.TreeFile, error) {
	all, err := m.Repo.TreeFiles(tree)
	if err != nil {
		return nil, err
	}
	kept := all[:0:0]
	for _, f := range all {
		if f.Mode != object.ModeLink {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

const (
	mostListed = 1000
	fewListed  = 100
)

// list tells which models there are: those whose name has ?search= in it, of ?author=, with the tag of ?filter=, the
// first ?limit= of them.
func (s *Server) list(q *request) error {
	ask := q.URL.Query()
	limit, err := limitOf(ask.Get("limit"), fewListed, mostListed)
	if err != nil {
		return err
	}
	search, filters := strings.ToLower(ask.Get("search")), ask["filter"]
	found := []*modelInfo{}
	for _, m := range s.models {
		owner, _, _ := strings.Cut(m.Name, "/")
		if len(found) == limit || !strings.Contains(strings.ToLower(m.Name), search) ||
			ask.Get("author") != "" && ask.Get("author") != owner {
			continue
		}
		about := &request{Request: q.Request, server: s, w: q.w, model: m}
		id, err := m.resolve(object.HeadName)
		if err == nil {
			about.commit, err = m.Repo.ReadCommit(id)
		}
		if err != nil && !isUnknown(err) {
			return err
		}
		info, err := m.info(about, false)
		if err != nil {
			return err
		}
		if hasAll(info.Tags, filters) {
			if ask.Get("full") != "true" {
				info.Siblings = []sibling{}
			}
			found = append(found, info)
		}
	}
	return q.write(found)
}

// limitOf reads a limit, or is the usual one.
func limitOf(text string, usual, most int) (int, error) {
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, wrong("limit: want a number from 1 on")
	}
	return min(n, most), nil
}

// A refInfo is a branch or a tag.
type refInfo struct {
	Name   string `json:"name"`
	Ref    string `json:"ref"`
	Commit string `json:"targetCommit"`
}

// refs lists branches and tags.
func (q *request) refs() error {
	out := struct {
		Branches []refInfo `json:"branches"`
		Converts []refInfo `json:"converts"`
		Tags     []refInfo `json:"tags"`
	}{[]refInfo{}, []refInfo{}, []refInfo{}}
	all, err := q.model.Repo.GoodRefs(object.RefPrefix)
	if err != nil {
		return err
	}
	for _, ref := range all {
		id, err := q.model.Repo.Peel(ref.ID)
		if err != nil {
			continue // fsck tells of it
		}
		one := refInfo{ref.Short(), ref.Name, sha(id)}
		switch {
		case strings.HasPrefix(ref.Name, object.BranchPrefix):
			out.Branches = append(out.Branches, one)
		case strings.HasPrefix(ref.Name, object.TagPrefix):
			out.Tags = append(out.Tags, one)
		}
	}
	return q.write(out)
}

func hasAll(tags, wanted []string) bool {
	have := map[string]bool{}
	for _, t := range tags {
		have[t] = true
	}
	for _, w := range wanted {
		if !have[w] {
			return false
		}
	}
	return true
}

func isUnknown(err error) bool { return errors.Is(err, refs.ErrUnknownRevision) }
