// Package lora checks that one model is another with a low-rank adapter merged, and makes an adapter of a change.
//
// [ReadAdapter] opens an adapter of the file system, [NewAdapter] one whose parts are at hand; [Adapter.Check] compares two
// states with it. [Export] writes the change between two states as an adapter of Hugging Face's peft.
//
// Which tensors pair is decided by the package diff, which names adapters have by formats/names.
package lora
