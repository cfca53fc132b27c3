// Vectors of LANES numbers, however many of them a register holds, for functions that are always inlined.
#ifndef VECTORS_H
#define VECTORS_H

// Vectors are never handed to functions or back, so how they would be is of no interest.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

enum { LANES = 8 };
typedef float floats __attribute__((vector_size(LANES * sizeof(float))));
typedef double doubles __attribute__((vector_size(LANES * sizeof(double))));
#define INLINE static inline __attribute__((always_inline))

#endif
