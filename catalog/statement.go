package catalog

import (
	"errors"
	"strings"
)

// oneStatement makes sure that text is one statement of SQL and no more: SQLite would run
// several, and give the rows of the last.
func oneStatement(text string) error {
	rest := skipBlank(text)
	if rest == "" {
		return errors.New("empty, want a SELECT")
	}
	for rest != "" && rest[0] != ';' {
		rest = skipToken(rest)
	}
	if rest != "" && strings.Trim(skipBlank(rest[1:]), "; \t\r\n") != "" {
		return errors.New("several statements, want one")
	}
	return nil
}

// skipBlank is text after spaces and comments.
func skipBlank(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n\f")
		if !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "/*") {
			return text
		}
		text = skipToken(text)
	}
}

// enclosed are the ends of tokens that may have a semicolon inside, by how they begin.
// A quote that is doubled begins another token, which comes to the same.
var enclosed = []struct{ begin, end string }{
	{"'", "'"}, {`"`, `"`}, {"`", "`"}, {"[", "]"}, {"--", "\n"}, {"/*", "*/"},
}

// skipToken is text, which is not empty, after a quoted token, a comment or one other byte.
func skipToken(text string) string {
	for _, e := range enclosed {
		if body, ok := strings.CutPrefix(text, e.begin); ok {
			_, rest, _ := strings.Cut(body, e.end)
			return rest
		}
	}
	return text[1:]
}
