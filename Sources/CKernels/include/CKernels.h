// The matrix products that everything else is built on, and the threads that share their work.
//
// Every element of a product is one chain of fused multiply-adds in index order,
//
//     s = +0;  for p in 0..<k:  s = fma(a[i,p], b[p,j], s);  c[i,j] = s
//
// so its bits do not depend on the instruction set, on the blocking or on how the output was shared among threads.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The instruction sets for which there is a version of the kernels.
enum fn_instruction_set {
    FN_PORTABLE = 0,  // C and the library's fma; runs everywhere
    FN_AVX2 = 1,      // x86-64 with AVX2 and FMA
    FN_AVX512 = 2,    // x86-64 with AVX-512F
    FN_NEON = 3,      // arm64
};

/// Whether this processor, this operating system and this build can run an instruction set's kernels.
bool fn_can_run(int instruction_set);

/// The value of the environment variable FUNCTIONAL_NET_ISA, or NULL.
const char *fn_forced_instruction_set(void);

/// c[m,n] = a[m,k] · b[k,n]. An element (i, j) of a matrix is at `i * row + j * column`, so a transposed operand is one
/// with its strides exchanged; the columns of `c` are next to each other.
void fn_product_f32(int instruction_set, size_t m, size_t n, size_t k,
                    const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const float *b, ptrdiff_t b_row, ptrdiff_t b_column,
                    float *c, ptrdiff_t c_row);
void fn_product_f64(int instruction_set, size_t m, size_t n, size_t k,
                    const double *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const double *b, ptrdiff_t b_row, ptrdiff_t b_column,
                    double *c, ptrdiff_t c_row);

/// What becomes of the elements of a product before they are stored.
enum fn_finish {
    FN_RELU_OF_BIASED = 0,   // relu(c[i,j] + other[j]), where relu(z) is 0 for z <= 0 and z otherwise
    FN_WHERE_POSITIVE = 1,   // c[i,j] where other[i,j] > 0, otherwise 0
};

/// Rows of inputs, which need not lie together.
struct fn_inputs {
    /// Where each row begins.
    const void *const *rows;

    /// NULL where the rows hold numbers; otherwise they hold bytes, and byte b stands for levels[b].
    const void *levels;

    /// A bit for every input, 0 for those that are zero and may be skipped, in rows `present_row` words apart; NULL where
    /// none are skipped. The right operand must be finite where some are: 0 · inf is not zero.
    const uint64_t *present;
    size_t present_row;
};

/// c[m,n] = a[m,k] · b[k,n], finished with `other`; all numbers are float or all are double, as the function says. n fills whole lines of 64 bytes. In `a.present`, element p of row i
/// is bit p % 64 of word i * present_row + p / 64.
struct fn_finished {
    int finish;
    size_t m, n, k;
    struct fn_inputs a;
    const void *b;
    ptrdiff_t b_row;
    const void *other;
    ptrdiff_t other_row;
    void *c;
    ptrdiff_t c_row;
};

/// Returns whether all of `c` is finite.
bool fn_finished_product_f32(int instruction_set, const struct fn_finished *product);
bool fn_finished_product_f64(int instruction_set, const struct fn_finished *product);

/// A step of momentum with the gradient g[m,n] = aᵀ·b of b[k,n] and the columns first..<first + m of a, without storing g:
///
///     v = decay * v + g, but 0 where that is denormal;  w = w + rate * v
///
/// `w` and `v` have rows `row` elements apart; n fills whole lines of 64 bytes. In `a.present`, the element in row p and
/// column i is bit p % 64 of word p / 64 * present_row + i.
struct fn_momentum {
    size_t first, m, n, k;
    struct fn_inputs a;
    const void *b;
    ptrdiff_t b_row;
    void *w, *v;
    ptrdiff_t row;
    double decay, rate;
};

/// Returns whether all of `w` is finite.
bool fn_momentum_product_f32(int instruction_set, const struct fn_momentum *product);
bool fn_momentum_product_f64(int instruction_set, const struct fn_momentum *product);

/// The products of convolutions. Patches of images are rows that have their numbers next to each other, but may overlap: row i
/// begins at `at[i]` from `patches` on. All numbers are float or all are double.
struct fn_patches {
    size_t patch_count;
    const void *patches;
    const ptrdiff_t *at;
};

/// c[m,n] = a[m,k] · patches[k,n], where n fills whole lines of 64 bytes.
struct fn_patch_product {
    size_t m, n;
    struct fn_patches patches;
    const void *a;
    ptrdiff_t a_row;
    void *c;
    ptrdiff_t c_row;
};

void fn_patch_product_f32(int instruction_set, const struct fn_patch_product *product);
void fn_patch_product_f64(int instruction_set, const struct fn_patch_product *product);

