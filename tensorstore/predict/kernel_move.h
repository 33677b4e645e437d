// Moving elements by factors. The file that includes this defines the vectors:
// LANES numbers of 32 bits each, TARGET, and the functions used below.
//
// Columns go in steps of two vectors, rows by four: the sums of a step stay in registers, and a
// vector of pairs serves four rows. All sums wrap around, so that their order does not matter.

#define INLINE static inline __attribute__((always_inline))
#define STEP (2 * LANES)
#define SIZE(elem) ((elem) == DITS_F32 ? 4 : 2)

// pair is numbers 2k and 2k+1 of a row of rank numbers; the second of the last is not used when
// there is none, as the one that it is multiplied by is 0.
INLINE int32_t pair(const int16_t *b, int64_t k, int64_t rank) {
	int32_t v;
	if (2 * k + 1 == rank)
		return (uint16_t)b[2 * k];
	memcpy(&v, b + 2 * k, sizeof v);
	return v;
}

// step moves STEP columns of nrows rows.
INLINE TARGET void step(uint8_t *w, const int32_t *pairs, const int16_t *b, int nrows, const dits_move *m, int elem) {
	ints lo[4], hi[4];
	for (int r = 0; r < nrows; r++)
		lo[r] = hi[r] = zero();
	for (int64_t k = 0; 2 * k < m->rank; k++) {
		const int32_t *p = pairs + k * m->stride;
		ints x = load(p), y = load(p + LANES);
		for (int r = 0; r < nrows; r++) {
			ints z = all(pair(b + r * m->rank, k, m->rank));
			lo[r] = sum(lo[r], x, z);
			hi[r] = sum(hi[r], y, z);
		}
	}
	for (int r = 0; r < nrows; r++) {
		uint8_t *at = w + r * m->stride * SIZE(elem);
		floats u = scaled(lo[r], m->scale), v = scaled(hi[r], m->scale);
		if (elem == DITS_BF16)
			move_bf16(at, u, v);
		else if (elem == DITS_F16)
			move_f16(at, u, v);
		else
			move_f32(at, u, v);
	}
}

// steps moves nrows rows.
INLINE TARGET void steps(uint8_t *w, const int32_t *pairs, const int16_t *b, int nrows, const dits_move *m, int elem) {
	for (int64_t j = 0; j + STEP <= m->n; j += STEP)
		step(w + j * SIZE(elem), pairs + j, b, nrows, m, elem);
}

INLINE TARGET void move(uint8_t *w, const int32_t *pairs, const int16_t *b, const dits_move *m, int elem) {
	int64_t row = m->stride * SIZE(elem), i = 0;
	for (; i + 4 <= m->rows; i += 4)
		steps(w + i * row, pairs, b + i * m->rank, 4, m, elem);
	for (; i < m->rows; i++)
		steps(w + i * row, pairs, b + i * m->rank, 1, m, elem);
}

INLINE TARGET void move_any(uint8_t *w, const int32_t *pairs, const int16_t *b, const dits_move *m) {
	if (m->elem == DITS_BF16)
		move(w, pairs, b, m, DITS_BF16);
	else if (m->elem == DITS_F16)
		move(w, pairs, b, m, DITS_F16);
	else
		move(w, pairs, b, m, DITS_F32);
}
