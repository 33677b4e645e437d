// Package names knows that tensors of one purpose have other names in other places: a
// training tool wraps the whole model, Hugging Face names each architecture in its own way,
// and llama.cpp's converter has names of its own. [Role] brings them to one; it reads the
// table in table.tsv and knows nothing else of any architecture.
package names
