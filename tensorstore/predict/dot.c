//go:build cgo && amd64

// Sums of low-rank prediction. The products of 16 pairs of numbers are added
// two by two to a vector of 8 sums; those of 8 columns are then added up in a tree
// of horizontal sums, which leaves one column in each lane. All sums wrap around, so
// that their order does not matter.

#include <immintrin.h>
#include <stdint.h>

#include "dot.h"

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

// products is 8 sums, together the scalar product of a and b of rank numbers, a multiple of 8.
INLINE AVX2 __m256i products(const int16_t *a, const int16_t *b, int64_t rank) {
	__m256i sum = _mm256_setzero_si256();
	int64_t k = 0;
	for (; k + 16 <= rank; k += 16) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(a + k));
		__m256i y = _mm256_loadu_si256((const __m256i *)(b + k));
		sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, y));
	}
	if (k < rank) {
		__m128i x = _mm_loadu_si128((const __m128i *)(a + k));
		__m128i y = _mm_loadu_si128((const __m128i *)(b + k));
		sum = _mm256_add_epi32(sum, _mm256_zextsi128_si256(_mm_madd_epi16(x, y)));
	}
	return sum;
}

// columns is the scalar products of 8 columns with b.
INLINE AVX2 __m256i columns(const int16_t *a, const int16_t *b, int64_t rank) {
	__m256i s[8];
	for (int k = 0; k < 8; k++)
		s[k] = products(a + k * rank, b, rank);
	__m256i p = _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
	__m256i q = _mm256_hadd_epi32(_mm256_hadd_epi32(s[4], s[5]), _mm256_hadd_epi32(s[6], s[7]));
	// p has columns 0 to 3 and q 4 to 7, half of each sum in either half.
	return _mm256_add_epi32(_mm256_permute2x128_si256(p, q, 0x20), _mm256_permute2x128_si256(p, q, 0x31));
}

INLINE AVX2 void all(int32_t *sum, const int16_t *a, const int16_t *b, int64_t n, int64_t rank) {
	for (int64_t k = 0; k < n; k += 8)
		_mm256_storeu_si256((__m256i *)(sum + k), columns(a + k * rank, b, rank));
}

AVX2 void dits_dot(int32_t *sum, const int16_t *a, const int16_t *b, int64_t n, int64_t rank) {
	switch (rank) { // the usual ranks, unrolled
	case 8:
		all(sum, a, b, n, 8);
		return;
	case 16:
		all(sum, a, b, n, 16);
		return;
	case 32:
		all(sum, a, b, n, 32);
		return;
	}
	all(sum, a, b, n, rank);
}
