package lora

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A loraConfig is what adapter_config.json says of a LoRA, as Hugging Face's peft reads it (LoraConfig).
type loraConfig struct {
	PeftType          string             `json:"peft_type"`
	Rank              int64              `json:"r"`
	Alpha             float64            `json:"lora_alpha"`
	RSLoRA            bool               `json:"use_rslora"`
	DoRA              bool               `json:"use_dora"`
	FanInFanOut       bool               `json:"fan_in_fan_out"`
	Bias              string             `json:"bias"`
	TargetModules     stringOrList       `json:"target_modules"`
	ExcludeModules    stringOrList       `json:"exclude_modules"`
	ModulesToSave     []string           `json:"modules_to_save"`
	LayersToTransform intOrList          `json:"layers_to_transform"`
	LayersPattern     stringOrList       `json:"layers_pattern"`
	RankPattern       map[string]int64   `json:"rank_pattern"`
	AlphaPattern      map[string]float64 `json:"alpha_pattern"`

	// What changes a merge in ways that are not checked.
	LoRABias         bool            `json:"lora_bias"`
	LayerReplication json.RawMessage `json:"layer_replication"`
	TrainableTokens  json.RawMessage `json:"trainable_token_indices"`
	TargetParameters json.RawMessage `json:"target_parameters"`
	QALoRA           bool            `json:"use_qalora"`

	patterns []*regexp.Regexp // of LayersPattern
	keys     []keyPattern     // of RankPattern and AlphaPattern, the longest first
}

// A keyPattern is a key of a pattern, which is an expression for the end of a module's name.
type keyPattern struct {
	key string
	end *regexp.Regexp
}

// maxMatching bounds the bytes of expressions times the modules that are matched with them: those of real adapters are
// some thousand bytes, or a name for each of some hundred modules.
const maxMatching = 1 << 28

// stringOrList is a string, or a list of strings.
type stringOrList struct {
	text string
	list []string

	whole *regexp.Regexp  // of text
	ends  map[string]bool // the list
}

func (s *stringOrList) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, &s.list)
	}
	return json.Unmarshal(b, &s.text)
}

// intOrList is a number, or a list of numbers; nil for null.
type intOrList []int

func (l *intOrList) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]int)(l))
	}
	var one *int
	if err := json.Unmarshal(b, &one); err != nil || one == nil {
		return err
	}
	*l = intOrList{*one}
	return nil
}

// errAdapter is what every adapter is that cannot be checked.
var errAdapter = errors.New("this adapter cannot be checked")

// parseLoraConfig reads adapter_config.json.
func parseLoraConfig(text []byte) (*loraConfig, error) {
	c := &loraConfig{PeftType: "LORA", Bias: "none"}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, err
	}
	refused := ""
	switch {
	case c.PeftType != "LORA":
		refused = "peft_type " + c.PeftType
	case c.LoRABias:
		refused = "lora_bias"
	case c.QALoRA:
		refused = "use_qalora"
	case isSet(c.LayerReplication):
		refused = "layer_replication"
	case isSet(c.TrainableTokens):
		refused = "trainable_token_indices"
	case isSet(c.TargetParameters):
		refused = "target_parameters"
	case c.DoRA && c.FanInFanOut:
		refused = "use_dora with fan_in_fan_out"
	}
	if refused != "" {
		return nil, fmt.Errorf("%s: %w", refused, errAdapter)
	}
	if c.Rank < 1 || !(math.Abs(c.Alpha) <= math.MaxFloat32) {
		return nil, fmt.Errorf("rank %d, alpha %g: want a rank of at least 1", c.Rank, c.Alpha)
	}
	return c, c.compile()
}

// isSet says that a field has a value other than null and an empty list or object.
func isSet(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "[]", "{}", "false":
		return false
	}
	return true
}

