// The most memory that is held at once while an input is read, from the hooks that AddressSanitizer calls for every block.
#include <stddef.h>

size_t __sanitizer_get_allocated_size(const volatile void *block);

static _Thread_local ptrdiff_t held, peak;

void __sanitizer_malloc_hook(const volatile void *block, size_t size)
{
    (void)block;
    held += (ptrdiff_t)size;
    if (held > peak) peak = held;
}

void __sanitizer_free_hook(const volatile void *block)
{
    if (block) held -= (ptrdiff_t)__sanitizer_get_allocated_size(block);
}

void fuzzMemoryBegin(void) { held = peak = 0; }

ptrdiff_t fuzzMemoryPeak(void) { return peak; }
