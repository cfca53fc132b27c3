// Prints a checksum of the bits of many products for each instruction set that this machine can run, one a line.
// Built for several processors and run on each, the checksums must be the same.
//
//     cc -O2 -ISources/CKernels/include Tests/Kernels/bits.c Sources/CKernels/{product,present,elementwise,pooling}.c -lm -o bits && ./bits
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
            // The finished products and the step of momentum, with columns in whole lines of memory: of numbers and of
            // bytes, with every term and without those that are zero.
            const size_t lines = sizes[s][1] % 2 ? 32 : 80;
            const size_t inner = k < MOST_ROWS ? k : MOST_ROWS, words = (inner + 63) / 64, columns = (m + 63) / 64 * 64;
            for (int variant = 0; variant < 4; variant++) {
                const bool areBytes = variant & 1, skips = variant & 2;
                const void *rows64[MOST_ROWS], *rows32[MOST_ROWS];
                static uint8_t bytes[13 * MOST_ROWS];
                static double levels64[256];
                static float levels32[256];
                for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = next() > 0 ? (uint8_t)(i * 31) : 0;
                for (int i = 1; i < 256; i++) levels32[i] = (float)(levels64[i] = next());
                for (size_t i = 0; i < MOST_ROWS; i++) {
                    const size_t start = (i * 7) % 13 * MOST_ROWS;
                    rows64[i] = areBytes ? (void *)(bytes + start) : (void *)(a64 + start);
                    rows32[i] = areBytes ? (void *)(bytes + start) : (void *)(a32 + start);
                }
                static uint64_t forward[MOST_ROWS * 8], backward[8 * 320], unused[MOST_ROWS * 8];
                if (areBytes) fn_present_u8(m, inner, rows64, forward);
                else fn_present_f64(m, inner, rows64, forward), fn_present_f32(m, inner, rows32, unused);
                if (!areBytes && memcmp(forward, unused, m * words * 8)) printf("presence differs\n");
                sum = hash(sum, forward, m * words * 8);
                const struct fn_inputs left64 = {rows64, areBytes ? levels64 : NULL, skips ? forward : NULL, words};
                const struct fn_inputs left32 = {rows32, areBytes ? levels32 : NULL, skips ? forward : NULL, words};
                for (int finish = FN_RELU_OF_BIASED; finish <= FN_WHERE_POSITIVE; finish++) {
                    const ptrdiff_t row = (ptrdiff_t)lines, other = finish == FN_RELU_OF_BIASED ? 0 : row;
                    const struct fn_finished f64 = {finish, m, lines, inner, left64, b64, row, b64, other, c64, row};
                    const struct fn_finished f32 = {finish, m, lines, inner, left32, b32, row, b32, other, c32, row};
                    const bool finite[] = {fn_finished_product_f64(set, &f64), fn_finished_product_f32(set, &f32)};
                    sum = hash(sum, finite, sizeof finite);
                    sum = hash(sum, c64, m * lines * sizeof(double));
                    sum = hash(sum, c32, m * lines * sizeof(float));
                }
                uint64_t samples[MOST_ROWS * 8];
                for (size_t word = 0; word < words; word++) {
                    const size_t part = inner - word * 64 < 64 ? inner - word * 64 : 64;
                    for (size_t i = 0; i < part; i++) {
                        if (areBytes) fn_present_u8(1, m, rows64 + word * 64 + i, samples + i * (columns / 64));
                        else fn_present_f64(1, m, rows64 + word * 64 + i, samples + i * (columns / 64));
                    }
                    for (size_t c = 0; c < columns / 64; c++)
                        fn_transpose_bits(part, samples + c, columns / 64, backward + word * columns + c * 64);
                }
                memcpy(v64, b64, sizeof v64);
                memcpy(v32, b32, sizeof v32);
                const struct fn_inputs up64 = {rows64, left64.levels, skips ? backward : NULL, columns};
                const struct fn_inputs up32 = {rows32, left32.levels, skips ? backward : NULL, columns};
                const ptrdiff_t row = (ptrdiff_t)lines;
                for (int step = 0; step < 3; step++) {
                    const struct fn_momentum f64 = {0, m, lines, inner, up64, b64, row, c64, v64, row, 1e-150, -0.1};
                    const struct fn_momentum f32 = {0, m, lines, inner, up32, b32, row, c32, v32, row, 1e-19f, -0.1f};
                    fn_momentum_product_f64(set, &f64);
                    fn_momentum_product_f32(set, &f32);
                }
            }
            sum = hash(sum, c64, m * lines * sizeof(double));
            sum = hash(sum, v64, m * lines * sizeof(double));
            sum = hash(sum, c32, m * lines * sizeof(float));
            sum = hash(sum, v32, m * lines * sizeof(float));
        }
        // Exponentials and rectifiers.
        for (size_t i = 0; i < MOST; i++) a32[i] = (float)(a64[i] = next() * 100);
        fn_exp_f64(set, MOST, a64, c64);
        fn_exp_f32(set, MOST, a32, c32);
        sum = hash(sum, c64, sizeof c64);
        sum = hash(sum, c32, sizeof c32);
        fn_relu_f64(set, MOST, a64, c64);
        fn_relu_f32(set, MOST, a32, c32);
        sum = hash(sum, c64, sizeof c64);
        sum = hash(sum, c32, sizeof c32);
        // Masks and sums.
        fn_where_positive_f64(set, MOST, a64, b64, c64);
        fn_where_positive_f32(set, MOST, a32, b32, c32);
        sum = hash(sum, c64, sizeof c64);
        sum = hash(sum, c32, sizeof c32);
        for (size_t count = 0; count < 100; count += 7) {
            const double sums[] = {
                fn_sum_f64(set, count, a64), fn_sum_f32(set, count, a32), fn_dot_f64(set, count, a64, b64),
                fn_dot_f32(set, count, a32, b32)};
            sum = hash(sum, sums, sizeof sums);
        }
        // Convolutions: patches are rows of 3 neighbours in images 20 wide.
        for (size_t m = 1; m < 14; m += 3) {
            enum { PATCHES = 11, PLACES = 160 };
            ptrdiff_t at[PATCHES];
            for (size_t i = 0; i < PATCHES; i++) at[i] = (ptrdiff_t)(i / 3 * 20 + i % 3);
            const struct fn_patches patches64 = {PATCHES, b64, at}, patches32 = {PATCHES, b32, at};
            const struct fn_patch_product product64 = {m, PLACES, patches64, a64, PATCHES, c64, PLACES};
            const struct fn_patch_product product32 = {m, PLACES, patches32, a32, PATCHES, c32, PLACES};
            fn_patch_product_f64(set, &product64);
            fn_patch_product_f32(set, &product32);
            sum = hash(sum, c64, m * PLACES * sizeof(double));
            sum = hash(sum, c32, m * PLACES * sizeof(float));
            const struct fn_patch_sums sums64 = {m, PLACES, patches64, a64, PLACES, c64};
            const struct fn_patch_sums sums32 = {m, PLACES, patches32, a32, PLACES, c32};
            fn_patch_sums_f64(set, &sums64);
            fn_patch_sums_f32(set, &sums32);
            fn_line_sums_f64(m * PATCHES, c64, v64);
            fn_line_sums_f32(m * PATCHES, c32, v32);
            sum = hash(sum, v64, m * PATCHES * sizeof(double));
            sum = hash(sum, v32, m * PATCHES * sizeof(float));
        }
        // Poolings of images 31 wide.
        for (size_t stride = 1; stride < 4; stride++) {
            static uint32_t taps[MOST];
            const struct fn_pooling pooling = {31, 9, 31 / stride - 1, 2, stride == 3 ? 3 : 2, 2, stride};
            const size_t count = pooling.out_height * pooling.out_width, area = 31 * 20;
            fn_max_pool_f64(set, &pooling, area, a64, c64, taps);
            sum = hash(sum, c64, count * sizeof(double));
            sum = hash(sum, taps, count * sizeof(uint32_t));
            fn_max_pool_gradient_f64(set, &pooling, area, b64, taps, c64);
            sum = hash(sum, c64, area * sizeof(double));
            fn_max_pool_f32(set, &pooling, area, a32, c32, taps);
            sum = hash(sum, c32, count * sizeof(float));
            sum = hash(sum, taps, count * sizeof(uint32_t));
            fn_max_pool_gradient_f32(set, &pooling, area, b32, taps, c32);
            sum = hash(sum, c32, area * sizeof(float));
        }
        printf("%016llx\n", (unsigned long long)sum);
    }
    return 0;
}