// compile compiles the patterns, so that what Go's regular expressions do not know is refused.
func (c *loraConfig) compile() error {
	for _, p := range append(slices.Clone(c.LayersPattern.list), c.LayersPattern.text) {
		if p == "" {
			continue
		}
		re, err := regexp.Compile(`^.*\.` + p + `\.(\d+)\.`)
		if err != nil {
			return fmt.Errorf("layers_pattern: %w", err)
		}
		c.patterns = append(c.patterns, re)
	}
	if len(c.patterns) == 0 {
		c.patterns = []*regexp.Regexp{regexp.MustCompile(`^.*\.[^.]*\.(\d+)\.`)}
	}
	for _, s := range []*stringOrList{&c.TargetModules, &c.ExcludeModules} {
		if err := s.compile(); err != nil {
			return fmt.Errorf("target_modules: %w", err)
		}
	}
	all := slices.AppendSeq(slices.Collect(maps.Keys(c.RankPattern)), maps.Keys(c.AlphaPattern))
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(b, a)) })
	for _, p := range slices.Compact(all) {
		end, err := regexp.Compile(`^(?:.*\.)?(?:` + p + `)$`)
		if err != nil {
			return fmt.Errorf("rank_pattern and alpha_pattern: %w", err)
		}
		c.keys = append(c.keys, keyPattern{p, end})
	}
	return nil
}

// compile prepares matches.
func (s *stringOrList) compile() (err error) {
	s.ends = make(map[string]bool, len(s.list))
	for _, end := range s.list {
		s.ends[end] = true
	}
	s.whole, err = regexp.Compile(`^(?:` + s.text + `)$`)
	return err
}

// canMatch says that the expressions can be matched with so many modules in a time that somebody would wait for.
func (c *loraConfig) canMatch(modules int) error {
	bytes := len(c.TargetModules.text) + len(c.ExcludeModules.text)
	for _, k := range c.keys {
		bytes += len(k.key)
	}
	if int64(bytes)*int64(modules) > maxMatching {
		return fmt.Errorf("expressions of %d bytes for %d modules: too many: %w", bytes, modules, errAdapter)
	}
	return nil
}

// allLinear is the word for every linear layer but the last.
const allLinear = "all-linear"

// targets says that a module is one to be adapted: check_target_module_exists of peft's tuners_utils.py. The
// name is that in the model, "model.layers.0.self_attn.q_proj".
func (c *loraConfig) targets(module string) bool {
	if c.ExcludeModules.matches(module) {
		return false
	}
	if c.TargetModules.text == allLinear || c.TargetModules.text == "" && c.TargetModules.list == nil {
		return true // by the classes of modules, which no file tells
	}
	return c.TargetModules.matches(module) && (c.TargetModules.text != "" || c.inLayers(module))
}

// matches is peft's match of module names: a whole regular expression, or one of a list by their ends.
func (s stringOrList) matches(module string) bool {
	if s.text != "" {
		return s.whole.MatchString(module)
	}
	for end, more := module, len(s.ends) > 0; more; _, end, more = strings.Cut(end, ".") {
		if s.ends[end] {
			return true
		}
	}
	return false
}

// inLayers says that a module is in one of the layers to transform.
func (c *loraConfig) inLayers(module string) bool {
	if len(c.LayersToTransform) == 0 {
		return true
	}
	for _, re := range c.patterns {
		if m := re.FindStringSubmatch(module); m != nil {
			layer, err := strconv.Atoi(m[1])
			return err == nil && slices.Contains(c.LayersToTransform, layer)
		}
	}
	return false
}

// rank is that of a module.
func (c *loraConfig) rank(module string) int64 {
	return ofPattern(c.keys, c.RankPattern, module, c.Rank)
}

// scale is what the product of a module's factors is multiplied by.
func (c *loraConfig) scale(module string) float64 {
	alpha, rank := ofPattern(c.keys, c.AlphaPattern, module, c.Alpha), float64(c.rank(module))
	if c.RSLoRA {
		return alpha / math.Sqrt(rank)
	}
	return alpha / rank
}

// ofPattern is the value of the pattern that the end of a module's name matches, else the usual one
// (get_pattern_key of peft). Where several match, the longest counts.
func ofPattern[T any](keys []keyPattern, patterns map[string]T, module string, usual T) T {
	for _, k := range keys {
		if v, ok := patterns[k.key]; ok && k.end.MatchString(module) {
			return v
		}
	}
	return usual
}
