//go:build cgo && amd64

// Classes and elements together. A round of the entropy coder waits for its
// lookups, one round for the one before; what the classes of a round become does not,
// so that it is done in that time.

#include "kernel.h"
#include "kernel_class.h"
#include "kernel_ransstep.h"

// ready says that a round more can be read.
#define READY(lanes) \
	(n - done >= (lanes) && s->pos <= s->end && (s->raw >> 3) + 2 * RAW_BYTES <= s->len)

INLINE AVX2 int64_t delta8(const int vectors, dits_source *src, uint32_t *lane, const uint8_t *in,
	const uint32_t *slots, const uint64_t *spread, const uint8_t *raw, uint16_t *z,
	const uint8_t *tab, const uint16_t *p, int64_t n, uint16_t is_float) {
	const __m256i fl = _mm256_set1_epi16((int16_t)is_float);
	__m256i state[4], sym;
	dits_source copy = *src, *s = &copy;
	uint8_t tok[32];
	int64_t done = 0;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm256_loadu_si256((const __m256i *)(lane + 8 * k));
	for (; READY(8 * vectors); done += 8 * vectors) {
#pragma GCC unroll 4
		for (int k = 0; k < vectors; k++) {
			s->pos += step8(&state[k], &sym, slots, spread, tab + done + 8 * k, in + s->pos);
			pack8(tok + 8 * k, sym);
		}
#pragma GCC unroll 2
		for (int k = 0; k < 8 * vectors; k += 16)
			element16(z + done + k, raw, &s->raw, tok + k, p + done + k, fl);
	}
	for (int k = 0; k < vectors; k++)
		_mm256_storeu_si256((__m256i *)(lane + 8 * k), state[k]);
	*src = copy;
	return done;
}

AVX2 int64_t dits_delta_read_avx2(dits_source *s, uint32_t *state, const uint8_t *in, const uint32_t *slots,
	const uint64_t *spread, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	switch (s->lanes) {
	case 16:
		return delta8(2, s, state, in, slots, spread, raw, z, tab, p, n, is_float);
	case 32:
		return delta8(4, s, state, in, slots, spread, raw, z, tab, p, n, is_float);
	}
	return 0;
}

INLINE AVX512 int64_t delta16(const int vectors, dits_source *src, uint32_t *lane, const uint8_t *in,
	const uint32_t *slots, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	const __m256i fl = _mm256_set1_epi16((int16_t)is_float);
	__m512i state[2];
	dits_source copy = *src, *s = &copy;
	uint8_t tok[32];
	int64_t done = 0;
	for (int k = 0; k < vectors; k++)
		state[k] = _mm512_loadu_si512(lane + 16 * k);
	for (; READY(16 * vectors); done += 16 * vectors) {
#pragma GCC unroll 2
		for (int k = 0; k < vectors; k++)
			s->pos += step16(&state[k], slots, tok + 16 * k, tab + done + 16 * k, in + s->pos);
#pragma GCC unroll 2
		for (int k = 0; k < vectors; k++)
			element16(z + done + 16 * k, raw, &s->raw, tok + 16 * k, p + done + 16 * k, fl);
	}
	for (int k = 0; k < vectors; k++)
		_mm512_storeu_si512(lane + 16 * k, state[k]);
	*src = copy;
	return done;
}

AVX512 int64_t dits_delta_read_avx512(dits_source *s, uint32_t *state, const uint8_t *in,
	const uint32_t *slots, const uint8_t *raw, uint16_t *z, const uint8_t *tab, const uint16_t *p,
	int64_t n, uint16_t is_float) {
	switch (s->lanes) {
	case 16:
		return delta16(1, s, state, in, slots, raw, z, tab, p, n, is_float);
	case 32:
		return delta16(2, s, state, in, slots, raw, z, tab, p, n, is_float);
	}
	return 0;
}
