package ggml

// A row is what is known about one type number. elems is 0 for a type that
// upstream removed: its name is known, its files are refused.
type row struct {
	name         string
	elems, bytes int64
}

// rows has one row a type, indexed by its number. Sizes are those of the block
// structs in ggml-common.h, written as sums of their fields; numbers are those
// of enum ggml_type in ggml.h. Never change a row: files on disk name types by
// number. Forks reuse numbers that upstream had not given out yet (one took 42
// for blocks of 128): such a file does not add up and is stored as opaque.
var rows = []row{
	0:  {"F32", 1, 4},
	1:  {"F16", 1, 2},
	2:  {"Q4_0", 32, 2 + 16},
	3:  {"Q4_1", 32, 2 + 2 + 16},
	4:  {name: "Q4_2"},
	5:  {name: "Q4_3"},
	6:  {"Q5_0", 32, 2 + 4 + 16},
	7:  {"Q5_1", 32, 2 + 2 + 4 + 16},
	8:  {"Q8_0", 32, 2 + 32},
	9:  {"Q8_1", 32, 2 + 2 + 32}, // gguf-py says 4 + 4 + 32, the layout of before 2024
	10: {"Q2_K", 256, 16 + 64 + 2 + 2},
	11: {"Q3_K", 256, 32 + 64 + 12 + 2},
	12: {"Q4_K", 256, 2 + 2 + 12 + 128},
	13: {"Q5_K", 256, 2 + 2 + 12 + 32 + 128},
	14: {"Q6_K", 256, 128 + 64 + 16 + 2},
	15: {"Q8_K", 256, 4 + 256 + 32},
	16: {"IQ2_XXS", 256, 2 + 64},
	17: {"IQ2_XS", 256, 2 + 64 + 8},
	18: {"IQ3_XXS", 256, 2 + 64 + 32},
	19: {"IQ1_S", 256, 2 + 32 + 16},
	20: {"IQ4_NL", 32, 2 + 16},
	21: {"IQ3_S", 256, 2 + 64 + 8 + 32 + 4},
	22: {"IQ2_S", 256, 2 + 64 + 8 + 8},
	23: {"IQ4_XS", 256, 2 + 2 + 4 + 128},
	24: {"I8", 1, 1},
	25: {"I16", 1, 2},
	26: {"I32", 1, 4},
	27: {"I64", 1, 8},
	28: {"F64", 1, 8},
	29: {"IQ1_M", 256, 32 + 16 + 8},
	30: {"BF16", 1, 2},
	31: {name: "Q4_0_4_4"},
	32: {name: "Q4_0_4_8"},
	33: {name: "Q4_0_8_8"},
	34: {"TQ1_0", 256, 48 + 4 + 2},
	35: {"TQ2_0", 256, 64 + 2},
	36: {name: "IQ4_NL_4_4"},
	37: {name: "IQ4_NL_4_8"},
	38: {name: "IQ4_NL_8_8"},
	39: {"MXFP4", 32, 1 + 16},
	40: {"NVFP4", 64, 4 + 32},
	41: {"Q1_0", 128, 2 + 16},
	42: {"Q2_0", 64, 2 + 16},
}
