// Functions of many numbers, several at a time, with the same bits as one by one.
#include "vectors.h"
#include "versions.h"

#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

typedef uint64_t words __attribute__((vector_size(LANES * sizeof(uint64_t))));

// The first where a comparison holds, otherwise the second.
#define WHERE(comparison, a, b) ((doubles)(((words)(comparison) & (words)(a)) | (~(words)(comparison) & (words)(b))))

// The operations of `Double.exp` in ElementaryFunctions.swift in the same order; the constants are explained there.
INLINE void exp_of(doubles *numbers)
{
    const doubles x = *numbers;
    const doubles all = {1, 1, 1, 1, 1, 1, 1, 1}, shift = all * 0x1.8p52;
    const doubles shifted = x * 0x1.71547652b82fep+0 + shift, k = shifted - shift;
    const doubles r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
    doubles series = all * (1.0 / 6227020800.0);
    series = series * r + 1.0 / 479001600;
    series = series * r + 1.0 / 39916800;
    series = series * r + 1.0 / 3628800;
    series = series * r + 1.0 / 362880;
    series = series * r + 1.0 / 40320;
    series = series * r + 1.0 / 5040;
    series = series * r + 1.0 / 720;
    series = series * r + 1.0 / 120;
    series = series * r + 1.0 / 24;
    series = series * r + 1.0 / 6;
    series = series * r + 1.0 / 2;
    const doubles power = 1 + (r + r * r * series);
    // k + 4096 as a whole number, halved and moved back: a shift of unsigned words that rounds down.
    const words whole = (words)shifted - (words)shift + 4096, half = (whole >> 1) - 2048;
    const words rest = whole - 4096 - half;
    const doubles scaled = power * (doubles)((half + 1023) << 52) * (doubles)((rest + 1023) << 52);
    *numbers = WHERE(x < -745.2, all * 0, WHERE(x > 709.8, all * __builtin_inf(), scaled));
}

#define EXP(VECTOR) \
    for (size_t i = 0; i < count; i += LANES) { \
        const bool isWhole = count - i >= LANES; \
        VECTOR part = {0}; \
        memcpy(&part, x + i, isWhole ? sizeof part : (count - i) * sizeof *x); \
        doubles wide = __builtin_convertvector(part, doubles); \
        exp_of(&wide); \
        part = __builtin_convertvector(wide, VECTOR); \
        memcpy(y + i, &part, isWhole ? sizeof part : (count - i) * sizeof *x); \
    }

INLINE void exp_f32(size_t count, const float *x, float *y) { EXP(floats) }
INLINE void exp_f64(size_t count, const double *x, double *y) { EXP(doubles) }

// No branch: which numbers are negative cannot be foreseen.
#define RELU(SCALAR, WORD) \
    for (size_t i = 0; i < count; i++) { \
        WORD bits; \
        memcpy(&bits, x + i, sizeof bits); \
        bits &= (WORD)0 - (WORD) !(x[i] <= 0); \
        memcpy(y + i, &bits, sizeof bits); \
    }

INLINE void relu_f32(size_t count, const float *x, float *y) { RELU(float, uint32_t) }
INLINE void relu_f64(size_t count, const double *x, double *y) { RELU(double, uint64_t) }

#define WHERE_POSITIVE(SCALAR, WORD) \
    for (size_t i = 0; i < count; i++) { \
        WORD bits; \
        memcpy(&bits, x + i, sizeof bits); \
        bits &= (WORD)0 - (WORD)(m[i] > 0); \
        memcpy(y + i, &bits, sizeof bits); \
    }

INLINE void where_positive_f32(size_t count, const float *restrict m, const float *restrict x, float *restrict y)
{ WHERE_POSITIVE(float, uint32_t) }
INLINE void where_positive_f64(size_t count, const double *restrict m, const double *restrict x, double *restrict y)
{ WHERE_POSITIVE(double, uint64_t) }

// The numbers of x from i on, `part` of them, with zeros after them.
#define PART(VECTOR, x) \
    __extension__({ \
        VECTOR numbers = {0}; \
        memcpy(&numbers, x + i, part * sizeof *x); \
        __builtin_convertvector(numbers, doubles); \
    })

// The sum of TERM, in eight chains whose numbers take turns, added in order.
#define SUM(TERM) \
    doubles chains = {0}; \
    size_t i = 0, part = LANES; \
    for (; i + LANES <= count; i += LANES) chains += TERM; \
    part = count - i; \
    if (part > 0) chains += TERM; \
    double sum = 0; \
    for (int lane = 0; lane < LANES; lane++) sum += chains[lane]; \
    return sum;

INLINE double sum_f32(size_t count, const float *x) { SUM(PART(floats, x)) }
INLINE double sum_f64(size_t count, const double *x) { SUM(PART(doubles, x)) }
INLINE double dot_f32(size_t count, const float *x, const float *y) { SUM(PART(floats, x) * PART(floats, y)) }
INLINE double dot_f64(size_t count, const double *x, const double *y) { SUM(PART(doubles, x) * PART(doubles, y)) }

// MARK: The versions

#define WHOLE(SCALAR) (size_t count, const SCALAR *x, SCALAR *y), (count, x, y)
#define MASKED(SCALAR) (size_t count, const SCALAR *m, const SCALAR *x, SCALAR *y), (count, m, x, y)
#define SUMMED(SCALAR) (size_t count, const SCALAR *x), (count, x)
#define PAIRED(SCALAR) (size_t count, const SCALAR *x, const SCALAR *y), (count, x, y)
#define VERSIONS_OF(RETURN, RESULT, function, ...) VERSIONS(RETURN, RESULT, function, __VA_ARGS__)

VERSIONS_OF(, void, exp_f32, WHOLE(float))
VERSIONS_OF(, void, exp_f64, WHOLE(double))
VERSIONS_OF(, void, relu_f32, WHOLE(float))
VERSIONS_OF(, void, relu_f64, WHOLE(double))
VERSIONS_OF(, void, where_positive_f32, MASKED(float))
VERSIONS_OF(, void, where_positive_f64, MASKED(double))
VERSIONS_OF(return, double, sum_f32, SUMMED(float))
VERSIONS_OF(return, double, sum_f64, SUMMED(double))
VERSIONS_OF(return, double, dot_f32, PAIRED(float))
VERSIONS_OF(return, double, dot_f64, PAIRED(double))
