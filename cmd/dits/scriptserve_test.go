package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// serverKey is where Setup keeps the server that serves starts.
const serverKey = "server"

// A scriptServer is dits serve at work.
type scriptServer struct {
	cmd     *exec.Cmd
	stderr  bytes.Buffer
	printed strings.Builder
	lines   *bufio.Scanner // that it has still to print
	stalled []net.Conn
}

// serves ARG...: starts dits serve, on a free port unless ARG has --addr. When it has printed its address that is in
// $URL, and what it printed in the file served.
func serves(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: serves ARG...")
	}
	if !slices.Contains(args, "--addr") {
		args = append([]string{"--addr", "127.0.0.1:0"}, args...)
	}
	s := ts.Value(serverKey).(*scriptServer)
	s.stderr.Reset()
	s.printed.Reset()
	s.cmd = command(ts, context.Background(), append([]string{"dits", "serve"}, args...))
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(s.cmd.Start())
	ts.Defer(func() { _ = s.cmd.Process.Kill() })
	for s.lines = bufio.NewScanner(out); s.lines.Scan(); {
		fmt.Fprintln(&s.printed, s.lines.Text())
		if at, ok := strings.CutPrefix(s.lines.Text(), "HF_ENDPOINT="); ok {
			ts.Setenv("URL", at)
			ts.Setenv("ADDR", strings.TrimPrefix(at, "http://"))
			ts.Check(os.WriteFile(ts.MkAbs("served"), []byte(s.printed.String()), 0o644))
			return
		}
	}
	_ = s.cmd.Wait()
	ts.Fatalf("dits serve printed no address:\n%s", s.stderr.String())
}

// ends CODE SIGNAL...: the server gets the signals, INT or TERM, and ends with that exit status within 5 seconds; -1:
// by the signal. What it said on stderr is in the file log, and all that it printed in the file served.
func ends(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ends CODE SIGNAL...")
	}
	s := ts.Value(serverKey).(*scriptServer)
	for i, name := range args[1:] {
		if i > 0 {
			time.Sleep(200 * time.Millisecond) // two that come at once are one
		}
		ts.Check(s.cmd.Process.Signal(map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}[name]))
	}
	late := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() })
	for s.lines.Scan() {
		fmt.Fprintln(&s.printed, s.lines.Text())
	}
	ts.Check(os.WriteFile(ts.MkAbs("served"), []byte(s.printed.String()), 0o644))
	code := exitCode(s.cmd.Wait())
	if !late.Stop() {
		ts.Fatalf("it did not end in 5 seconds")
	}
	ts.Check(os.WriteFile(ts.MkAbs("log"), s.stderr.Bytes(), 0o644))
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit status %d, want %s:\n%s", code, args[0], s.stderr.String())
	}
}

// fetch [METHOD] STATUS PATH HEADER...: asks the server, and wants that status. What it answers is in the files body
// and head, there a line for each header.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	method := http.MethodGet
	if len(args) > 0 && args[0] == strings.ToUpper(args[0]) && args[0][0] > '9' {
		method, args = args[0], args[1:]
	}
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fetch [METHOD] STATUS PATH HEADER...")
	}
	q, err := http.NewRequest(method, ts.Getenv("URL")+args[1], nil)
	ts.Check(err)
	for _, header := range args[2:] {
		name, value, _ := strings.Cut(header, ": ")
		q.Header.Set(name, value)
	}
	a, err := http.DefaultTransport.RoundTrip(q)
	ts.Check(err)
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	ts.Check(err)
	var head bytes.Buffer
	ts.Check(a.Header.Write(&head))
	ts.Check(os.WriteFile(ts.MkAbs("body"), body, 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("head"), bytes.ReplaceAll(head.Bytes(), []byte("\r"), nil), 0o644))
	if fmt.Sprint(a.StatusCode) != args[0] {
		ts.Fatalf("%s %s: status %d, want %s: %.300s", method, args[1], a.StatusCode, args[0], body)
	}
}

// stall PATH: begins to download, and takes no more than the first bytes.
func stall(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stall PATH")
	}
	at, err := url.Parse(ts.Getenv("URL"))
	ts.Check(err)
	c, err := net.Dial("tcp", at.Host)
	ts.Check(err)
	ts.Defer(func() { c.Close() })
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", args[0], at.Host)
	ts.Check(err)
	_, err = io.ReadFull(c, make([]byte, 1000))
	ts.Check(err)
	s := ts.Value(serverKey).(*scriptServer)
	s.stalled = append(s.stalled, c)
}

// hangup ends the downloads that stall began.
func hangup(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: hangup")
	}
	s := ts.Value(serverKey).(*scriptServer)
	for _, c := range s.stalled {
		c.Close()
	}
	s.stalled = nil
}
