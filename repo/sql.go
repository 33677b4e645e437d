package repo

import (
	"context"
	"strings"

	"dits/catalog"
	"dits/formats/names"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// SQL answers a question over [catalog.Views], which a user asked; row gets the names of the
// columns and each row. See [catalog.Catalog.Ask] for the values and errors.
func (r *Repo) SQL(ctx context.Context, query string, row func(columns []string, values []any) error) error {
	refs, err := r.askRefs()
	if err != nil {
		return err
	}
	reader := lineage.NewStorageReader(r.History)
	return r.Catalog.Ask(ctx, catalog.Ask{
		Query: query,
		Refs:  refs,
		Role: func(name string) (int, string) {
			place := names.PlaceOf(name)
			return place.Layer, place.Module
		},
		Encodings: askEncodings(),
		Sources: func(prediction digest.ID) ([]digest.ID, error) {
			p, err := reader.Prediction(prediction)
			if err != nil {
				return nil, err
			}
			return p.Sources, ctx.Err()
		},
		Row: row,
	})
}

// askRefs are the branches, tags and HEAD, with the commits that they lead to.
func (r *Repo) askRefs() ([]catalog.AskRef, error) {
	refs, err := r.GoodRefs("")
	if err != nil {
		return nil, err
	}
	var out []catalog.AskRef
	for _, ref := range refs {
		id, err := r.Peel(ref.ID)
		if err != nil {
			continue // fsck tells of it
		}
		out = append(out, catalog.AskRef{Short: ref.Short(), Name: ref.Name, Kind: refKind(ref.Name), Commit: id})
	}
	h, err := r.Head()
	if err != nil || h.Commit.IsZero() {
		return out, err
	}
	return append(out, catalog.AskRef{Short: object.HeadName, Name: object.HeadName, Kind: "head", Commit: h.Commit}), nil
}

// refKind is what a ref is, by its full name.
func refKind(name string) string {
	switch {
	case strings.HasPrefix(name, object.BranchPrefix):
		return "branch"
	case strings.HasPrefix(name, object.TagPrefix):
		return "tag"
	}
	return "remote"
}

// askEncodings are the names of all encodings.
func askEncodings() map[uint8]string {
	names := map[uint8]string{}
	for _, e := range []codec.Encoding{codec.Raw, codec.Zstd, codec.Fields, codec.Delta, codec.Blocks} {
		if name, err := lineage.EncodingName(uint8(e)); err == nil {
			names[uint8(e)] = name
		}
	}
	return names
}
