package hub

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// guarded lets in who bears the token. A browser asks for a name and a password: the password is the token.
func (s *Server) guarded(next http.Handler) http.Handler {
	if s.options.Token == "" {
		return next
	}
	want := sha256.Sum256([]byte(s.options.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			token = ""
		}
		if _, password, ok := r.BasicAuth(); ok {
			token = password
		}
		got := sha256.Sum256([]byte(token))
		if subtle.ConstantTimeCompare(got[:], want[:]) == 1 || r.URL.Path == "/healthz" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			w.Header().Set("WWW-Authenticate", `Basic realm="dits: any name, and the token as password", charset="UTF-8"`)
		}
		writeError(w, &answerError{http.StatusUnauthorized, "GatedRepo", "this server wants a token: set HF_TOKEN", ""})
	})
}

// inTurn answers when not too many others are being answered.
func (s *Server) inTurn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.lists.Acquire(r.Context(), 1) == nil {
			defer s.lists.Release(1)
			next.ServeHTTP(w, r)
		}
	})
}

// local lets in who asks for this machine by a name that only this machine has. A browser that a page of somebody else's
// has sent here by a name of its own (DNS rebinding) does not.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
		ip := net.ParseIP(strings.Trim(name, "[]"))
		if name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsLoopback() {
			next.ServeHTTP(w, r)
			return
		}
		writeError(w, &answerError{http.StatusForbidden, "", "this server is for its own machine, as localhost; it is for others with a token", ""})
	})
}

// IsLoopback says that only this machine reaches an address.
func IsLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// watched counts each request, and writes a line for it.
func (s *Server) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, c := time.Now(), &counted{ResponseWriter: w, stall: s.options.Limits.StallTime}
		c.until(time.Time{}) // the answer before it on this connection has left one
		defer func() {       // also of an answer that is cut off by a panic
			took := time.Since(began)
			s.metrics.answered(kindOf(r.Pattern), c, took)
			if s.options.Log != nil {
				s.options.Log.Info("request", "from", r.RemoteAddr, "method", r.Method, "path", r.URL.EscapedPath(),
					"range", r.Header.Get("Range"), "status", c.status, "bytes", c.bytes, "cut", c.isCut(r.Method), "ms", took.Milliseconds())
			}
		}()
		next.ServeHTTP(c, r)
	})
}

// kindOf is what is asked for by an address of that pattern: its last fixed part, such as tree, resolve or models.
func kindOf(pattern string) string {
	kind := "other" // also what no pattern fits
	for part := range strings.SplitSeq(pattern, "/") {
		if part != "" && part[0] != '{' && !strings.HasSuffix(part, " ") {
			kind = part
		}
	}
	return kind
}

// A counted writer knows what was answered, and lets go who does not take it.
type counted struct {
	http.ResponseWriter
	stall  time.Duration
	status int
	bytes  int64
	began  time.Time // of the first write
}

func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	c.until(c.deadline())
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// isCut says that less was taken than the answer has.
func (c *counted) isCut(method string) bool {
	n, err := strconv.ParseInt(c.Header().Get("Content-Length"), 10, 64)
	return err == nil && method != http.MethodHead && c.bytes < n
}

// deadline is when the client has to have taken what was written. It moves on as long as something is taken, but for who
// is slower than [slowest] in all: memory is held for him.
func (c *counted) deadline() time.Time {
	now := time.Now()
	if c.began.IsZero() {
		c.began = now
	}
	last := c.began.Add(c.stall + time.Duration(c.bytes/slowest)*time.Second)
	if at := now.Add(c.stall); at.Before(last) {
		return at
	}
	return last
}

// until sets the deadline of writes, where there are any.
func (c *counted) until(at time.Time) {
	_ = http.NewResponseController(c.ResponseWriter).SetWriteDeadline(at)
}

// Unwrap lets deadlines through.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }
