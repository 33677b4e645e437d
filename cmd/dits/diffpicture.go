package main

import (
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"dits/repo/diff"
	"dits/tensorstore/disk"
)

// pictureOptions say where a diff is to be drawn.
type pictureOptions struct {
	svg, html string // files; "": none
	title     string
	output    func(path string, write func(io.Writer) error) error
}

func (o *pictureOptions) wanted() bool { return o.svg != "" || o.html != "" }

// resolve finds the files from where the command works, and calls the picture as the user called what is compared.
func (o *pictureOptions) resolve(g *globals, words []string) (err error) {
	for _, file := range []*string{&o.svg, &o.html} {
		if *file != "" && err == nil {
			*file, err = g.diskPath(*file)
		}
	}
	if o.title = strings.Join(words, " → "); o.title == "" {
		o.title = "What changed"
	}
	o.output = func(path string, write func(io.Writer) error) error {
		target, err := disk.OutputTarget(path)
		if err != nil {
			return err
		}
		return disk.WriteOutput(target, write)
	}
	return err
}

// draw writes the files.
func (o *pictureOptions) draw(d *diff.Diff) error {
	for as, file := range map[string]string{"svg": o.svg, "html": o.html} {
		if file == "" {
			continue
		}
		p := newPicture(visible(o.title), d)
		if err := o.output(file, func(w io.Writer) error { return p.write(w, as) }); err != nil {
			return err
		}
	}
	return nil
}

// A picture is a diff as heat maps: for each model that changed one for each stack of layers.
type picture struct {
	Title  string
	Maps   []*heatMap
	Width  int // of all, in pixels, as the other measures
	Height int
}

// A heatMap is cells of layers and modules.
type heatMap struct {
	Y       int
	Title   string // "model.safetensors: 226 of 290 tensors changed"; "" of further stacks of a model
	Columns []pictureText
	Rows    []pictureRow
}

type pictureRow struct {
	Y     int
	Label string
	Cells []pictureCell
}

type pictureText struct {
	X    int
	Text string
}

// A pictureCell is a rectangle with what it says, and what it says at a touch.
type pictureCell struct {
	X                   int
	Fill, Ink, Text, Of string
}

// The measures of a picture.
const (
	cellWidth   = 76
	cellHeight  = 24
	letterWidth = 7 // of the font, about
	margin      = 16
)

// shades are ColorBrewer's YlOrRd in eight steps, from the smallest change to the largest.
var shades = []string{"#ffffcc", "#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#b10026"}

const (
	darkShades = 3 // of shades, at their end, on which ink is white
	noChange   = "#f1f1f1"
	noFigure   = "#cccccc"
)

// newPicture draws what changed.
func newPicture(title string, d *diff.Diff) *picture {
	p := &picture{Title: title, Width: letterWidth*textWidth(title) + 2*margin, Height: margin + 2*cellHeight}
	for i := range d.Files {
		f := &d.Files[i]
		if len(f.Layers) == 0 || f.Summary.Same() {
			continue
		}
		name := fmt.Sprintf("%d of %s changed", f.Summary.Unequal()+f.Summary.Reshaped, plural(f.Summary.Tensors, "tensor", "tensors"))
		if of := visible(pathsOf(f)); of != title {
			name = of + ": " + name
		}
		t := newLayerTable(&screen{out: io.Discard}, f.Layers, nil, true)
		for _, s := range t.stacks {
			p.add(name, s, t.largest)
			name = ""
		}
		if len(t.others) > 0 {
			p.add(name, othersAsStack(t.others), t.largest)
		}
	}
	p.Height += margin
	return p
}

// othersAsStack is what is in no layer as a layer of its own.
func othersAsStack(cells []diff.LayerDiff) *stack {
	row := &layerRow{label: "others", last: "others", cells: map[string]diff.LayerDiff{}}
	s := &stack{name: " ", rows: []*layerRow{row}}
	for _, c := range cells {
		s.modules = append(s.modules, c.Module)
		row.cells[c.Module] = c
	}
	return s
}

// add draws a stack below what is there.
func (p *picture) add(title string, s *stack, largest float64) {
	m := &heatMap{Y: p.Height, Title: title}
	if title != "" {
		p.Height += cellHeight
	}
	left := letterWidth * textWidth(s.name)
	for _, r := range s.rows {
		left = max(left, letterWidth*textWidth(r.label))
	}
	left += 2 * margin
	for i, module := range s.modules {
		m.Columns = append(m.Columns, pictureText{left + i*cellWidth + cellWidth/2, module})
	}
	p.Height += cellHeight
	for _, r := range s.rows {
		row := pictureRow{Y: p.Height - m.Y, Label: r.label}
		for i, module := range s.modules {
			if c, ok := r.cells[module]; ok {
				row.Cells = append(row.Cells, newPictureCell(left+i*cellWidth, r.label+" "+module, c, largest))
			}
		}
		m.Rows = append(m.Rows, row)
		p.Height += cellHeight
	}
	p.Height += cellHeight / 2
	p.Width = max(p.Width, left+len(s.modules)*cellWidth+margin, letterWidth*textWidth(title)+2*margin)
	p.Maps = append(p.Maps, m)
}

// newPictureCell is a cell, the redder the nearer it comes to the largest change.
func newPictureCell(x int, of string, c diff.LayerDiff, largest float64) pictureCell {
	cell := pictureCell{X: x, Fill: noChange, Ink: "#777777", Text: cellText(c), Of: of + ": no change"}
	if c.Changed == 0 {
		return cell
	}
	f := float64(c.RelL2)
	cell.Fill, cell.Ink, cell.Of = noFigure, "#000000", of+": "+cell.Text
	if math.IsNaN(f) {
		return cell
	}
	i := len(shades) - 1
	if f < largest {
		i = int(f / largest * float64(len(shades)))
	}
	cell.Fill = shades[i]
	if i >= len(shades)-darkShades {
		cell.Ink = "#ffffff"
	}
	return cell
}

var pictureTemplates = template.Must(template.New("svg").Funcs(template.FuncMap{
	"plus": func(a, b int) int { return a + b },
}).Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="{{.Height}}" viewBox="0 0 {{.Width}} {{.Height}}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="28" font-size="14" font-weight="bold">{{.Title}}</text>
<text x="16" y="46" fill="#555555">relative change ‖ΔW‖/‖W‖ of each module</text>
{{range .Maps}}<g transform="translate(0 {{.Y}})">
{{with .Title}}<text x="16" y="16" font-weight="bold">{{.}}</text>
{{end}}{{$first := index .Rows 0}}{{range .Columns}}<text x="{{.X}}" y="{{plus $first.Y -8}}" text-anchor="middle" font-size="11">{{.Text}}</text>
{{end}}{{range .Rows}}{{$y := .Y}}<text x="16" y="{{plus $y 16}}">{{.Label}}</text>
{{range .Cells}}<g><title>{{.Of}}</title><rect x="{{.X}}" y="{{$y}}" width="74" height="22" fill="{{.Fill}}"/><text x="{{plus .X 37}}" y="{{plus $y 16}}" text-anchor="middle" fill="{{.Ink}}">{{.Text}}</text></g>
{{end}}{{end}}</g>
{{end}}</svg>
`))

var _ = template.Must(pictureTemplates.New("html").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>{{.Title}}</title>
<body style="margin:0">{{template "svg" .}}</body></html>
`))

// write writes the picture as "svg" or "html".
func (p *picture) write(w io.Writer, as string) error {
	return pictureTemplates.ExecuteTemplate(w, as, p)
}
