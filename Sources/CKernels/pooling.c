// The largest number of each window of a plane of an image.
#include "CKernels.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// Window by window in a row of the output; `step` is a constant where this is inlined for the usual ones.
#define MAX_POOL(SCALAR, SUFFIX) \
    INLINE void rows_##SUFFIX(const struct fn_pooling *p, const size_t step, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { \
        for (size_t row = 0; row < p->out_height; row++) { \
            const SCALAR *top = x + row * p->stride_height * p->width; \
            SCALAR *best = y + row * p->out_width; \
            uint32_t *where = tap + row * p->out_width; \
            for (size_t j = 0; j < p->out_width; j++) { \
                best[j] = top[j * step]; \
                where[j] = 0; \
            } \
            uint32_t number = 0; \
            for (size_t ky = 0; ky < p->kernel_height; ky++) \
                for (size_t kx = 0; kx < p->kernel_width; kx++, number++) { \
                    const SCALAR *from = top + ky * p->width + kx; \
                    for (size_t j = 0; j < p->out_width; j++) { \
                        const SCALAR number_here = from[j * step]; \
                        const bool is_better = (number_here > best[j]) | (number_here != number_here); \
                        best[j] = is_better ? number_here : best[j]; \
                        where[j] = is_better ? number : where[j]; \
                    } \
                } \
        } \
    } \
    INLINE void any_##SUFFIX(const struct fn_pooling *p, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { \
        if (p->stride_width == 2) rows_##SUFFIX(p, 2, x, y, tap); \
        else if (p->stride_width == 1) rows_##SUFFIX(p, 1, x, y, tap); \
        else rows_##SUFFIX(p, p->stride_width, x, y, tap); \
    }

MAX_POOL(float, f32)
MAX_POOL(double, f64)

#if defined(__x86_64__)
#define VERSIONS(SCALAR, SUFFIX) \
    __attribute__((target("avx2"))) static void avx2_##SUFFIX(const struct fn_pooling *p, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { any_##SUFFIX(p, x, y, tap); } \
    __attribute__((target("avx512f"))) static void avx512_##SUFFIX(const struct fn_pooling *p, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { any_##SUFFIX(p, x, y, tap); } \
    void fn_max_pool_##SUFFIX(int instruction_set, const struct fn_pooling *p, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { \
        switch (instruction_set) { \
        case FN_AVX2: avx2_##SUFFIX(p, x, y, tap); break; \
        case FN_AVX512: avx512_##SUFFIX(p, x, y, tap); break; \
        default: any_##SUFFIX(p, x, y, tap); \
        } \
    }
#else
#define VERSIONS(SCALAR, SUFFIX) \
    void fn_max_pool_##SUFFIX(int instruction_set, const struct fn_pooling *p, const SCALAR *x, SCALAR *y, uint32_t *tap) \
    { (void)instruction_set; any_##SUFFIX(p, x, y, tap); }
#endif

VERSIONS(float, f32)
VERSIONS(double, f64)
