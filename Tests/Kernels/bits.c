// Prints a checksum of the bits of many matrix products for each instruction set that this machine can run, one a line.
// Built for several processors and run on each, the checksums must be the same.
//
//     cc -O2 -ISources/CKernels/include Tests/Kernels/bits.c Sources/CKernels/product.c -lm -o bits && ./bits
#include "CKernels.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 300 * 120, MOST_ROWS = 256 };

static uint64_t state;

// Numbers of many magnitudes, with zeros of both signs and denormal numbers among them.
static double next(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    const uint64_t bits = state >> 11;
    const double unit = (double)(bits & 0xFFFFFFFF) / 4294967296.0 - 0.5;
    switch (bits >> 48) {
    case 0: return 0.0;
    case 1: return -0.0;
    case 2: return unit * 1e-38;
    case 3: return unit * 1e6;
    default: return unit;
    }
}

static uint64_t hash(uint64_t sum, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) sum = (sum ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
    return sum;
}

int main(void)
{
    static const size_t sizes[][3] = {{1, 1, 1}, {1, 10, 100}, {2, 7, 15}, {7, 17, 31}, {15, 33, 2}, {31, 16, 113}, {13, 32, 257},
                                      {64, 10, 100}, {17, 100, 300}, {100, 15, 64}, {12, 64, 0}, {5, 113, 40}, {3, 48, 129}};
    static double a64[MOST], b64[MOST], c64[MOST];
    static float a32[MOST], b32[MOST], c32[MOST];
    static double v64[MOST];
    static float v32[MOST];
    for (int set = FN_PORTABLE; set <= FN_NEON; set++) {
        if (!fn_can_run(set)) continue;
        uint64_t sum = 14695981039346656037u;
        state = 1;
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const size_t m = sizes[s][0], n = sizes[s][1], k = sizes[s][2];
            for (size_t i = 0; i < MOST; i++) {
                a64[i] = next();
                b64[i] = next();
                a32[i] = (float)a64[i];
                b32[i] = (float)b64[i];
            }
            for (int transposed = 0; transposed < 4; transposed++) {
                const ptrdiff_t ar = transposed & 1 ? 1 : (ptrdiff_t)k, ac = transposed & 1 ? (ptrdiff_t)m : 1;
                const ptrdiff_t br = transposed & 2 ? 1 : (ptrdiff_t)n, bc = transposed & 2 ? (ptrdiff_t)k : 1;
                fn_product_f64(set, m, n, k, a64, ar, ac, b64, br, bc, c64, (ptrdiff_t)n);
                fn_product_f32(set, m, n, k, a32, ar, ac, b32, br, bc, c32, (ptrdiff_t)n);
                sum = hash(sum, c64, m * n * sizeof(double));
                sum = hash(sum, c32, m * n * sizeof(float));
            }
            // The finished products and the step of momentum, with columns in whole lines of memory.
            const size_t lines = 32;
            const double *rows64[MOST_ROWS];
            const float *rows32[MOST_ROWS];
            const size_t inner = k < MOST_ROWS ? k : MOST_ROWS;
            for (size_t i = 0; i < MOST_ROWS; i++) {
                rows64[i] = a64 + (i * 7) % 13 * MOST_ROWS;
                rows32[i] = a32 + (i * 7) % 13 * MOST_ROWS;
            }
            for (int finish = FN_RELU_OF_BIASED; finish <= FN_WHERE_POSITIVE; finish++) {
                const ptrdiff_t other = finish == FN_RELU_OF_BIASED ? 0 : (ptrdiff_t)lines;
                fn_finished_product_f64(set, finish, m, lines, inner, rows64, b64, (ptrdiff_t)lines, b64, other, c64, (ptrdiff_t)lines);
                fn_finished_product_f32(set, finish, m, lines, inner, rows32, b32, (ptrdiff_t)lines, b32, other, c32, (ptrdiff_t)lines);
                sum = hash(sum, c64, m * lines * sizeof(double));
                sum = hash(sum, c32, m * lines * sizeof(float));
            }
            memcpy(v64, b64, sizeof v64);
            memcpy(v32, b32, sizeof v32);
            for (int step = 0; step < 3; step++) {
                fn_momentum_product_f64(set, m, lines, inner, rows64, b64, (ptrdiff_t)lines, c64, v64, (ptrdiff_t)lines, 1e-150, -0.1);
                fn_momentum_product_f32(set, m, lines, inner, rows32, b32, (ptrdiff_t)lines, c32, v32, (ptrdiff_t)lines, 1e-19f, -0.1f);
            }
            sum = hash(sum, c64, m * lines * sizeof(double));
            sum = hash(sum, v64, m * lines * sizeof(double));
            sum = hash(sum, c32, m * lines * sizeof(float));
            sum = hash(sum, v32, m * lines * sizeof(float));
        }
        printf("%016llx\n", (unsigned long long)sum);
    }
    return 0;
}
