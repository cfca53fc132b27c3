#include "CArguments.h"

#include <stdlib.h>  // defines __GLIBC__ where that is the C library

static struct fn_arguments arguments = {-1, NULL};

#if defined(__GLIBC__) || defined(__APPLE__)
/// glibc and macOS pass the arguments of main to constructors too; other C libraries, such as musl, pass nothing.
__attribute__((constructor)) static void keep(int count, char *const *start) {
  arguments = (struct fn_arguments){count, start};
}
#endif

struct fn_arguments fn_arguments(void) { return arguments; }
