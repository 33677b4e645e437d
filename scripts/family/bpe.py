"""Byte-level BPE as GPT-2 has it (Sennrich et al. 2016, Radford et al. 2019), small enough to read.

    tok = train(documents, 512); tok.encode("func main() {"); tok.save("tokenizer.json")

Token 0 is <|endoftext|>, 1..256 are the bytes in GPT-2's order, then one token a merge.
"""
import collections
import json
import re

END = "<|endoftext|>"
# GPT-2's pattern; [^\W\d_] stands for \p{L} and \d for \p{N}, which Python's re does not have.
PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:_|[^\s\w])+|\s+(?!\S)|\s+")


def byte_letters():
    """GPT-2's printable letter of each byte, as a dict in the order of its vocabulary."""
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {b: chr(b) for b in keep}
    for b in range(256):
        letters.setdefault(b, chr(256 + len(letters) - len(keep)))
    return letters


LETTER = byte_letters()


def pieces(text):
    return ("".join(LETTER[b] for b in p.encode()) for p in PIECE.findall(text))


def merge(word, pair):
    """The word (a tuple of symbols) with every occurrence of the pair joined, left to right."""
    out, i = [], 0
    while i < len(word):
        if word[i:i + 2] == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


def train(docs, vocab, words=20_000):
    """A Tokenizer of `vocab` tokens, learnt from the most frequent words of the documents."""
    count = collections.Counter(p for d in docs for p in pieces(d))
    table = {tuple(w): n for w, n in count.most_common(words)}
    merges = []
    while 257 + len(merges) < vocab:
        pairs = collections.Counter()
        for word, n in table.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        table = {merge(w, best) if best[0] in w else w: n for w, n in table.items()}
    return Tokenizer(merges)


class Tokenizer:
    def __init__(self, merges):
        self.merges = merges
        self.tokens = [END, *LETTER.values(), *(a + b for a, b in merges)]
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.rank = {m: i for i, m in enumerate(merges)}
        self.known = {}

    def piece(self, word):
        """The ids of one piece; pieces repeat, so each is merged only once."""
        if word not in self.known:
            symbols = tuple(word)
            while len(symbols) > 1:
                best = min(zip(symbols, symbols[1:]), key=lambda p: self.rank.get(p, len(self.rank)))
                if best not in self.rank:
                    break
                symbols = merge(symbols, best)
            self.known[word] = [self.ids[s] for s in symbols]
        return self.known[word]

    def encode(self, text):
        return [i for p in pieces(text) for i in self.piece(p)]

    def documents(self, docs):
        """The ids of all documents, each ended by token 0."""
        return [i for d in docs for i in (*self.encode(d), 0)]

    def save(self, path):
        """Writes the tokenizer.json of the `tokenizers` library."""
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        end = {"id": 0, "content": END, "single_word": False, "lstrip": False, "rstrip": False,
               "normalized": False, "special": True}
        model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                 "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                 "vocab": self.ids, "merges": [" ".join(m) for m in self.merges]}
        doc = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [end], "normalizer": None,
               "pre_tokenizer": level, "post_processor": None, "decoder": level, "model": model}
        with open(path, "w", encoding="utf-8") as f:
            json.dump(doc, f, ensure_ascii=False, indent=1)
            f.write("\n")


def load(path):
    with open(path, encoding="utf-8") as f:
        return Tokenizer([tuple(m.split(" ")) for m in json.load(f)["model"]["merges"]])
