/* Ground of the native scan: short names, growing arrays, a keyed hash, an arena that lives for one record. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

#define VEC(type) struct { type *at; size_t n, cap; }
/* A machine without memory ends the scan, as Python would. */
static void *grown(void *at, size_t *cap, size_t least, size_t size) {
    *cap = least * 2 + 64;
    at = realloc(at, *cap * size);
    if (!at) abort();
    return at;
}

/* Makes room for `more` further elements. */
#define ROOM(v, more) ((v).n + (more) > (v).cap ? (void)((v).at = grown((v).at, &(v).cap, (v).n + (more), sizeof *(v).at)) : (void)0)
#define PUSH(v, value) (ROOM(v, 1), (void)((v).at[(v).n++] = (value)))

/* Blocks that never move, so that texts in them may be pointed at until the next record. */
typedef struct Block { struct Block *next; size_t size, used; u8 bytes[]; } Block;
typedef struct { Block *first, *now; } Arena;

static void *arena_take(Arena *a, size_t size) {
    size = (size + 7) & ~(size_t)7;
    while (a->now && a->now->used + size > a->now->size) {
        a->now = a->now->next;
        if (a->now) a->now->used = 0;
    }
    if (!a->now) {
        size_t room = size > (1 << 18) ? size : (1 << 18);
        Block *b = malloc(sizeof(Block) + room), **end = &a->first;
        if (!b) abort();
        b->next = NULL, b->size = room, b->used = 0;
        while (*end) end = &(*end)->next;
        *end = a->now = b;
    }
    void *p = a->now->bytes + a->now->used;
    a->now->used += size;
    return p;
}

/* Empties the arena, keeping its first block alone: one huge record does not hold memory for the rest of the run. */
static void arena_reset(Arena *a) {
    if (!a->first) return;
    for (Block *b = a->first->next, *next; b; b = next) next = b->next, free(b);
    a->first->next = NULL, a->first->used = 0, a->now = a->first;
}

static void arena_free(Arena *a) {
    for (Block *b = a->first, *next; b; b = next) next = b->next, free(b);
    a->first = a->now = NULL;
}

static inline int is_digit(u8 c) { return c >= '0' && c <= '9'; }
static inline int is_alnum(u8 c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
static inline int is_blank(u8 c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static inline u64 fold(u64 a, u64 b) {
    __uint128_t wide = (__uint128_t)a * b;
    return (u64)wide ^ (u64)(wide >> 64);
}

/* 64 bits of `n` bytes under a secret of this process: who made the evidence cannot make two texts collide. */
static u64 hashed(const u8 *p, size_t n, const u64 secret[3]) {
    u64 h = secret[0] ^ n, a, b;
    size_t left = n;
    for (; left > 16; left -= 16, p += 16) {
        memcpy(&a, p, 8), memcpy(&b, p + 8, 8);
        h = fold(a ^ secret[1] ^ h, b ^ secret[2]);
    }
    a = b = 0;
    if (left >= 8) memcpy(&a, p, 8), memcpy(&b, p + left - 8, 8);
    else if (left) memcpy(&a, p, left);
    h = fold(a ^ secret[1] ^ h, b ^ secret[2]);
    return fold(h ^ secret[0], n ^ secret[2]);
}

static size_t code_points(const u8 *p, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += (p[i] & 0xC0) != 0x80;
    return count;
}
