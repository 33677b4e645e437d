// Rounding with scales given (finish of the K-quants in Go), and the weights of an importance matrix.

// round_affine sets l to (x + offset)/step, rounded into [0, top].
F void round_affine(uint8_t *l, const float *x, int n, float step, float offset, int top) {
	for (int at = 0; at < n; at += 16) {
		I q[16 / LANES];
		for (int i = 0; i < 16 / LANES; i++)
			q[i] = nearest(over(add(load(x + at + i * LANES), all(offset)), all(step)), 0, top);
		put(l + at, q);
	}
}

// round_centred sets l to x/step + top, rounded into [0, 2·top−1].
F void round_centred(uint8_t *l, const float *x, int n, float step, int top) {
	for (int at = 0; at < n; at += 16) {
		I q[16 / LANES];
		for (int i = 0; i < 16 / LANES; i++)
			q[i] = plus(nearest(over(load(x + at + i * LANES), all(step)), -top, 2 * top - 1), top);
		put(l + at, q);
	}
}

F float half_at(const uint8_t *block, int off) {
	uint16_t h;
	memcpy(&h, block + off, 2);
	return from_half(h);
}

// six_bits sets the scale and the offset of group j (unpackSixBit).
F void six_bits(const uint8_t *p, int j, uint8_t *scale, uint8_t *offset) {
	if (j < 4) {
		*scale = p[j] & 63, *offset = p[j + 4] & 63;
	} else {
		*scale = (p[j + 4] & 15) | (p[j - 4] >> 6 << 4);
		*offset = (p[j + 4] >> 4) | (p[j] >> 6 << 4);
	}
}

// round_six rounds what Q4_K and Q5_K have in common.
F int round_six(const uint8_t *block, uint8_t *q, const float *x, int top) {
	float d = half_at(block, 0), dmin = half_at(block, 2);
	int zero = 0;
	for (int j = 0; j < 8; j++) {
		uint8_t scale, offset;
		six_bits(block + 4, j, &scale, &offset);
		float step = d * (float)scale, low = dmin * (float)offset;
		zero |= step == 0 || low != low; // which of two NaNs a sum is, the compiler decides
		round_affine(q + 32 * j, x + 32 * j, 32, step, low, top);
	}
	return zero;
}

F int round_q4k(uint8_t *block, const float *x) {
	uint8_t q[256];
	int zero = round_six(block, q, x, 15);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 32; j++)
			block[16 + 32 * i + j] = q[64 * i + j] | q[64 * i + 32 + j] << 4;
	return zero;
}

F int round_q5k(uint8_t *block, const float *x) {
	uint8_t q[256], top[32] = {0};
	int zero = round_six(block, q, x, 31);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 32; j++) {
			uint8_t low = q[64 * i + j], high = q[64 * i + 32 + j];
			block[48 + 32 * i + j] = (low & 15) | high << 4;
			top[j] |= (low >> 4 | high >> 4 << 1) << 2 * i;
		}
	memcpy(block + 16, top, 32);
	return zero;
}

// two_bits packs as packTwoBits.
F void two_bits(uint8_t *out, const uint8_t *q) {
	for (int h = 0; h < 2; h++)
		for (int l = 0; l < 32; l++) {
			const uint8_t *p = q + 128 * h + l;
			out[32 * h + l] = (p[0] & 3) | (p[32] & 3) << 2 | (p[64] & 3) << 4 | (p[96] & 3) << 6;
		}
}

F int round_q2k(uint8_t *block, const float *x) {
	uint8_t q[256];
	float d = half_at(block, 80), dmin = half_at(block, 82);
	int zero = 0;
	for (int j = 0; j < 16; j++) {
		float step = d * (float)(block[j] & 15), low = dmin * (float)(block[j] >> 4);
		zero |= step == 0 || low != low;
		round_affine(q + 16 * j, x + 16 * j, 16, step, low, 3);
	}
	two_bits(block + 16, q);
	return zero;
}

F int round_q3k(uint8_t *block, const float *x) {
	uint8_t q[256], top[32] = {0}, *packed = block + 96;
	float d = half_at(block, 108);
	int zero = 0;
	for (int j = 0; j < 16; j++) {
		int scale = (packed[j % 8] >> j / 8 * 4 & 15) | (packed[8 + j % 4] >> j / 4 * 2 & 3) << 4;
		float step = d * (float)(scale - 32);
		zero |= step == 0;
		round_centred(q + 16 * j, x + 16 * j, 16, step, 4);
	}
	for (int j = 0; j < 8; j++)
		for (int i = 0; i < 32; i++)
			top[i] |= (q[32 * j + i] >> 2 & 1) << j;
	memcpy(block, top, 32);
	two_bits(block + 32, q);
	return zero;
}

F int round_q6k(uint8_t *block, const float *x) {
	uint8_t q[256];
	float d = half_at(block, 208);
	int zero = 0;
	for (int j = 0; j < 16; j++) {
		float step = d * (float)(int8_t)block[192 + j];
		zero |= step == 0;
		round_centred(q + 16 * j, x + 16 * j, 16, step, 32);
	}
	for (int h = 0; h < 2; h++) {
		const uint8_t *p = q + 128 * h;
		for (int l = 0; l < 64; l++)
			block[64 * h + l] = (p[l] & 15) | p[l + 64] << 4;
		for (int l = 0; l < 32; l++)
			block[128 + 32 * h + l] = p[l] >> 4 | p[l + 32] >> 4 << 2 | p[l + 64] >> 4 << 4 | p[l + 96] >> 4 << 6;
	}
	return zero;
}

#define ROUND(round, size) \
	for (int64_t i = 0; i < n; i++) \
		zeros += zero[i] = round(blocks + i * size, x + i * 256); \
	return zeros;

TARGET int64_t NAME(dits_round)(int32_t type, uint8_t *blocks, const float *x, int64_t n, uint8_t *zero) {
	int64_t zeros = 0;
	switch (type) {
	case DITS_Q2_K:
		ROUND(round_q2k, 84)
	case DITS_Q3_K:
		ROUND(round_q3k, 110)
	case DITS_Q4_K:
		ROUND(round_q4k, 144)
	case DITS_Q5_K:
		ROUND(round_q5k, 176)
	case DITS_Q6_K:
		ROUND(round_q6k, 210)
	}
	return -1;
}

// dits_importance sums the squares of one block a lane.
TARGET void NAME(dits_importance)(float *dst, const float *w, const float *x, int64_t n, float factor) {
	for (int64_t at = 0; at < n; at += LANES) {
		int64_t left = n - at < LANES ? n - at : LANES;
		const float *row[LANES];
		float mean[LANES];
		for (int64_t i = 0; i < LANES; i++)
			row[i] = x + (at + (i < left ? i : left - 1)) * 256;
		V sum = all(0), v[LANES];
		for (int64_t i = 0; i < 256; i += LANES) {
			tile(v, 1, row, i);
			for (int k = 0; k < LANES; k++)
				sum = add(sum, mul(v[k], v[k]));
		}
		store(mean, over(mul(all(factor), sum), all(256)));
		for (int64_t i = 0; i < left; i++)
			for (int64_t k = (at + i) * 256; k < (at + i + 1) * 256; k += LANES) {
				V v = load(x + k);
				store(dst + k, mul(load(w + k), root(add(mul(v, v), all(mean[i])))));
			}
	}
}
