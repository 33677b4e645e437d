// Blocks of 32 with one scale or two: what centred32, affine32 and Q8_0 do without importances in Go.

#define PARTS (32 / LANES)
#define PART for (int i = 0; i < PARTS; i++)

// first returns the number at the first place where m, a mask of all 32, is set; none if it is not.
F float first(const float *x, uint32_t m, float none) { return m ? x[__builtin_ctz(m)] : none; }

// same has the places of v that equal f.
F uint32_t same(const V *v, float f) {
	uint32_t m = 0;
	PART m |= bits(both(within(v[i], all(f)), within(all(f), v[i]))) << i * LANES;
	return m;
}

F float reciprocal(float d) { return d == 0 ? 0 : 1 / d; }

F uint16_t half_bits(const uint8_t *p) {
	uint16_t h;
	memcpy(&h, p, 2);
	return h;
}

// settled is the d to round with: what was computed where it agrees with what is stored.
F float settled(uint8_t *block, float d, int given) {
	uint16_t h = to_half(d);
	if (!given)
		memcpy(block, &h, 2);
	return half_bits(block) == h ? d : half_at(block, 0);
}

F void nibbles(uint8_t *out, const uint8_t *q) {
	for (int i = 0; i < 16; i++)
		out[i] = (q[i] & 15) | q[i + 16] << 4;
}

// fives writes 32 quants of 5 bits.
F void fives(uint8_t *out, const uint8_t *q) {
	__m256i high = _mm256_slli_epi16(_mm256_loadu_si256((const __m256i *)q), 3);
	uint32_t top = _mm256_movemask_epi8(high);
	memcpy(out, &top, 4);
	nibbles(out + 4, q);
}

// cut_quants sets q to v cut to integers in [0, top].
F void cut_quants(uint8_t *q, const V *v, int top) {
	I w[PARTS];
	PART w[i] = between(cut(v[i]), 0, top);
	put(q, w);
	put(q + 16, w + PARTS / 2);
}

F void plain_centred(uint8_t *block, const float *x, int top, int given) {
	V v[PARTS], peak = all(0);
	uint8_t q[32];
	PART v[i] = load(x + i * LANES), peak = most(size_of(v[i]), peak);
	V size[PARTS];
	PART size[i] = size_of(v[i]);
	float most_of = highest(peak);
	float extreme = most_of > 0 ? first(x, same(size, most_of), 0) : 0;
	float inverse = reciprocal(settled(block, extreme / (float)-top, given));
	PART v[i] = add(mul(v[i], all(inverse)), all((float)top + 0.5f));
	cut_quants(q, v, 2 * top - 1);
	if (top == 8)
		nibbles(block + 2, q);
	else
		fives(block + 2, q);
}

F void plain_affine(uint8_t *block, const float *x, int top, int given) {
	V v[PARTS], low = all(3.40282347e38f), high = all(-3.40282347e38f);
	uint8_t q[32];
	PART v[i] = load(x + i * LANES), low = least(v[i], low), high = most(v[i], high);
	float from = lowest(low), to = highest(high);
	from = first(x, same(v, from), from); // -0 or 0
	to = first(x, same(v, to), to);
	float d = (to - from) / (float)top;
	uint16_t h[2] = {to_half(d), to_half(from)};
	if (!given)
		memcpy(block, h, 4);
	if (memcmp(block, h, 4))
		d = half_at(block, 0), from = half_at(block, 2);
	float inverse = reciprocal(d);
	PART v[i] = add(mul(sub(v[i], all(from)), all(inverse)), all(0.5f));
	cut_quants(q, v, top);
	if (top == 15)
		nibbles(block + 4, q);
	else
		fives(block + 4, q);
}

// plain_bytes is Q8_0; it returns 0 for a block with numbers that are not finite, or quants out of bounds.
F int plain_bytes(uint8_t *block, const float *x, int given) {
	V v[PARTS], peak = all(0);
	I w[PARTS];
	uint32_t finite = ((uint32_t)1 << LANES) - 1;
	PART {
		v[i] = load(x + i * LANES);
		finite &= bits(within(size_of(v[i]), all(3.40282347e38f)));
		peak = most(size_of(v[i]), peak);
	}
	if (finite != ((uint32_t)1 << LANES) - 1)
		return 0;
	float size = highest(peak), d = size / 127;
	uint16_t h = to_half(d);
	float inverse = reciprocal(given && half_bits(block) != h ? half_at(block, 0) : d);
	float end = size * inverse;
	if (!(end <= 0x1p30f && end >= -0x1p30f))
		return 0;
	if (!given)
		memcpy(block, &h, 2);
	PART {
		V p = mul(v[i], all(inverse));
		w[i] = between(cut(add(p, with_sign(all(0x1.fffffep-2f), p))), -127, 127);
	}
	put_signed(block + 2, w);
	put_signed(block + 18, w + PARTS / 2);
	return 1;
}

#define PLAIN(size, do) \
	for (int64_t i = 0; i < n; i++) { \
		uint8_t *block = blocks + i * size; \
		const float *v = x + i * 32; \
		do; \
	} \
	break;

TARGET int64_t NAME(dits_plain)(int32_t type, uint8_t *blocks, const float *x, int64_t n, int given) {
	switch (type) {
	case DITS_Q4_0:
		PLAIN(18, plain_centred(block, v, 8, given))
	case DITS_Q5_0:
		PLAIN(22, plain_centred(block, v, 16, given))
	case DITS_Q4_1:
		PLAIN(20, plain_affine(block, v, 15, given))
	case DITS_Q5_1:
		PLAIN(24, plain_affine(block, v, 31, given))
	case DITS_Q8_0:
		PLAIN(34, if (!plain_bytes(block, v, given)) return i)
	}
	return n;
}

TARGET int NAME(dits_nan)(const float *x, int64_t n) {
	for (int64_t at = 0; at < n; at += 32) {
		uint32_t odd = 0;
		PART {
			V v = load(x + at + i * LANES);
			odd |= bits(differ(v, v));
		}
		if (odd)
			return 1;
	}
	return 0;
}
