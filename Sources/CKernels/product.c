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

// MARK: Portable

#define NAME(f) portable_f32_##f
#define TARGET
#define SCALAR float
#define VECTOR float
#define FINISHED fn_finished_f32
#define MOMENTUM fn_momentum_f32
#define LANES 1
#define ROWS 6
#define TALL_1 8
#define TALL_2 4
#define TALL_3 3
#define TALL_4 2
#define ZERO 0.0f
#define LOAD(p) (*(p))
#define STORE(p, v) (*(p) = (v))
#define BROADCAST(p) (*(p))
#define FMA(a, b, c) fmaf(a, b, c)
#define ADD(a, b) ((a) + (b))
#define MUL(a, b) ((a) * (b))
#define FLUSH(v) (fabsf(v) < FLT_MIN ? 0 : (v))
#define RELU(v) ((v) <= 0 ? 0 : (v))
#define WHERE_POSITIVE(m, v) ((m) > 0 ? (v) : 0)
#include "version.inc"

#define NAME(f) portable_f64_##f
#define TARGET
#define SCALAR double
#define VECTOR double
#define FINISHED fn_finished_f64
#define MOMENTUM fn_momentum_f64
#define LANES 1
#define ROWS 6
#define TALL_1 8
#define TALL_2 4
#define TALL_3 3
#define TALL_4 2
#define ZERO 0.0
#define LOAD(p) (*(p))
#define STORE(p, v) (*(p) = (v))
#define BROADCAST(p) (*(p))
#define FMA(a, b, c) fma(a, b, c)
#define ADD(a, b) ((a) + (b))
#define MUL(a, b) ((a) * (b))
#define FLUSH(v) (fabs(v) < DBL_MIN ? 0 : (v))
#define RELU(v) ((v) <= 0 ? 0 : (v))
#define WHERE_POSITIVE(m, v) ((m) > 0 ? (v) : 0)
#include "version.inc"

#if defined(__x86_64__)
#include <immintrin.h>

// MARK: AVX2 with FMA

// Zero where |v| is below the smallest normal number; what is not a number stays.
static inline __attribute__((target("avx2,fma"))) __m256 avx2_f32_flush(__m256 v)
{
    const __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v);
    return _mm256_andnot_ps(_mm256_cmp_ps(magnitude, _mm256_set1_ps(FLT_MIN), _CMP_LT_OQ), v);
}

static inline __attribute__((target("avx2,fma"))) __m256d avx2_f64_flush(__m256d v)
{
    const __m256d magnitude = _mm256_andnot_pd(_mm256_set1_pd(-0.0), v);
    return _mm256_andnot_pd(_mm256_cmp_pd(magnitude, _mm256_set1_pd(DBL_MIN), _CMP_LT_OQ), v);
}

#define NAME(f) avx2_f32_##f
#define TARGET __attribute__((target("avx2,fma")))
#define SCALAR float
#define VECTOR __m256
#define FINISHED fn_finished_f32
#define MOMENTUM fn_momentum_f32
#define LANES 8
#define ROWS 6
#define TALL_1 8
#define TALL_2 4
#define TALL_3 3
#define TALL_4 2
#define ZERO _mm256_setzero_ps()
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define BROADCAST(p) _mm256_broadcast_ss(p)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define ADD(a, b) _mm256_add_ps(a, b)
#define MUL(a, b) _mm256_mul_ps(a, b)
#define FLUSH(v) avx2_f32_flush(v)
#define RELU(v) _mm256_andnot_ps(_mm256_cmp_ps(v, ZERO, _CMP_LE_OQ), v)
#define WHERE_POSITIVE(m, v) _mm256_and_ps(_mm256_cmp_ps(m, ZERO, _CMP_GT_OQ), v)
#include "version.inc"

#define NAME(f) avx2_f64_##f
#define TARGET __attribute__((target("avx2,fma")))
#define SCALAR double
#define VECTOR __m256d
#define FINISHED fn_finished_f64
#define MOMENTUM fn_momentum_f64
#define LANES 4
#define ROWS 6
#define TALL_1 8
#define TALL_2 4
#define TALL_3 3
#define TALL_4 2
#define ZERO _mm256_setzero_pd()
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, v) _mm256_storeu_pd(p, v)
#define BROADCAST(p) _mm256_broadcast_sd(p)
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#define ADD(a, b) _mm256_add_pd(a, b)
#define MUL(a, b) _mm256_mul_pd(a, b)
#define FLUSH(v) avx2_f64_flush(v)
#define RELU(v) _mm256_andnot_pd(_mm256_cmp_pd(v, ZERO, _CMP_LE_OQ), v)
#define WHERE_POSITIVE(m, v) _mm256_and_pd(_mm256_cmp_pd(m, ZERO, _CMP_GT_OQ), v)
#include "version.inc"

// MARK: AVX-512F

static inline __attribute__((target("avx512f"))) __m512 avx512_f32_flush(__m512 v)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(_mm512_abs_ps(v), _mm512_set1_ps(FLT_MIN), _CMP_NLT_UQ), v);
}

static inline __attribute__((target("avx512f"))) __m512d avx512_f64_flush(__m512d v)
{
    return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(_mm512_abs_pd(v), _mm512_set1_pd(DBL_MIN), _CMP_NLT_UQ), v);
}

