package upkeep

import (
	"context"
	"errors"
	"fmt"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// Names says what an object names that is no chunk, blob or prediction.
type Names func(k Content, payload []byte) ([]Content, error)

// A Source is a blob that no file has any more, and that is kept for what is decoded from it.
type Source struct {
	Blob  digest.ID
	Of    digest.ID // the blob that needs it, or the first of them
	Bytes int64     // that it takes
}

// A walk finds what is needed by what it starts from, in two stages: what files hold, and then what that is
// decoded from.
type walk struct {
	*census
	ctx     context.Context
	names   Names
	need    need
	looked  func(bytes int64) // told of the bytes of each object that was read
	todo    []wanted
	named   []wanted // predictions, looked at when there is nothing else to do
	sources []Source // that no file has
	second  bool
}

// A wanted content is one that another names.
type wanted struct{ what, by Content }

func (w *walk) want(what, by Content) { w.todo = append(w.todo, wanted{what, by}) }

// start walks from a root as far as files go; run goes on from there.
func (w *walk) start(r Root) error {
	k, found := w.rooted(r, w.counts)
	if !found && r.Optional {
		return nil
	}
	w.want(k, Content{})
	if err := w.runFirst(); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	return nil
}

// rooted is the content that a root is, by which contents there are.
func (c *census) rooted(r Root, has func(Content) bool) (k Content, found bool) {
	for _, kind := range r.Kinds {
		if k = (Content{kind, r.ID}); has(k) {
			return k, true
		}
	}
	return Content{r.Kinds[0], r.ID}, false
}

// counts says that a content has a record.
func (c *census) counts(k Content) bool {
	if len(c.object(k)) > 0 {
		return true
	}
	_, found := c.chunk(k.ID)
	return found && (k.Kind == pack.Chunk || k.Kind == pack.Blob)
}

// run walks until nothing is left to do. What is missing or damaged ends it, but where only what is dead needs it.
func (w *walk) run() error {
	if err := w.runFirst(); err != nil {
		return err
	}
	w.second = true
	for len(w.named) > 0 {
		w.todo, w.named = w.named, nil
		if err := w.runFirst(); err != nil {
			return err
		}
	}
	return nil
}

// runFirst is run but for the predictions that chunks name.
func (w *walk) runFirst() error {
	for len(w.todo) > 0 {
		next := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		if w.ctx.Err() != nil {
			return context.Cause(w.ctx)
		}
		err := w.visit(next)
		if err == nil || w.need == waiting && isAbsent(err) {
			continue
		}
		if next.by.Kind == 0 {
			return err
		}
		return fmt.Errorf("%s %s: %w", next.by.Kind, next.by.ID.Short(), err)
	}
	return nil
}

func (w *walk) visit(x wanted) error {
	if x.what.Kind == pack.Blob {
		return w.blob(x)
	}
	records := w.object(x.what)
	if len(records) == 0 {
		return &tensorstore.UnknownError{Kind: x.what.Kind, ID: x.what.ID}
	}
	if records[0].need >= w.need {
		return nil
	}
	records[0].need = w.need
	return w.each(records, func(payload []byte) error {
		if x.what.Kind == pack.Prediction {
			return w.prediction(x, payload)
		}
		named, err := w.names(x.what, payload)
		for _, k := range named {
			w.want(k, x.what)
		}
		return err
	})
}

// each makes records of an object stay and gives what they hold to visit: one that can be read; of manifests and
// lists, which are not named by what they hold, all that differ, for who is right is not known here.
func (w *walk) each(records []countedObject, visit func(payload []byte) error) error {
	var errs []error
	read := map[uint64]bool{}
	for i := range records {
		o := &records[i]
		if read[o.Sum] || len(read) > 0 && o.Kind != pack.Manifest && o.Kind != pack.Blob {
			continue
		}
		payload, err := w.store.Decoded(o.Location)
		w.looked(o.Len)
		if err == nil {
			err = visit(payload)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		read[o.Sum], o.stays = true, true
	}
	if len(read) == 0 {
		return errors.Join(errs...)
	}
	return nil
}

// prediction needs the blobs that it reads, for the blob that is decoded with it.
func (w *walk) prediction(x wanted, payload []byte) error {
	blobs, err := blobsOf(payload)
	for _, id := range blobs {
		w.want(Content{pack.Blob, id}, x.by)
	}
	return err
}

// blobsOf are the blobs that a prediction reads.
func blobsOf(payload []byte) ([]digest.ID, error) {
	p, err := predict.Unmarshal(payload)
	if err != nil {
		return nil, fmt.Errorf("prediction: %w: %w", tensorstore.ErrCorrupt, err)
	}
	return p.Blobs(), nil
}

// blob needs the chunks of its list, and the chunk of its name.
func (w *walk) blob(x wanted) error {
	lists := w.object(x.what)
	n, found := w.chunk(x.what.ID)
	if len(lists) == 0 && !found {
		return &tensorstore.UnknownError{Kind: pack.Blob, ID: x.what.ID}
	}
	if (len(lists) == 0 || lists[0].need >= w.need) && (!found || w.needs[n] >= w.need) {
		return nil
	}
	var bytes int64
	if found {
		bytes += w.keep(n, x.what)
	}
	if len(lists) > 0 && lists[0].need < w.need {
		lists[0].need = w.need
		err := w.each(lists, func(payload []byte) error { return w.list(x.what, payload, &bytes) })
		if err != nil {
			return err
		}
	}
	if w.second && x.by.Kind == pack.Blob {
		w.sources = append(w.sources, Source{x.what.ID, x.by.ID, bytes})
	}
	return nil
}

func (w *walk) list(blob Content, payload []byte, bytes *int64) error {
	chunks, err := tensorstore.ListedChunks(blob.ID, payload)
	if err != nil {
		return fmt.Errorf("%w: %w", tensorstore.ErrCorrupt, err)
	}
	for _, c := range chunks {
		n, found := w.chunk(c.ID)
		if !found {
			return fmt.Errorf("blob %s: %w", blob.ID.Short(), &tensorstore.UnknownError{Kind: pack.Chunk, ID: c.ID})
		}
		*bytes += w.keep(n, blob)
	}
	return nil
}

// keep makes a chunk of a blob needed: the record that readers take, and what that is decoded with. It returns the
// bytes that are kept by it.
func (w *walk) keep(n int, blob Content) (bytes int64) {
	if w.needs[n] >= w.need {
		return 0
	}
	w.needs[n] = w.need
	records := w.recordsOf(n)
	w.choose(records)
	for _, r := range records {
		if !r.stays {
			continue
		}
		bytes += takes(int64(r.len))
		w.uses(r, blob)
	}
	return bytes
}

// uses makes the prediction of a record needed.
func (w *walk) uses(r countedChunk, blob Content) {
	if r.prediction > 0 && w.asked[r.prediction-1] < w.need {
		w.asked[r.prediction-1] = w.need
		w.named = append(w.named, wanted{Content{pack.Prediction, w.predictions[r.prediction-1]}, blob})
	}
}

// choose lets the record of a chunk stay that readers take: the first that decodes to it. Where none does all stay:
// what is damaged is none of its business.
func (w *walk) choose(records []countedChunk) {
	if len(records) == 1 {
		records[0].stays = true
		return
	}
	for i, r := range records {
		loc, err := w.location(r)
		if err == nil && w.store.VerifyRecord(loc) == nil {
			records[i].stays = true
			return
		}
	}
	for i := range records {
		records[i].stays = true
	}
}
