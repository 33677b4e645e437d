// Package names knows that tensors of one purpose have other names in other places: a
// training tool wraps the whole model, Hugging Face names each architecture in its own way,
// and llama.cpp's converter has names of its own. [Role] brings them to one, [PlaceOf] says
// which module of which layer they are, and [Factor] reads those of low-rank adapters. The first
// two read the table in table.tsv and know nothing else of any architecture.
package names
