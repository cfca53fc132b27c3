// Which inputs are not zero, a bit for each.
#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

// Of every x86-64.
static inline uint64_t present_in_64(const uint8_t *row)
{
    uint64_t zeros = 0;
    for (int part = 0; part < 4; part++) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(row + 16 * part));
        const unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
        zeros |= (uint64_t)mask << (16 * part);
    }
    return ~zeros;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

static inline uint64_t present_in_64(const uint8_t *row)
{
    static const uint8_t bit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vld1q_u8(bit);
    uint8x16_t part[4];
    for (int i = 0; i < 4; i++) {
        const uint8x16_t bytes = vld1q_u8(row + 16 * i);
        part[i] = vandq_u8(vtstq_u8(bytes, bytes), bits);
    }
    const uint8x16_t sums = vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}
#else
static inline uint64_t present_in_64(const uint8_t *row)
{
    uint64_t present = 0;
    for (int i = 0; i < 64; i++) present |= (uint64_t)(row[i] != 0) << i;
    return present;
}
#endif

// Rows lie anywhere in a large data set: the memory has to be asked for them before they are needed.
static void fetch(const void *row, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch((const char *)row + at);
}

enum { AHEAD = 4 };  // rows

// Calls `words(k, row, present)` for each row, where it writes down the row's words.
static inline __attribute__((always_inline)) void each_row(
    size_t count, size_t k, size_t size, const void *const *rows, uint64_t *present,
    void (*words)(size_t, const void *, uint64_t *))
{
    for (size_t i = 0; i < AHEAD && i < count; i++) fetch(rows[i], k * size);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) fetch(rows[i + AHEAD], k * size);
        words(k, rows[i], present + i * ((k + 63) / 64));
    }
}

static void words_u8(size_t k, const void *row, uint64_t *present)
{
    const uint8_t *bytes = row;
    size_t at = 0;
    for (; at + 64 <= k; at += 64) *present++ = present_in_64(bytes + at);
    if (at == k) return;
    uint8_t last[64] = {0};
    memcpy(last, bytes + at, k - at);
    *present = present_in_64(last);
}

#define WORDS(SCALAR) \
    const SCALAR *numbers = row; \
    for (size_t at = 0; at < k; at += 64) { \
        uint8_t isPresent[64] = {0}; \
        const size_t part = k - at < 64 ? k - at : 64; \
        for (size_t i = 0; i < part; i++) isPresent[i] = numbers[at + i] != 0; \
        *present++ = present_in_64(isPresent); \
    }

static void words_f32(size_t k, const void *row, uint64_t *present) { WORDS(float) }
static void words_f64(size_t k, const void *row, uint64_t *present) { WORDS(double) }

void fn_present_u8(size_t count, size_t k, const void *const *rows, uint64_t *present)
{
    each_row(count, k, sizeof(uint8_t), rows, present, words_u8);
}

void fn_present_f32(size_t count, size_t k, const void *const *rows, uint64_t *present)
{
    each_row(count, k, sizeof(float), rows, present, words_f32);
}

void fn_present_f64(size_t count, size_t k, const void *const *rows, uint64_t *present)
{
    each_row(count, k, sizeof(double), rows, present, words_f64);
}

void fn_transpose_bits(size_t count, const uint64_t *rows, size_t row, uint64_t *columns)
{
    for (size_t r = 0; r < 64; r++) columns[r] = r < count ? rows[r * row] : 0;
    // Halves exchange their quarters that lie off the diagonal, then these halves theirs, down to single bits.
    uint64_t mask = 0x00000000FFFFFFFF;
    for (unsigned width = 32; width > 0; width >>= 1, mask ^= mask << width)
        for (unsigned block = 0; block < 64; block += 2 * width)
            for (unsigned i = block; i < block + width; i++) {
                const uint64_t moved = ((columns[i] >> width) ^ columns[i + width]) & mask;
                columns[i] ^= moved << width;
                columns[i + width] ^= moved;
            }
}
