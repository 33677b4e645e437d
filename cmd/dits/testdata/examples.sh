# Makes, in the current folder, what the examples of help speak of: a repository with its history in work/, and
# beside it what they name elsewhere. FAMILY is a folder with a model, a fine-tune, an adapter, a merge and quants.
set -eu
mkdir backup downloads models mnt home
cd work
dits init
cp "$FAMILY/base.safetensors" model.safetensors
cp "$FAMILY/config.json" config.json
cp "$FAMILY/base.safetensors" secret.safetensors
cp "$FAMILY/config.json" removed-long-ago.bin
cp "$FAMILY/adapter_model.safetensors" "$FAMILY/adapter_config.json" .
mkdir -p adapter adapters checkpoints
cp "$FAMILY/adapter_model.safetensors" "$FAMILY/adapter_config.json" adapter
cp -r adapter adapters/tone
cp -r adapter adapters/style
for name in old a b tone checkpoints/1; do cp "$FAMILY/adapter_model.safetensors" $name.safetensors; done
cp "$FAMILY/base.safetensors" base.safetensors
cp "$FAMILY/base-Q4_K_M.gguf" model-Q4_K_M.gguf
cp "$FAMILY/merged-lora.safetensors" merged.safetensors
dits add .
dits commit -m "base weights"
dits rm removed-long-ago.bin base.safetensors merged.safetensors
dits commit -m "less"
echo '{}' > config.json
dits commit -a -m "another configuration"
dits branch lora-merged
dits branch new-branch
dits switch -c ft-customer
cp "$FAMILY/ft-customer.safetensors" model.safetensors
dits commit -a -m "ft-customer: 3 epochs"
dits tag v1-customer-lora
dits tag v1
dits switch lora-merged
cp "$FAMILY/merged-lora.safetensors" model.safetensors
dits commit -a -m "merged"
dits switch main
cp "$FAMILY/config.json" config.json
dits commit -a -m "the configuration as it was"

# What is not added.
cp "$FAMILY/base.safetensors" base.safetensors
cp "$FAMILY/merged-lora.safetensors" merged.safetensors
mkdir -p downloads/llama-8b __pycache__ llama-8b llama-8b-tone
echo 1 > __pycache__/x.pyc
echo "notes of a run" > notes.txt
cp "$FAMILY/base.safetensors" "$FAMILY/config.json" downloads/llama-8b
cp "$FAMILY/base.safetensors" model-2.safetensors
cp "$FAMILY/base.safetensors" llama-8b
cp "$FAMILY/merged-lora.safetensors" llama-8b-tone
cp "$FAMILY/base.safetensors" ../backup/model.safetensors
cp "$FAMILY/base-Q8_0.gguf" ../downloads
mkdir -p ../home/.cache/huggingface/hub
cp "$FAMILY/base.safetensors" ../home/.cache/huggingface/hub
