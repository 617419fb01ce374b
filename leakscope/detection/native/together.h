/*
 * Several automata over one text, a byte at a time in all of them: each step of one waits for its memory, those of the others do not
 * wait for it. Their tables stand behind one another, and `classes` holds a byte's class in each.
 */
#define TOGETHER 8
#define WITHOUT_DIGITS 4      /* the first of them, whose expressions need no digit */
#define WITHOUT_REGIONS 6     /* the first of them, which read all; those behind read regions, alone or with the others */
typedef struct {
    Automaton *of[TOGETHER];
    uint16_t *next;               /* [TOGETHER][STATES][ROW] */
    u64 classes[256];
} Together;

static inline __attribute__((always_inline)) void read_lanes(Together *g, const int lanes, const u8 *p, size_t n, i32 *found, i32 *count) {
    u32 s[TOGETHER], t[TOGETHER];
    const uint16_t *next = g->next;
    for (int lane = 0; lane < lanes; lane++) begin_text(g->of[lane]), s[lane] = (u32)g->of[lane]->initial;
    for (size_t i = 0; i < n; i++) {
        u64 classes = g->classes[p[i]];
        u32 any = 0;
        for (int lane = 0; lane < lanes; lane++) {
            t[lane] = next[(size_t)lane * STATES * ROW + ((size_t)s[lane] << ROW_BITS | (classes >> 8 * lane & 0xFF))];
            any |= t[lane];
        }
        if (any & ACCEPTING)
            for (int lane = 0; lane < lanes; lane++)
                if (t[lane] & ACCEPTING) t[lane] = (u32)entered(g->of[lane], t[lane], s[lane], (i32)((classes >> 8 * lane & 0xFF) ^ g->of[lane]->turned), found, count);
        for (int lane = 0; lane < lanes; lane++) s[lane] = t[lane];
    }
    for (int lane = 0; lane < lanes; lane++) {
        u32 last = g->of[lane]->next[entry_of(g->of[lane], s[lane], g->of[lane]->eof)];
        if (last & ACCEPTING) entered(g->of[lane], last, s[lane], g->of[lane]->eof, found, count);
    }
}

/* Adds the triggers in stretches of at least `least` bytes without blanks, and with `mark` in them where it is not 0. */
static void read_regions(Automaton *d, const u8 *p, size_t n, size_t least, u8 mark, i32 *found, i32 *count) {
    begin_text(d);
    for (size_t from = 0; from + least <= n;) {
        const u8 *marked = mark ? memchr(p + from, mark, n - from) : NULL;
        size_t at = mark ? (marked ? (size_t)(marked - p) : n) : from + least - 1, first = at, last = at;
        if (mark && !marked) return;
        while (first > from && !is_blank(p[first - 1])) first--;
        if (!mark) {
            /* the last blank among the next `least` bytes: no stretch that long begins before it */
            for (first = at + 1; first > from && !is_blank(p[first - 1]); first--) {}
            if (first > from) { from = first; continue; }
        }
        while (last < n && !is_blank(p[last])) last++;
        if (last - first >= least) read_part(d, p, n, first ? first - 1 : 0, last + 1, found, count);
        from = last;
    }
}