#define NAME(f) avx512_f32_##f
#define TARGET __attribute__((target("avx512f")))
#define SCALAR float
#define VECTOR __m512
#define FINISHED fn_finished_f32
#define MOMENTUM fn_momentum_f32
#define LANES 16
#define ROWS 12
#define TALL_1 8
#define TALL_2 6
#define TALL_3 4
#define TALL_4 4
#define ZERO _mm512_setzero_ps()
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define BROADCAST(p) _mm512_set1_ps(*(p))
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define ADD(a, b) _mm512_add_ps(a, b)
#define MUL(a, b) _mm512_mul_ps(a, b)
#define FLUSH(v) avx512_f32_flush(v)
#define RELU(v) _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(v, ZERO, _CMP_NLE_UQ), v)
#define WHERE_POSITIVE(m, v) _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(m, ZERO, _CMP_GT_OQ), v)
#include "version.inc"

#define NAME(f) avx512_f64_##f
#define TARGET __attribute__((target("avx512f")))
#define SCALAR double
#define VECTOR __m512d
#define FINISHED fn_finished_f64
#define MOMENTUM fn_momentum_f64
#define LANES 8
#define ROWS 12
#define TALL_1 8
#define TALL_2 6
#define TALL_3 4
#define TALL_4 4
#define ZERO _mm512_setzero_pd()
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, v) _mm512_storeu_pd(p, v)
#define BROADCAST(p) _mm512_set1_pd(*(p))
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#define ADD(a, b) _mm512_add_pd(a, b)
#define MUL(a, b) _mm512_mul_pd(a, b)
#define FLUSH(v) avx512_f64_flush(v)
#define RELU(v) _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(v, ZERO, _CMP_NLE_UQ), v)
#define WHERE_POSITIVE(m, v) _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(m, ZERO, _CMP_GT_OQ), v)
#include "version.inc"
#endif

#if defined(__aarch64__)
#include <arm_neon.h>

// MARK: arm64

static inline float32x4_t neon_f32_flush(float32x4_t v)
{
    const uint32x4_t small = vcltq_f32(vabsq_f32(v), vdupq_n_f32(FLT_MIN));
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(v), small));
}

static inline float64x2_t neon_f64_flush(float64x2_t v)
{
    const uint64x2_t small = vcltq_f64(vabsq_f64(v), vdupq_n_f64(DBL_MIN));
    return vreinterpretq_f64_u64(vbicq_u64(vreinterpretq_u64_f64(v), small));
}

#define NAME(f) neon_f32_##f
#define TARGET
#define SCALAR float
#define VECTOR float32x4_t
#define FINISHED fn_finished_f32
#define MOMENTUM fn_momentum_f32
#define LANES 4
#define ROWS 12
#define TALL_1 8
#define TALL_2 6
#define TALL_3 4
#define TALL_4 4
#define ZERO vdupq_n_f32(0)
#define LOAD(p) vld1q_f32(p)
#define STORE(p, v) vst1q_f32(p, v)
#define BROADCAST(p) vld1q_dup_f32(p)
#define FMA(a, b, c) vfmaq_f32(c, a, b)
#define ADD(a, b) vaddq_f32(a, b)
#define MUL(a, b) vmulq_f32(a, b)
#define FLUSH(v) neon_f32_flush(v)
#define RELU(v) vbslq_f32(vcleq_f32(v, ZERO), ZERO, v)
#define WHERE_POSITIVE(m, v) vbslq_f32(vcgtq_f32(m, ZERO), v, ZERO)
#include "version.inc"

#define NAME(f) neon_f64_##f
#define TARGET
#define SCALAR double
#define VECTOR float64x2_t
#define FINISHED fn_finished_f64
#define MOMENTUM fn_momentum_f64
#define LANES 2
#define ROWS 12
#define TALL_1 8
#define TALL_2 6
#define TALL_3 4
#define TALL_4 4
#define ZERO vdupq_n_f64(0)
#define LOAD(p) vld1q_f64(p)
#define STORE(p, v) vst1q_f64(p, v)
#define BROADCAST(p) vld1q_dup_f64(p)
#define FMA(a, b, c) vfmaq_f64(c, a, b)
#define ADD(a, b) vaddq_f64(a, b)
#define MUL(a, b) vmulq_f64(a, b)
#define FLUSH(v) neon_f64_flush(v)
#define RELU(v) vbslq_f64(vcleq_f64(v, ZERO), ZERO, v)
#define WHERE_POSITIVE(m, v) vbslq_f64(vcgtq_f64(m, ZERO), v, ZERO)
#include "version.inc"
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

bool fn_finished_product_f32(int instruction_set, const struct fn_finished_f32 *product)
{
    return VALUE_OF(f32_finished_product, product);
}

bool fn_finished_product_f64(int instruction_set, const struct fn_finished_f64 *product)
{
    return VALUE_OF(f64_finished_product, product);
}

bool fn_momentum_product_f32(int instruction_set, const struct fn_momentum_f32 *product)
{
    return VALUE_OF(f32_momentum_product, product);
}

bool fn_momentum_product_f64(int instruction_set, const struct fn_momentum_f64 *product)
{
    return VALUE_OF(f64_momentum_product, product);
}

double fn_peak_f32(int instruction_set, size_t rounds) { return VALUE_OF(f32_peak, rounds); }
double fn_peak_f64(int instruction_set, size_t rounds) { return VALUE_OF(f64_peak, rounds); }
