// Groups in lanes: DEPTH vectors of them side by side, so that the sums of one run while those of the
// other wait.

#define DEPTH 2
#define GROUPS (DEPTH * LANES)
#define EACH for (int d = 0; d < DEPTH; d++)

typedef V values[32][DEPTH];

// gather sets v to the numbers of n groups of size, at least one; lanes behind them repeat the last.
F void gather(values v, const float *x, int64_t n, int64_t size) {
	EACH {
		const float *row[LANES];
		for (int64_t i = 0; i < LANES; i++) {
			int64_t g = d * LANES + i;
			row[i] = x + (g < n ? g : n - 1) * size;
		}
		for (int64_t at = 0; at < size; at += LANES)
			tile(&v[at][d], DEPTH, row, at);
	}
}

// scatter writes the lanes of n groups.
F void scatter(float *out, const V *v, int64_t n) {
	float all[GROUPS];
	EACH store(all + d * LANES, v[d]);
	memcpy(out, all, (n < GROUPS ? n : GROUPS) * sizeof *out);
}

// record sets bit i of the groups that m has.
F void record(uint64_t *accepted, uint32_t m, int64_t i) {
	for (; m; m &= m - 1)
		accepted[__builtin_ctz(m)] |= (uint64_t)1 << i;
}

// next takes the lowest bit of each of LANES groups and sets steps to its steps; none where no bit is left.
// It returns the groups that had one.
F uint32_t next_steps(float *steps, uint64_t *rest, const float *from, float none) {
	uint32_t had = 0;
	for (int i = 0; i < LANES; i++) {
		steps[i] = none;
		if (rest[i]) {
			steps[i] = from[__builtin_ctzll(rest[i])];
			rest[i] &= rest[i] - 1;
			had |= (uint32_t)1 << i;
		}
	}
	return had;
}

// A quant is a float between low and low + n. In the usual case it takes no integers: the numbers are
// known to be no larger than FAR, so that adding MAGIC leaves an integer in the low bits.
#define FAR 4194303.0f
#define MAGIC 12582912.0f

F V quant(V v, float low, float n, int exact) {
	if (exact)
		return floats(nearest(v, (int32_t)low, (int32_t)n));
	return sub(least(most(add(v, all(MAGIC)), all(MAGIC + low)), all(MAGIC + low + n)), all(MAGIC));
}
