package explore

import (
	"encoding/json"
	"net/url"
)

// mostLayers is how many bytes of layers a report has, of all models together.
const mostLayers = 1 << 20

// layers asks what is worth comparing, and compares it as long as that stays small. A comparison that is too large for
// what is left is not in the report, nor is any after it.
func (r *Report) layers() error {
	left := mostLayers
	for _, m := range r.explorer.models {
		answer, err := r.ask("pairs", url.Values{"model": {m.Name}})
		if err != nil {
			return err
		}
		for _, p := range answer.([]Pair) {
			answer, err := r.explorer.Ask(r.ctx, "layers", p.about(m.Name))
			if err != nil {
				return err
			}
			b, err := json.Marshal(answer)
			if err != nil {
				return err
			}
			if left -= len(b); left < 0 {
				return nil
			}
			r.answers[key("layers", p.about(m.Name))] = b
		}
	}
	return nil
}

// about asks for a pair, as the page does.
func (p Pair) about(model string) url.Values {
	about := url.Values{"model": {model}, "from": {p.From}, "to": {p.To}}
	if p.FromPath == "" {
		about.Set("path", p.Path)
		return about
	}
	about.Set("from_path", p.FromPath)
	about.Set("to_path", p.ToPath)
	return about
}
