//go:build cgo && amd64

// Decoding of symbols, in rounds of all lanes: see kernel_ransstep.h.

#include "kernel.h"
#include "kernel_ransstep.h"

// rounds8 does whole rounds of 8 * vectors lanes.
INLINE AVX2 int64_t rounds8(const int vectors, uint32_t *lane, const uint8_t *in, int64_t *at, int64_t end,
	const uint32_t *slots, const uint64_t *spread, uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m256i state[4], sym;
	int64_t done = 0, pos = *at;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm256_loadu_si256((const __m256i *)(lane + 8 * k));
	for (; n - done >= 8 * vectors && pos <= end; done += 8 * vectors) {
#pragma GCC unroll 4
		for (int k = 0; k < vectors; k++) {
			pos += step8(&state[k], &sym, slots, spread, tab + done + 8 * k, in + pos);
			pack8(tok + done + 8 * k, sym);
		}
	}
	for (int k = 0; k < vectors; k++)
		_mm256_storeu_si256((__m256i *)(lane + 8 * k), state[k]);
	*at = pos;
	return done;
}

AVX2 int64_t dits_rans_read_avx2(uint32_t *state, int64_t lanes, const uint8_t *in, int64_t *pos, int64_t end,
	const uint32_t *slots, const uint64_t *spread, uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 8:
		return rounds8(1, state, in, pos, end, slots, spread, tok, tab, n);
	case 16:
		return rounds8(2, state, in, pos, end, slots, spread, tok, tab, n);
	case 32:
		return rounds8(4, state, in, pos, end, slots, spread, tok, tab, n);
	}
	return 0;
}

// rounds16 does whole rounds of 16 * vectors lanes.
INLINE AVX512 int64_t rounds16(const int vectors, uint32_t *lane, const uint8_t *in, int64_t *at, int64_t end,
	const uint32_t *slots, uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m512i state[2];
	int64_t done = 0, pos = *at;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm512_loadu_si512(lane + 16 * k);
	for (; n - done >= 16 * vectors && pos <= end; done += 16 * vectors) {
#pragma GCC unroll 2
		for (int k = 0; k < vectors; k++)
			pos += step16(&state[k], slots, tok + done + 16 * k, tab + done + 16 * k, in + pos);
	}
	for (int k = 0; k < vectors; k++)
		_mm512_storeu_si512(lane + 16 * k, state[k]);
	*at = pos;
	return done;
}

AVX512 int64_t dits_rans_read_avx512(uint32_t *state, int64_t lanes, const uint8_t *in, int64_t *pos, int64_t end,
	const uint32_t *slots, uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 16:
		return rounds16(1, state, in, pos, end, slots, tok, tab, n);
	case 32:
		return rounds16(2, state, in, pos, end, slots, tok, tab, n);
	}
	return 0;
}

AVX2 void dits_slots(uint32_t *slots, const uint16_t *freq, int64_t n) {
	const __m256i next = _mm256_set1_epi32(8);
	const __m256i first = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	int64_t left = 1 << PROB_BITS;
	for (int64_t k = 0; k < n && left > 0; k++) {
		int64_t f = freq[k] < left ? freq[k] : left, i = 0;
		uint32_t e = (uint32_t)k << 24 | (uint32_t)f << 12;
		__m256i v = _mm256_or_si256(_mm256_set1_epi32((int32_t)e), first);
		for (; i < f && i + 8 <= left; i += 8) { // beyond f the next symbol writes over it
			_mm256_storeu_si256((__m256i *)(slots + i), v);
			v = _mm256_add_epi32(v, next);
		}
		for (; i < f; i++)
			slots[i] = e | (uint32_t)i;
		slots += f, left -= f;
	}
	for (int64_t i = 0; i < left; i++)
		slots[i] = 1 << 12;
}
