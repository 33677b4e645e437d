package explore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/url"
	"strings"
	"time"
)

// A Report is the page with answers in it: one file that needs no server and no network.
type Report struct {
	explorer *Explorer
	ctx      context.Context
	answers  map[string]json.RawMessage
}

// reported ask what the page asks for by itself, and what a click on it asks for as far as that stays small.
var reported = []func(*Report) error{
	func(r *Report) error { _, err := r.ask("models", nil); return err },
	(*Report).sharing,
	(*Report).layers,
	(*Report).views,
}

// Collect asks the questions of a report.
func (e *Explorer) Collect(ctx context.Context) (*Report, error) {
	r := &Report{e, ctx, map[string]json.RawMessage{}}
	for _, part := range reported {
		if err := part(r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// ask puts the answer to a question into the report.
func (r *Report) ask(question string, about url.Values) (any, error) {
	answer, err := r.explorer.Ask(r.ctx, question, about)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(answer)
	r.answers[key(question, about)] = b
	return answer, err
}

// key is what the page calls a question, in ask.js: as URLSearchParams writes it.
func key(question string, about url.Values) string {
	if len(about) == 0 {
		return question
	}
	return question + "?" + strings.NewReplacer("%2A", "*", "~", "%7E").Replace(about.Encode())
}

// sharing asks for all rows, in the pages that the page asks for.
func (r *Report) sharing() error {
	about := url.Values{"limit": {fmt.Sprint(usualRows)}}
	for {
		answer, err := r.ask("sharing", about)
		if err != nil {
			return err
		}
		next := answer.(*Sharing).Next
		if next == "" {
			return nil
		}
		about = url.Values{"limit": {fmt.Sprint(usualRows)}, "cursor": {next}}
	}
}

// Write writes the page. title is of the window; made says of what and when the report is.
func (r *Report) Write(w io.Writer, title, made string) error {
	style, err := fs.ReadFile(web, "web/dist/app.css")
	if err != nil {
		return err
	}
	script, err := fs.ReadFile(web, "web/dist/app.js")
	if err != nil {
		return err
	}
	answers, err := json.Marshal(r.answers) // with < as \u003c: no name in it ends the element
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, reportPage, sourceOf(script), sourceOf(style), html.EscapeString(title), style,
		html.EscapeString(made), answers, script)
	return err
}

// sourceOf is what a policy calls the text of an element.
func sourceOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

const reportPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<link rel="icon" href="data:,">
<style>%s</style>
</head>
<body>
<noscript>This page draws with JavaScript.</noscript>
<script type="application/json" id="answers" data-made="%s">%s</script>
<script type="module">%s</script>
</body>
</html>
`

// Made is "made on 2026-11-29 of acme/llama and acme/qwen".
func (e *Explorer) Made(now time.Time) string {
	var names []string
	for _, m := range e.models {
		names = append(names, m.Name)
	}
	of := strings.Join(names, ", ")
	if len(names) > 3 {
		of = fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
	}
	return fmt.Sprintf("made on %s of %s", now.Format(time.DateOnly), of)
}
