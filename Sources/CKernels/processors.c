// The processors that this process may use, which may be fewer than the machine has (taskset, containers).
#define _GNU_SOURCE
#include "CKernels.h"

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

int fn_processors(void)
{
#if defined(__linux__)
    // The kernel refuses a set that has no room for all processors that it knows of.
    for (int count = 1024; count <= 1 << 20; count *= 2) {
        cpu_set_t *set = CPU_ALLOC(count);
        if (set == NULL) break;
        const size_t size = CPU_ALLOC_SIZE(count);
        const int allowed = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (allowed > 0) return allowed;
    }
#endif
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
