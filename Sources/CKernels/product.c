// The versions of the products, and the choice among them.
#include "CKernels.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

// Only the multiply-adds written here are fused: the compiler may not make others of its own.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#pragma GCC optimize("fp-contract=off")
#define UNROLL _Pragma("GCC unroll 16")
#endif

#include "portable.inc"
#if defined(__x86_64__)
#include "x86.inc"
#elif defined(__aarch64__)
#include "arm64.inc"
#endif

// MARK: The choice

bool fn_can_run(int instruction_set)
{
    switch (instruction_set) {
    case FN_PORTABLE: return true;
#if defined(__x86_64__)
    case FN_AVX2: __builtin_cpu_init(); return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case FN_AVX512: __builtin_cpu_init(); return __builtin_cpu_supports("avx512f");
#endif
#if defined(__aarch64__)
    case FN_NEON: return true;
#endif
    default: return false;
    }
}

const char *fn_forced_instruction_set(void) { return getenv("FUNCTIONAL_NET_ISA"); }

// Calls the version of a function for an instruction set.
#if defined(__x86_64__)
#define CHOOSE(function, ...) \
    switch (instruction_set) { \
    case FN_AVX2: avx2_##function(__VA_ARGS__); break; \
    case FN_AVX512: avx512_##function(__VA_ARGS__); break; \
    default: portable_##function(__VA_ARGS__); \
    }
#elif defined(__aarch64__)
#define CHOOSE(function, ...) \
    if (instruction_set == FN_NEON) neon_##function(__VA_ARGS__); \
    else portable_##function(__VA_ARGS__);
#else
#define CHOOSE(function, ...) portable_##function(__VA_ARGS__);
#endif

void fn_product_f32(int instruction_set, size_t m, size_t n, size_t k,
                    const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float *c, ptrdiff_t c_row)
{
    CHOOSE(f32_product, m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row)
}

void fn_product_f64(int instruction_set, size_t m, size_t n, size_t k,
                    const double *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const double *b, ptrdiff_t b_row, ptrdiff_t b_column, double *c, ptrdiff_t c_row)
{
    CHOOSE(f64_product, m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row)
}

// Returns the value of the version of a function for an instruction set.
#if defined(__x86_64__)
#define VALUE_OF(function, ...) \
    (instruction_set == FN_AVX512 ? avx512_##function(__VA_ARGS__) \
     : instruction_set == FN_AVX2 ? avx2_##function(__VA_ARGS__) : portable_##function(__VA_ARGS__))
#elif defined(__aarch64__)
#define VALUE_OF(function, ...) \
    (instruction_set == FN_NEON ? neon_##function(__VA_ARGS__) : portable_##function(__VA_ARGS__))
#else
#define VALUE_OF(function, ...) portable_##function(__VA_ARGS__)
#endif

bool fn_finished_product_f32(int instruction_set, const struct fn_finished *product)
{
    return VALUE_OF(f32_finished_product, product);
}

bool fn_finished_product_f64(int instruction_set, const struct fn_finished *product)
{
    return VALUE_OF(f64_finished_product, product);
}

bool fn_momentum_product_f32(int instruction_set, const struct fn_momentum *product)
{
    return VALUE_OF(f32_momentum_product, product);
}

bool fn_momentum_product_f64(int instruction_set, const struct fn_momentum *product)
{
    return VALUE_OF(f64_momentum_product, product);
}

void fn_patch_product_f32(int instruction_set, const struct fn_patch_product *product)
{
    CHOOSE(f32_patch_product, product)
}

void fn_patch_product_f64(int instruction_set, const struct fn_patch_product *product)
{
    CHOOSE(f64_patch_product, product)
}

void fn_patch_sums_f32(int instruction_set, const struct fn_patch_sums *sums) { CHOOSE(f32_patch_sums, sums) }
void fn_patch_sums_f64(int instruction_set, const struct fn_patch_sums *sums) { CHOOSE(f64_patch_sums, sums) }

#define LINE_SUMS(SCALAR) \
    enum { LINE = 64 / sizeof(SCALAR) }; \
    for (size_t i = 0; i < count; i++) { \
        SCALAR part[LINE]; \
        for (size_t l = 0; l < LINE; l++) part[l] = lines[i * LINE + l]; \
        for (size_t half = LINE / 2; half > 0; half /= 2) \
            for (size_t l = 0; l < half; l++) part[l] += part[l + half]; \
        sums[i] = part[0]; \
    }

void fn_line_sums_f32(size_t count, const float *lines, float *sums) { LINE_SUMS(float) }
void fn_line_sums_f64(size_t count, const double *lines, double *sums) { LINE_SUMS(double) }

double fn_peak_f32(int instruction_set, size_t rounds) { return VALUE_OF(f32_peak, rounds); }
double fn_peak_f64(int instruction_set, size_t rounds) { return VALUE_OF(f64_peak, rounds); }
