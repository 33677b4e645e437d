//go:build cgo && amd64

// Counting of classes by context.

#include <immintrin.h>
#include <string.h>

#include "kernel.h"

// dits_count adds to hist, whose rows have 256 symbols, n classes below 64 in contexts
// below 64. Neighbours are often the same, so that they are counted in turns in two places:
// a count need not wait for the one before.
AVX2 void dits_count(uint32_t *hist, const uint16_t *ctx, const uint8_t *tok, int64_t n) {
	uint32_t counts[2][64 * 64];
	uint16_t index[16];
	int64_t k = 0;
	memset(counts, 0, sizeof counts);
	for (; k + 16 <= n; k += 16) {
		__m256i t = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(tok + k)));
		__m256i c = _mm256_slli_epi16(_mm256_loadu_si256((const __m256i *)(ctx + k)), 6);
		t = _mm256_and_si256(_mm256_or_si256(c, t), _mm256_set1_epi16(64 * 64 - 1));
		_mm256_storeu_si256((__m256i *)index, t);
#pragma GCC unroll 16
		for (int l = 0; l < 16; l++)
			counts[l & 1][index[l]]++;
	}
	for (; k < n; k++)
		counts[0][(ctx[k] << 6 | tok[k]) & (64 * 64 - 1)]++;
	for (int c = 0; c < 64; c++)
		for (int t = 0; t < 64; t++)
			hist[c << 8 | t] += counts[0][c << 6 | t] + counts[1][c << 6 | t];
}
