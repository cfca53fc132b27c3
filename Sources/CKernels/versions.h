// Versions of a function for the instruction sets of x86-64, and the choice among them: the same C, compiled again for each. The
// other processors have theirs by default.
#ifndef VERSIONS_H
#define VERSIONS_H

#include "CKernels.h"

#define UNPACK(...) __VA_ARGS__

// Makes of `static inline RESULT function PARAMETERS`, which must always be inlined, the public function `fn_function` that takes an
// instruction set first. RETURN is `return`, or nothing where there is no result.
#if defined(__x86_64__)
#define VERSIONS(RETURN, RESULT, function, PARAMETERS, ARGUMENTS) \
    __attribute__((target("avx2,fma"))) static RESULT avx2_##function PARAMETERS { RETURN function ARGUMENTS; } \
    __attribute__((target("avx512f"))) static RESULT avx512_##function PARAMETERS { RETURN function ARGUMENTS; } \
    RESULT fn_##function(int instruction_set, UNPACK PARAMETERS) \
    { \
        switch (instruction_set) { \
        case FN_AVX2: RETURN avx2_##function ARGUMENTS; break; \
        case FN_AVX512: RETURN avx512_##function ARGUMENTS; break; \
        default: RETURN function ARGUMENTS; \
        } \
    }
#else
#define VERSIONS(RETURN, RESULT, function, PARAMETERS, ARGUMENTS) \
    RESULT fn_##function(int instruction_set, UNPACK PARAMETERS) \
    { \
        (void)instruction_set; \
        RETURN function ARGUMENTS; \
    }
#endif

#endif
