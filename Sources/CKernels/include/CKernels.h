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

/// Calls `body(context, i)` once for each i in 0..<count, each on a thread of its own (0 on the caller's), and returns
/// when all have returned. Threads stay alive between calls. Where another call is under way already, or a thread
/// cannot be had, the caller does the work itself, one index after the other.
void fn_parallel(int count, void (*body)(void *context, int index), void *context);

#endif
