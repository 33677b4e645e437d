package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestPagerCommand: the variables in their order, the empty one and cat, which are none.
func TestPagerCommand(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "less"},
		{map[string]string{"PAGER": "more"}, "more"},
		{map[string]string{"PAGER": "more", "DITS_PAGER": "less -S"}, "less -S"},
		{map[string]string{"PAGER": "more", "DITS_PAGER": ""}, ""},
		{map[string]string{"PAGER": " "}, ""},
		{map[string]string{"PAGER": "cat"}, ""},
		{map[string]string{"PAGER": "cat -n"}, "cat -n"},
	} {
		got := pagerCommand(func(name string) (string, bool) {
			value, set := test.env[name]
			return value, set
		})
		if got != test.want {
			t.Errorf("%v: got %q, want %q", test.env, got, test.want)
		}
	}
}

// TestPagerProcess: words are split here, and the shell reads what only it can.
func TestPagerProcess(t *testing.T) {
	for command, want := range map[string]string{
		"less -S": "less|-S", "less | cat": "sh|-c|less | cat", "'my pager' -x": "sh|-c|'my pager' -x", "A=1 less": "sh|-c|A=1 less",
	} {
		if got := strings.Join(pagerProcess(command).Args, "|"); got != want {
			t.Errorf("%s: got %s, want %s", command, got, want)
		}
	}
}

// TestPagerIsLazy: nothing starts a pager but output.
func TestPagerIsLazy(t *testing.T) {
	s := &screen{out: io.Discard, command: "dits-no-such-pager"}
	s.close()
	if s.pager != nil || s.command == "" {
		t.Error("a pager was started for no output")
	}
}

// TestMissingPager: without the pager output goes on.
func TestMissingPager(t *testing.T) {
	var out, complaint bytes.Buffer
	s := &screen{out: &out, complaints: &complaint, command: "dits-no-such-pager"}
	for range 2 {
		if _, err := io.WriteString(s, "text\n"); err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	if out.String() != "text\ntext\n" || strings.Count(complaint.String(), "dits-no-such-pager") == 0 {
		t.Errorf("got %q, and on stderr %q", out.String(), complaint.String())
	}
}

// TestLeftPager: a pager that ended is told from other errors, and is none in the end.
func TestLeftPager(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	s := &screen{pager: &pager{WriteCloser: w}}
	_, err := io.WriteString(s, "text\n")
	if !errors.Is(err, errQuit) || unlessQuit(err) != nil {
		t.Errorf("got %v", err)
	}
	if unlessQuit(errDifferent) != errDifferent {
		t.Error("another error is gone")
	}
}

// TestVerdict: leaving the pager does not change what was found.
func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		printed  error
		asWanted bool
		want     error
	}{
		{nil, true, nil}, {nil, false, errDifferent}, {errQuit, true, nil}, {errQuit, false, errDifferent},
		{io.ErrShortWrite, true, io.ErrShortWrite}, {io.ErrShortWrite, false, io.ErrShortWrite},
	} {
		if got := verdict(test.printed, test.asWanted); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}
