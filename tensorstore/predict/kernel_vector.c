//go:build cgo && amd64

// Loops over long vectors, written so that compilers make vectors of 8 of them.

#include <string.h>

#include "kernel.h"

#define TARGET __attribute__((target("avx2")))

// number is the float32 with these bits.
static inline float number(uint32_t u) {
	float v;
	memcpy(&v, &u, sizeof v);
	return v;
}

TARGET void dits_subtract_bf16(float *dst, const uint16_t *a, const uint16_t *b, int64_t n) {
	for (int64_t i = 0; i < n; i++) {
		float d = number((uint32_t)a[i] << 16) - number((uint32_t)b[i] << 16);
		uint32_t u;
		memcpy(&u, &d, sizeof u);
		u &= (u & 0x7f800000) == 0x7f800000 ? 0 : ~0u;
		memcpy(dst + i, &u, sizeof u);
	}
}

TARGET void dits_add(float *dst, const float *a, float sign, int64_t n) {
	for (int64_t i = 0; i < n; i++)
		dst[i] += sign * a[i];
}

TARGET double dits_energy(const float *a, int64_t n) {
	double total = 0;
	for (int64_t at = 0; at < n; at += 1024) {
		int64_t len = n - at < 1024 ? n - at : 1024, i = 0;
		float s[32] = {0}, t = 0;
		for (; i + 32 <= len; i += 32)
			for (int k = 0; k < 32; k++)
				s[k] += a[at + i + k] * a[at + i + k];
		for (; i < len; i++)
			t += a[at + i] * a[at + i];
		for (int k = 0; k < 32; k++)
			t += s[k];
		total += t;
	}
	return total;
}
