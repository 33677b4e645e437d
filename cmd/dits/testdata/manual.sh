# Makes, in the current folder, the repository that the examples of docs/manual.md are typed in. FAMILY is the folder
# of real weights. Commits are a second apart, so that their order is known.
set -eu
commit() {
	sleep 1
	dits commit "$@"
}
dits init
dits config user.name "Ada Lovelace"
dits config user.email ada@example.com
cp "$FAMILY/base.safetensors" model.safetensors
cp "$FAMILY/config.json" config.json
dits add .
commit -m "base: llama-8b release weights"
dits switch -c ft-customer
cp "$FAMILY/ft-customer.safetensors" model.safetensors
commit -a -m "ft-customer: 3 epochs on support transcripts"
cp "$FAMILY/adapter_model.safetensors" .
dits add adapter_model.safetensors
commit -m "lora-rank16: customer tone adapter"
dits tag v1-customer-lora
dits tag -m "what the customer runs" v1
dits switch -c lora-merged main
cp "$FAMILY/merged-lora.safetensors" model.safetensors
commit -a -m "merged the tone adapter"
dits switch ft-customer
sleep 1