/// sums[i, q, l] += the sum over all p with p % lanes = l of a[i,p] · patches[q,p], each a chain of its own, where a line of
/// 64 bytes has `lanes` numbers; there are n places p, which fill whole lines. sums is [m, patch_count, lanes].
struct fn_patch_sums {
    size_t m, n;
    struct fn_patches patches;
    const void *a;
    ptrdiff_t a_row;
    void *sums;
};

void fn_patch_sums_f32(int instruction_set, const struct fn_patch_sums *sums);
void fn_patch_sums_f64(int instruction_set, const struct fn_patch_sums *sums);

/// Adds up the numbers of each of some lines of 64 bytes: its halves to each other, then theirs, and so on.
void fn_line_sums_f32(size_t count, const float *lines, float *sums);
void fn_line_sums_f64(size_t count, const double *lines, double *sums);

/// Writes, for each of some rows that need not lie together, ceil(k / 64) words with a bit for each of its k elements, 0
/// where it is zero.
void fn_present_u8(size_t count, size_t k, const void *const *rows, uint64_t *present);
void fn_present_f32(size_t count, size_t k, const void *const *rows, uint64_t *present);
void fn_present_f64(size_t count, size_t k, const void *const *rows, uint64_t *present);

/// Transposes bits: bit r of columns[j] is bit j of rows[r * row]. There are at most 64 rows; 64 columns are written.
void fn_transpose_bits(size_t count, const uint64_t *rows, size_t row, uint64_t *columns);

/// Windows over a plane of an image, row by row.
struct fn_pooling {
    size_t width;  // of the plane
    size_t out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
};

/// y[out_height, out_width] = the largest number of each window, and its place in the window, row by row from 0: the first
/// one where several are as large, the last one that is not a number where there are such. `readable` numbers may be read
/// from `x` on, which may be more than the plane has.
void fn_max_pool_f32(
    int instruction_set, const struct fn_pooling *pooling, size_t readable, const float *x, float *y, uint32_t *tap);
void fn_max_pool_f64(
    int instruction_set, const struct fn_pooling *pooling, size_t readable, const double *x, double *y, uint32_t *tap);

/// The way back: dx, a plane of `area` numbers, has the sum of the derivatives dy of all windows whose largest number was there.
void fn_max_pool_gradient_f32(
    int instruction_set, const struct fn_pooling *pooling, size_t area, const float *dy, const uint32_t *tap, float *dx);
void fn_max_pool_gradient_f64(
    int instruction_set, const struct fn_pooling *pooling, size_t area, const double *dy, const uint32_t *tap, double *dx);

/// y[i] = e to the power of x[i], with the bits of `Double.exp` and `Float.exp`; y may be x.
void fn_exp_f32(int instruction_set, size_t count, const float *x, float *y);
void fn_exp_f64(int instruction_set, size_t count, const double *x, double *y);

/// y[i] = 0 where x[i] <= 0, and x[i] elsewhere; y may be x.
void fn_relu_f32(int instruction_set, size_t count, const float *x, float *y);
void fn_relu_f64(int instruction_set, size_t count, const double *x, double *y);

/// y[i] = x[i] where m[i] > 0, and 0 elsewhere; y is neither m nor x.
void fn_where_positive_f32(int instruction_set, size_t count, const float *m, const float *x, float *y);
void fn_where_positive_f64(int instruction_set, size_t count, const double *m, const double *x, double *y);

/// The sum of x[i], and of x[i] * y[i], in double: eight chains whose numbers take turns, added in order.
double fn_sum_f32(int instruction_set, size_t count, const float *x);
double fn_sum_f64(int instruction_set, size_t count, const double *x);
double fn_dot_f32(int instruction_set, size_t count, const float *x, const float *y);
double fn_dot_f64(int instruction_set, size_t count, const double *x, const double *y);

/// Multiply-adds on registers alone, `rounds` times 12 vectors, as fast as the processor can: what products are measured
/// against. Returns the number of floating-point operations, two for each multiply-add of a number.
double fn_peak_f32(int instruction_set, size_t rounds);
double fn_peak_f64(int instruction_set, size_t rounds);

/// The number of processors that the system lets this process run on.
int fn_processors(void);

/// Calls `body(context, index, size)` on `size` threads at the same time, once for each index in 0..<size (0 is on the
/// caller's thread), and returns `size` when all have returned. Threads stay alive between calls. `size` is at most
/// `maximum`; it is smaller where threads cannot be had, and 1 where another team is at work, so that the caller must not read
/// results of indices from `size` on.
int fn_team(int maximum, void (*body)(void *context, int index, int size), void *context);

/// Called by every thread of a team, returns when all of them have called it.
void fn_meet(int size);

#endif
