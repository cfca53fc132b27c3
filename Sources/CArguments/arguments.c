#include "CArguments.h"

#include <stdlib.h>  // says which C library this is

static struct fn_arguments arguments = {-1, NULL};

#if defined(__GLIBC__) || defined(__APPLE__)
/// glibc and macOS call constructors with what they call main with; others, such as musl, with nothing.
__attribute__((constructor)) static void remember(int count, char *const *start) {
  arguments = (struct fn_arguments){count, start};
}
#endif

struct fn_arguments fn_arguments(void) { return arguments; }
