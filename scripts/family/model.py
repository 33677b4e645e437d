"""A llama-style transformer (Touvron et al. 2023): RMSNorm, rotary positions, SwiGLU, tied embeddings.

Its parameters carry the names of LlamaForCausalLM, so state_dict() is what a checkpoint holds. Weights are
[out, in]; the rotary halves are split as in `transformers` (llama.cpp interleaves them: togguf.py permutes).
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 256,
    "intermediate_size": 256,  # rows of 256 for K-quants; more would take the family over its 9 MB
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "vocab_size": 512,
    "max_position_embeddings": 256,
    "hidden_act": "silu",
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "attention_bias": False,
    "mlp_bias": False,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "torch_dtype": "bfloat16",
}


def linear(n, m):
    return nn.Linear(n, m, bias=False)


class RMSNorm(nn.Module):
    def __init__(self, n, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(n)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        d = c["hidden_size"]
        self.heads, self.theta = c["num_attention_heads"], c["rope_theta"]
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (linear(d, d) for _ in range(4))

    def rotate(self, x):
        """Rotary embedding of x [batch, head, position, channel] (Su et al. 2021)."""
        t, d = x.shape[-2:]
        angle = torch.outer(torch.arange(t).float(), self.theta ** (-torch.arange(0, d, 2).float() / d))
        c, s = angle.cos(), angle.sin()
        a, b = x[..., :d // 2], x[..., d // 2:]
        return torch.cat([a * c - b * s, b * c + a * s], -1)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = (p(x).view(n, t, self.heads, -1).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        future = torch.full((t, t), -1e9).triu(1)
        score = self.rotate(q) @ self.rotate(k).transpose(-1, -2) / math.sqrt(d // self.heads)
        return self.o_proj(((score + future).softmax(-1) @ v).transpose(1, 2).reshape(n, t, d))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        d, f = c["hidden_size"], c["intermediate_size"]
        self.gate_proj, self.up_proj, self.down_proj = linear(d, f), linear(d, f), linear(f, d)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn, self.mlp = Attention(c), MLP(c)
        self.input_layernorm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.layers = nn.ModuleList([Layer(c) for _ in range(c["num_hidden_layers"])])
        self.norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, ids):
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class Llama(nn.Module):
    """Logits [batch, position, token] of ids [batch, position]."""

    def __init__(self, c):
        super().__init__()
        self.model = Model(c)

    def forward(self, ids):
        return F.linear(self.model(ids), self.model.embed_tokens.weight)
