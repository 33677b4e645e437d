package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"dits/catalog"
	"dits/repo/object"
)

// resolve sends the file {path} of a commit, or the range of it that is asked for.
func (q *request) resolve() error {
	name := q.PathValue("path")
	if object.CheckPath(name) != nil {
		return object.ErrNoPath
	}
	e, err := q.model.Repo.Lookup(q.commit.Tree, name)
	if err != nil {
		return err
	}
	if e.Mode == object.ModeDir || e.Mode == object.ModeLink {
		return object.ErrNoPath
	}
	file, err := q.model.Repo.ReadFile(e.ID)
	if err != nil {
		return err
	}
	q.describe(name, file)
	if strings.Contains(q.Header.Get("Range"), ",") {
		q.Header.Del("Range") // several at once nobody needs: who asks gets all, as RFC 9110 (14.2) has it
	}
	c := &content{ctx: q.Context(), q: q, file: file}
	defer c.Close()
	http.ServeContent(q.w, q.Request, "", time.Time{}, c)
	if c.err == nil && c.sent > 0 && q.Context().Err() == nil && q.w.Header().Get("Content-Range") != "" {
		q.server.readOn(q.model, file, c.at-c.sent, c.at)
	}
	if c.err != nil && !errors.Is(c.err, errGone) {
		if q.server.options.Log != nil {
			q.server.options.Log.Error("failed", "path", q.URL.EscapedPath(), "error", c.err.Error())
		}
		panic(http.ErrAbortHandler) // so that nobody takes what was sent for all
	}
	return nil
}

// describe sets the headers of a file.
func (q *request) describe(name string, file catalog.File) {
	tag := fmt.Sprintf(`"%x"`, file.SHA256)
	h := q.w.Header()
	h.Set("X-Repo-Commit", sha(q.commit.ID))
	h.Set("ETag", tag)
	h.Set("X-Linked-Etag", tag)
	h.Set("X-Linked-Size", strconv.FormatInt(file.Layout.Size, 10))
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(name)}))
}

// A content is the bytes of a file, for [http.ServeContent], which seeks to where it reads from. They are decoded from
// there on, as far as its headers say that it will read.
type content struct {
	ctx  context.Context
	q    *request
	file catalog.File
	at   int64

	sent    int64
	pipe    *io.PipeReader // nil: nothing was read since the last seek
	stop    context.CancelFunc
	stopped chan struct{}
	err     error // why no more could be read
}

// Seek implements [io.Seeker].
func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.file.Layout.Size
	}
	if offset < 0 {
		return 0, errors.New("a file starts at 0")
	}
	c.Close()
	c.at = offset
	return offset, nil
}

// Read implements [io.Reader].
func (c *content) Read(p []byte) (int, error) {
	if c.at >= c.file.Layout.Size {
		return 0, io.EOF
	}
	if c.pipe == nil {
		c.start()
	}
	n, err := c.pipe.Read(p)
	c.at += int64(n)
	c.sent += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
		if c.ctx.Err() != nil {
			c.err = errGone
		}
	}
	return n, err
}

// start decodes from where the content is.
func (c *content) start() {
	to := c.file.Layout.Size
	if n, err := strconv.ParseInt(c.q.w.Header().Get("Content-Length"), 10, 64); err == nil {
		to = min(to, c.at+n)
	}
	ctx, stop := context.WithCancel(c.ctx)
	r, w := io.Pipe()
	c.pipe, c.stop, c.stopped = r, stop, make(chan struct{})
	go func(from int64) {
		defer close(c.stopped)
		w.CloseWithError(c.copy(ctx, w, from, to))
	}(c.at)
}

// copy writes bytes [from, to) of the file, as there is memory for them.
func (c *content) copy(ctx context.Context, w io.Writer, from, to int64) error {
	m := c.q.server.metrics
	m.running.Inc()
	defer m.running.Dec()
	return c.q.model.Repo.CopyWithin(ctx, w, c.file, from, to, c.q.server.take)
}

// Close stops the decoding.
func (c *content) Close() {
	if c.pipe != nil {
		c.stop()
		c.pipe.Close()
		<-c.stopped
		c.pipe = nil
	}
}
