// The files of datasets/, carried inside the binary.
#ifndef CDATASETS_H
#define CDATASETS_H

#include <stddef.h>

struct fn_file {
    const unsigned char *start;
    size_t size;
};

struct fn_file fn_digits_csv(void);
struct fn_file fn_iris_csv(void);
struct fn_file fn_xor_csv(void);

#endif
