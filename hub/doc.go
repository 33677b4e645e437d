// Package hub serves repositories over HTTP to the clients of a model hub, for reading: unchanged huggingface_hub and
// llama.cpp work with HF_ENDPOINT set to it. The API is the one that these two ask for; models are decoded as they are
// sent, range by range.
package hub
