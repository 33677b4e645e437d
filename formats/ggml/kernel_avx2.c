//go:build cgo && amd64

#pragma STDC FP_CONTRACT OFF

#include "kernel.h"
#include "kernel_vector2.h"

#define NAME(f) f##_avx2

#include "kernel_group.h"

#include "kernel_affine.h"
#include "kernel_symmetric.h"

#include "kernel_round.h"

#include "kernel_plain.h"
