//go:build cgo && amd64

// Classes and elements together. A round of the entropy coder waits for its
// lookups, one round for the one before; what the classes of a round become does not,
// so that it is done in that time.

#include "kernel.h"
#include "kernel_class.h"
#include "kernel_class512.h"
#include "kernel_ransstep.h"

INLINE AVX2 int64_t delta8(const int vectors, const int bits, dits_source *src, uint32_t *lane, const uint8_t *in,
	const uint32_t *slots, const uint64_t *spread, const uint8_t *raw, uint16_t *z,
	const uint8_t *tab, const uint16_t *p, int64_t n, uint16_t is_float) {
	const __m256i fl = _mm256_set1_epi16((int16_t)is_float);
	const int64_t ahead = vectors / 2 * RAW_BYTES;
	__m256i state[8], sym;
	dits_source copy = *src, *s = &copy;
	uint8_t tok[64];
	int64_t done = 0;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm256_loadu_si256((const __m256i *)(lane + 8 * k));
	for (; n - done >= 8 * vectors && s->pos <= s->end && (s->raw >> 3) + ahead <= s->len; done += 8 * vectors) {
#pragma GCC unroll 8
		for (int k = 0; k < vectors; k++) {
			s->pos += step8(bits, &state[k], &sym, slots, spread, tab + done + 8 * k, in + s->pos);
			pack8(tok + 8 * k, sym);
		}
#pragma GCC unroll 4
		for (int k = 0; k < 8 * vectors; k += 16)
			element16(z + done + k, raw, &s->raw, tok + k, p + done + k, fl);
	}
	for (int k = 0; k < vectors; k++)
		_mm256_storeu_si256((__m256i *)(lane + 8 * k), state[k]);
	*src = copy;
	return done;
}

#define DELTA8(vectors, bits) \
	delta8(vectors, bits, s, state, in, slots, spread, raw, z, tab, p, n, is_float)

AVX2 int64_t dits_delta_read_avx2(dits_source *s, uint32_t *state, const uint8_t *in, const uint32_t *slots,
	const uint64_t *spread, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	switch (s->lanes) {
	case 16:
		return s->bits == 10 ? DELTA8(2, 10) : DELTA8(2, 12);
	case 32:
		return s->bits == 10 ? DELTA8(4, 10) : DELTA8(4, 12);
	case 64:
		return s->bits == 10 ? DELTA8(8, 10) : DELTA8(8, 12);
	}
	return 0;
}

INLINE AVX512 int64_t delta16(const int vectors, const int bits, dits_source *src, uint32_t *lane, const uint8_t *in,
	const uint32_t *slots, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	const __m512i fl = _mm512_set1_epi16((int16_t)is_float);
	__m512i state[4], a, b;
	dits_source copy = *src, *s = &copy;
	int64_t done = 0;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm512_loadu_si512(lane + 16 * k);
	while (n - done >= 16 * vectors && s->pos <= s->end) {
#pragma GCC unroll 2
		for (int k = 0; k < vectors; k += 2, done += 32) {
			s->pos += step16(bits, &state[k], &a, slots, tab + done, in + s->pos);
			s->pos += step16(bits, &state[k + 1], &b, slots, tab + done + 16, in + s->pos);
			__m512i t = _mm512_castsi256_si512(_mm512_cvtepi32_epi16(a));
			t = _mm512_inserti64x4(t, _mm512_cvtepi32_epi16(b), 1);
			element32(z + done, raw, s->len, &s->raw, t, p + done, fl);
		}
	}
	for (int k = 0; k < vectors; k++)
		_mm512_storeu_si512(lane + 16 * k, state[k]);
	*src = copy;
	return done;
}

#define DELTA16(vectors, bits) \
	delta16(vectors, bits, s, state, in, slots, raw, z, tab, p, n, is_float)

AVX512 int64_t dits_delta_read_avx512(dits_source *s, uint32_t *state, const uint8_t *in,
	const uint32_t *slots, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	switch (s->lanes) {
	case 32:
		return s->bits == 10 ? DELTA16(2, 10) : DELTA16(2, 12);
	case 64:
		return s->bits == 10 ? DELTA16(4, 10) : DELTA16(4, 12);
	}
	return 0;
}
