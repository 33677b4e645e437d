//go:build cgo && amd64

// Decoding of symbols, in rounds of all lanes: see kernel_ransstep.h.

#include "kernel.h"
#include "kernel_ransstep.h"

// rounds8 does whole rounds of 8 * vectors lanes.
INLINE AVX2 int64_t rounds8(const int vectors, const int bits, uint32_t *lane, const uint8_t *in, int64_t *at,
	int64_t end, const uint32_t *slots, const uint64_t *spread, uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m256i state[8], sym;
	int64_t done = 0, pos = *at;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm256_loadu_si256((const __m256i *)(lane + 8 * k));
	for (; n - done >= 8 * vectors && pos <= end; done += 8 * vectors) {
#pragma GCC unroll 8
		for (int k = 0; k < vectors; k++) {
			pos += step8(bits, &state[k], &sym, slots, spread, tab + done + 8 * k, in + pos);
			pack8(tok + done + 8 * k, sym);
		}
	}
	for (int k = 0; k < vectors; k++)
		_mm256_storeu_si256((__m256i *)(lane + 8 * k), state[k]);
	*at = pos;
	return done;
}

#define ROUNDS8(vectors, bits) \
	rounds8(vectors, bits, state, in, pos, end, slots, spread, tok, tab, n)

AVX2 int64_t dits_rans_read_avx2(uint32_t *state, int64_t lanes, int64_t bits, const uint8_t *in, int64_t *pos,
	int64_t end, const uint32_t *slots, const uint64_t *spread, uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 8:
		return bits == 10 ? ROUNDS8(1, 10) : ROUNDS8(1, 12);
	case 16:
		return bits == 10 ? ROUNDS8(2, 10) : ROUNDS8(2, 12);
	case 32:
		return bits == 10 ? ROUNDS8(4, 10) : ROUNDS8(4, 12);
	case 64:
		return bits == 10 ? ROUNDS8(8, 10) : ROUNDS8(8, 12);
	}
	return 0;
}

// rounds16 does whole rounds of 16 * vectors lanes.
INLINE AVX512 int64_t rounds16(const int vectors, const int bits, uint32_t *lane, const uint8_t *in, int64_t *at,
	int64_t end, const uint32_t *slots, uint8_t *tok, const uint8_t *tab, int64_t n) {
	__m512i state[4], sym;
	int64_t done = 0, pos = *at;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm512_loadu_si512(lane + 16 * k);
	for (; n - done >= 16 * vectors && pos <= end; done += 16 * vectors) {
#pragma GCC unroll 4
		for (int k = 0; k < vectors; k++) {
			pos += step16(bits, &state[k], &sym, slots, tab + done + 16 * k, in + pos);
			_mm_storeu_si128((__m128i *)(tok + done + 16 * k), _mm512_cvtepi32_epi8(sym));
		}
	}
	for (int k = 0; k < vectors; k++)
		_mm512_storeu_si512(lane + 16 * k, state[k]);
	*at = pos;
	return done;
}

#define ROUNDS16(vectors, bits) rounds16(vectors, bits, state, in, pos, end, slots, tok, tab, n)

AVX512 int64_t dits_rans_read_avx512(uint32_t *state, int64_t lanes, int64_t bits, const uint8_t *in, int64_t *pos,
	int64_t end, const uint32_t *slots, uint8_t *tok, const uint8_t *tab, int64_t n) {
	switch (lanes) {
	case 16:
		return bits == 10 ? ROUNDS16(1, 10) : ROUNDS16(1, 12);
	case 32:
		return bits == 10 ? ROUNDS16(2, 10) : ROUNDS16(2, 12);
	case 64:
		return bits == 10 ? ROUNDS16(4, 10) : ROUNDS16(4, 12);
	}
	return 0;
}

AVX2 void dits_slots(uint32_t *slots, int64_t entries, const uint16_t *freq, int64_t n) {
	const __m256i next = _mm256_set1_epi32(8);
	const __m256i first = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	int64_t left = entries;
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
