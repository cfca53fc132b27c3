// The largest number of each window of a plane of an image, and the way back.
#include "vectors.h"
#include "versions.h"

#include <string.h>

typedef int32_t words __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef int64_t longs __attribute__((vector_size(LANES * sizeof(int64_t))));

// Every second number of two vectors.
#if defined(__clang__)
#define EVENS(a, b, MASK) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#else
#define EVENS(a, b, MASK) __builtin_shuffle(a, b, (MASK){0, 2, 4, 6, 8, 10, 12, 14})
#endif

// The first halves, and the second ones, of two vectors whose numbers take turns.
#if defined(__clang__)
#define LOWS(a, b, MASK) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGHS(a, b, MASK) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define LOWS(a, b, MASK) __builtin_shuffle(a, b, (MASK){0, 8, 1, 9, 2, 10, 3, 11})
#define HIGHS(a, b, MASK) __builtin_shuffle(a, b, (MASK){4, 12, 5, 13, 6, 14, 7, 15})
#endif

// LANES windows of a row at a time, as long as what they touch may be read and written: numbers after the plane's, and windows
// after the row's, which are written again when their turn comes. The others one by one.
#define MAX_POOL(SCALAR, SUFFIX, VECTOR, MASK) \
    INLINE void rows_##SUFFIX( \
        const struct fn_pooling *p, const size_t step, size_t readable, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { \
        const size_t area = p->out_height * p->out_width; \
        const size_t touched = (p->kernel_height - 1) * p->width + p->kernel_width - 1 + step * LANES; \
        for (size_t row = 0; row < p->out_height; row++) { \
            const size_t top = row * p->stride_height * p->width, out = row * p->out_width; \
            for (size_t j = 0; j < p->out_width;) { \
                const SCALAR *from = x + top + j * step; \
                uint32_t number = 0; \
                if (step <= 2 && out + j + LANES <= area && top + j * step + touched <= readable) { \
                    VECTOR best = {0}; \
                    MASK where = {0}; \
                    for (size_t ky = 0; ky < p->kernel_height; ky++) \
                        for (size_t kx = 0; kx < p->kernel_width; kx++, number++) { \
                            VECTOR here, more; \
                            memcpy(&here, from + ky * p->width + kx, sizeof here); \
                            if (step == 2) { \
                                memcpy(&more, from + ky * p->width + kx + LANES, sizeof more); \
                                here = EVENS(here, more, MASK); \
                            } \
                            const MASK is_better = number == 0 ? (MASK)(where == 0) : (MASK)((here > best) | (here != here)); \
                            best = (VECTOR)(((MASK)here & is_better) | ((MASK)best & ~is_better)); \
                            where = ((MASK)(where * 0 + (int32_t)number) & is_better) | (where & ~is_better); \
                        } \
                    const words taps = __builtin_convertvector(where, words); \
                    memcpy(y + out + j, &best, sizeof best); \
                    memcpy(tap + out + j, &taps, sizeof taps); \
                    j += LANES; \
                    continue; \
                } \
                SCALAR best = *from; \
                uint32_t where = 0; \
                for (size_t ky = 0; ky < p->kernel_height; ky++) \
                    for (size_t kx = 0; kx < p->kernel_width; kx++, number++) { \
                        const SCALAR here = from[ky * p->width + kx]; \
                        const bool is_better = (here > best) | (here != here); \
                        best = is_better ? here : best; \
                        where = is_better ? number : where; \
                    } \
                y[out + j] = best; \
                tap[out + j] = where; \
                j++; \
            } \
        } \
    } \
    INLINE void max_pool_##SUFFIX( \
        const struct fn_pooling *p, size_t readable, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { \
        if (p->stride_width == 2) rows_##SUFFIX(p, 2, readable, x, y, tap); \
        else if (p->stride_width == 1) rows_##SUFFIX(p, 1, readable, x, y, tap); \
        else rows_##SUFFIX(p, p->stride_width, readable, x, y, tap); \
    }

MAX_POOL(float, f32, floats, words)
MAX_POOL(double, f64, doubles, longs)

// The derivatives of a plane: those of the windows where their largest numbers were. Windows two wide that touch each other are
// written LANES at a time, row by row; all others are added one by one.
#define MAX_POOL_GRADIENT(SCALAR, SUFFIX, VECTOR, MASK) \
    INLINE void max_pool_gradient_##SUFFIX( \
        const struct fn_pooling *p, size_t area, const SCALAR *dy, const uint32_t *tap, SCALAR *dx) \
    { \
        memset(dx, 0, area * sizeof *dx); \
        const bool touching = p->kernel_width == 2 && p->stride_width == 2 && p->stride_height >= p->kernel_height; \
        for (size_t row = 0; row < p->out_height; row++) { \
            const size_t top = row * p->stride_height * p->width, out = row * p->out_width; \
            size_t j = 0; \
            for (; touching && j + LANES <= p->out_width; j += LANES) { \
                VECTOR derivative; \
                words taps; \
                memcpy(&derivative, dy + out + j, sizeof derivative); \
                memcpy(&taps, tap + out + j, sizeof taps); \
                const MASK where = __builtin_convertvector(taps, MASK); \
                for (int ky = 0; ky < (int)p->kernel_height; ky++) { \
                    const VECTOR left = (VECTOR)((MASK)derivative & (MASK)(where == where * 0 + 2 * ky)); \
                    const VECTOR right = (VECTOR)((MASK)derivative & (MASK)(where == where * 0 + 2 * ky + 1)); \
                    const VECTOR low = LOWS(left, right, MASK), high = HIGHS(left, right, MASK); \
                    SCALAR *to = dx + top + (size_t)ky * p->width + 2 * j; \
                    memcpy(to, &low, sizeof low); \
                    memcpy(to + LANES, &high, sizeof high); \
                } \
            } \
            for (; j < p->out_width; j++) { \
                const uint32_t number = tap[out + j], width = (uint32_t)p->kernel_width; \
                const uint32_t ky = width == 2 ? number >> 1 : number / width; \
                dx[top + j * p->stride_width + ky * p->width + (number - ky * width)] += dy[out + j]; \
            } \
        } \
    }

MAX_POOL_GRADIENT(float, f32, floats, words)
MAX_POOL_GRADIENT(double, f64, doubles, longs)

// MARK: The versions

#define THERE(SCALAR) \
    (const struct fn_pooling *p, size_t readable, const SCALAR *x, SCALAR *y, uint32_t *tap), (p, readable, x, y, tap)
#define BACK(SCALAR) \
    (const struct fn_pooling *p, size_t area, const SCALAR *dy, const uint32_t *tap, SCALAR *dx), (p, area, dy, tap, dx)
#define VERSIONS_OF(function, ...) VERSIONS(, void, function, __VA_ARGS__)

VERSIONS_OF(max_pool_f32, THERE(float))
VERSIONS_OF(max_pool_f64, THERE(double))
VERSIONS_OF(max_pool_gradient_f32, BACK(float))
VERSIONS_OF(max_pool_gradient_f64, BACK(double))
