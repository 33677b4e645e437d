package repo

import "strings"

// wrappers are what training tools put before the names of a model's tensors.
var wrappers = []string{"base_model.model.", "module.", "_orig_mod.", "_fsdp_wrapped_module.", "model."}

// roleName is a tensor's name without what tools put before it, so that tensors of one
// role match: "base_model.model.model.layers.0…" is "model.layers.0…" is "layers.0…".
func roleName(name string) string {
	for again := true; again; {
		again = false
		for _, w := range wrappers {
			if rest, ok := strings.CutPrefix(name, w); ok && rest != "" {
				name, again = rest, true
			}
		}
	}
	return name
}

// roleNames are the names that a tensor of the same role may have elsewhere, as far as
// they can be guessed: name itself, and the bare name with the usual wrappers.
func roleNames(name string) []string {
	bare := roleName(name)
	return []string{name, bare, "model." + bare, "base_model.model." + bare, "base_model.model.model." + bare}
}
