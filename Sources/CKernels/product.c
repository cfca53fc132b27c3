// The versions of the matrix product, and the choice among them.
#include "CKernels.h"

#include <math.h>
#include <stdlib.h>

// Only the multiply-adds written here are fused: the compiler may not make others of its own.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

// MARK: Portable

#define NAME(f) portable_f32_##f
#define TARGET
#define SCALAR float
#define VECTOR float
#define LANES 1
#define ROWS 6
#define ZERO 0.0f
#define LOAD(p) (*(p))
#define STORE(p, v) (*(p) = (v))
#define BROADCAST(p) (*(p))
#define FMA(a, b, c) fmaf(a, b, c)
#include "product.inc"

#define NAME(f) portable_f64_##f
#define TARGET
#define SCALAR double
#define VECTOR double
#define LANES 1
#define ROWS 6
#define ZERO 0.0
#define LOAD(p) (*(p))
#define STORE(p, v) (*(p) = (v))
#define BROADCAST(p) (*(p))
#define FMA(a, b, c) fma(a, b, c)
#include "product.inc"

#if defined(__x86_64__)
#include <immintrin.h>

// MARK: AVX2 with FMA

#define NAME(f) avx2_f32_##f
#define TARGET __attribute__((target("avx2,fma")))
#define SCALAR float
#define VECTOR __m256
#define LANES 8
#define ROWS 6
#define ZERO _mm256_setzero_ps()
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define BROADCAST(p) _mm256_broadcast_ss(p)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#include "product.inc"

#define NAME(f) avx2_f64_##f
#define TARGET __attribute__((target("avx2,fma")))
#define SCALAR double
#define VECTOR __m256d
#define LANES 4
#define ROWS 6
#define ZERO _mm256_setzero_pd()
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, v) _mm256_storeu_pd(p, v)
#define BROADCAST(p) _mm256_broadcast_sd(p)
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#include "product.inc"

// MARK: AVX-512F

#define NAME(f) avx512_f32_##f
#define TARGET __attribute__((target("avx512f")))
#define SCALAR float
#define VECTOR __m512
#define LANES 16
#define ROWS 12
#define ZERO _mm512_setzero_ps()
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define BROADCAST(p) _mm512_set1_ps(*(p))
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#include "product.inc"

#define NAME(f) avx512_f64_##f
#define TARGET __attribute__((target("avx512f")))
#define SCALAR double
#define VECTOR __m512d
#define LANES 8
#define ROWS 12
#define ZERO _mm512_setzero_pd()
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, v) _mm512_storeu_pd(p, v)
#define BROADCAST(p) _mm512_set1_pd(*(p))
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#include "product.inc"
#endif

#if defined(__aarch64__)
#include <arm_neon.h>

// MARK: arm64

#define NAME(f) neon_f32_##f
#define TARGET
#define SCALAR float
#define VECTOR float32x4_t
#define LANES 4
#define ROWS 12
#define ZERO vdupq_n_f32(0)
#define LOAD(p) vld1q_f32(p)
#define STORE(p, v) vst1q_f32(p, v)
#define BROADCAST(p) vld1q_dup_f32(p)
#define FMA(a, b, c) vfmaq_f32(c, a, b)
#include "product.inc"

#define NAME(f) neon_f64_##f
#define TARGET
#define SCALAR double
#define VECTOR float64x2_t
#define LANES 2
#define ROWS 12
#define ZERO vdupq_n_f64(0)
#define LOAD(p) vld1q_f64(p)
#define STORE(p, v) vst1q_f64(p, v)
#define BROADCAST(p) vld1q_dup_f64(p)
#define FMA(a, b, c) vfmaq_f64(c, a, b)
#include "product.inc"
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

void fn_product_f32(int instruction_set, size_t m, size_t n, size_t k,
                    const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float *c, ptrdiff_t c_row)
{
    switch (instruction_set) {
#if defined(__x86_64__)
    case FN_AVX2: avx2_f32_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row); break;
    case FN_AVX512: avx512_f32_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row); break;
#endif
#if defined(__aarch64__)
    case FN_NEON: neon_f32_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row); break;
#endif
    default: portable_f32_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row);
    }
}

void fn_product_f64(int instruction_set, size_t m, size_t n, size_t k,
                    const double *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const double *b, ptrdiff_t b_row, ptrdiff_t b_column, double *c, ptrdiff_t c_row)
{
    switch (instruction_set) {
#if defined(__x86_64__)
    case FN_AVX2: avx2_f64_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row); break;
    case FN_AVX512: avx512_f64_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row); break;
#endif
#if defined(__aarch64__)
    case FN_NEON: neon_f64_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row); break;
#endif
    default: portable_f64_product(m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row);
    }
}
