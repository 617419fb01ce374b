/*
 * Which triggers stand in a text: a position automaton given from outside, made deterministic as texts ask for it.
 * Method: Glushkov's construction (1961) outside, lazy subset construction with a bounded cache here, as RE2 describes it.
 */
typedef struct {
    i32 classes, positions, kinds, triggers, bof, eof;
    const u8 *class_of;
    const u64 *sets;
    const i32 *set_of, *follow_at, *follow, *accept, *start_at, *start;
    const u32 *kinds_after;
} Given;

typedef struct {
    i32 classes, positions, kinds, triggers;
    i32 bof, eof;                 /* classes of the two ends of a text */
    const u8 *class_of;           /* [256] */
    const u64 *sets;              /* [sets][4] classes that a set holds */
    const i32 *set_of;            /* [positions] */
    const i32 *follow_at, *follow;
    const i32 *accept;            /* [positions] trigger, or -1 */
    const i32 *start_at, *start;  /* by kind of what stands before */
    const u32 *kinds_after;       /* [classes] kinds that a position after this class satisfies */

    i32 *next;                    /* [states * classes] offset of the next state << 1 | accepts, or -1 */
    i32 states, room, initial;
    VEC(u32) at, count, mask, accepts_at, accepts_count;
    VEC(i32) pool, accepts;
    i32 *table;
    u32 table_size;
    u32 *stamp, epoch;            /* positions of the set being made */
    u32 *seen, text;              /* triggers of the text being read */
    VEC(i32) made, said;
    VEC(i32) from_start;          /* what each class reaches from each kind of start: triggers, a mark, positions */
    i32 *from_start_at;           /* [kinds * classes + 1] */
    i64 forgotten;                /* times that the states were too many */
} Automaton;

#define STATES 24000
#define POOL (12u << 20)

static i32 state_of(Automaton *d, u32 mask);

static void forget(Automaton *d) {
    d->states = 0;
    d->at.n = d->count.n = d->mask.n = d->accepts_at.n = d->accepts_count.n = d->pool.n = d->accepts.n = 0;
    memset(d->table, 0xff, d->table_size * sizeof *d->table);
}

static inline int holds(const Automaton *d, i32 position, i32 class) {
    return d->sets[4 * (size_t)d->set_of[position] + (class >> 6)] >> (class & 63) & 1;
}

static void consume(Automaton *d, i32 position, i32 class) {
    if (!holds(d, position, class)) return;
    if (d->accept[position] >= 0) PUSH(d->said, d->accept[position]);
    for (i32 i = d->follow_at[position]; i < d->follow_at[position + 1]; i++) {
        i32 to = d->follow[i];
        if (d->stamp[to] != d->epoch) d->stamp[to] = d->epoch, PUSH(d->made, to);
    }
}

static int ascending(const void *a, const void *b) { return (*(const i32 *)a > *(const i32 *)b) - (*(const i32 *)a < *(const i32 *)b); }

static void begin(Automaton *d) {
    if (++d->epoch == 0) memset(d->stamp, 0, sizeof(u32) * (size_t)d->positions), d->epoch = 1;
    d->made.n = d->said.n = 0;
}

/* What the starts of each kind come to after each class, once and for all. */
static void prepare_starts(Automaton *d) {
    d->from_start_at = malloc(sizeof(i32) * ((size_t)d->kinds * (size_t)d->classes * 2 + 2));
    if (!d->from_start_at) abort();
    for (i32 kind = 0, slot = 0; kind < d->kinds; kind++)
        for (i32 class = 0; class < d->classes; class++) {
            begin(d);
            for (i32 i = d->start_at[kind]; i < d->start_at[kind + 1]; i++) consume(d, d->start[i], class);
            d->from_start_at[slot++] = (i32)d->from_start.n;
            for (size_t i = 0; i < d->said.n; i++) PUSH(d->from_start, d->said.at[i]);
            d->from_start_at[slot++] = (i32)d->from_start.n;
            for (size_t i = 0; i < d->made.n; i++) PUSH(d->from_start, d->made.at[i]);
        }
    d->from_start_at[2 * d->kinds * d->classes] = (i32)d->from_start.n;
}

static void from_starts(Automaton *d, u32 mask, i32 class) {
    for (i32 kind = 0; kind < d->kinds; kind++) {
        if (!(mask >> kind & 1)) continue;
        const i32 *at = d->from_start_at + 2 * (kind * d->classes + class);
        for (i32 i = at[0]; i < at[1]; i++) PUSH(d->said, d->from_start.at[i]);
        for (i32 i = at[1]; i < at[2]; i++) {
            i32 to = d->from_start.at[i];
            if (d->stamp[to] != d->epoch) d->stamp[to] = d->epoch, PUSH(d->made, to);
        }
    }
}

/* The state after `class` in `state`; -1 for `state` means before the text. */
static i32 step(Automaton *d, i32 state, i32 class) {
    begin(d);
    if (state < 0) from_starts(d, 1, class);
    else {
        for (u32 i = 0; i < d->count.at[state]; i++) consume(d, d->pool.at[d->at.at[state] + i], class);
        from_starts(d, d->mask.at[state], class);
    }
    int full = d->states >= d->room || d->pool.n > POOL;
    if (full) {
        VEC(i32) made = {0}, said = {0};
        for (size_t i = 0; i < d->made.n; i++) PUSH(made, d->made.at[i]);
        for (size_t i = 0; i < d->said.n; i++) PUSH(said, d->said.at[i]);
        forget(d);
        d->forgotten++;
        d->initial = step(d, -1, d->bof);
        begin(d);
        for (size_t i = 0; i < made.n; i++) PUSH(d->made, made.at[i]);
        for (size_t i = 0; i < said.n; i++) PUSH(d->said, said.at[i]);
        free(made.at), free(said.at);
    }
    i32 to = state_of(d, d->kinds_after[class]);
    if (!full && state >= 0) d->next[(size_t)state * d->classes + class] = to;
    return to;
}

static int same_numbers(const i32 *a, const i32 *b, size_t n) { return !n || !memcmp(a, b, n * sizeof(i32)); }

/* Finds or enters the state that `made`, `said` and `mask` describe. */
static i32 state_of(Automaton *d, u32 mask) {
    if (d->made.n > 1) qsort(d->made.at, d->made.n, sizeof(i32), ascending);
    size_t kept = 0;
    if (d->said.n > 1) qsort(d->said.at, d->said.n, sizeof(i32), ascending);
    for (size_t i = 0; i < d->said.n; i++)
        if (!i || d->said.at[i] != d->said.at[i - 1]) d->said.at[kept++] = d->said.at[i];
    d->said.n = kept;
    u64 h = mask * 0x9E3779B97F4A7C15u + 1;
    for (size_t i = 0; i < d->made.n; i++) h = (h ^ (u64)d->made.at[i]) * 0x100000001B3u, h ^= h >> 29;
    for (size_t i = 0; i < d->said.n; i++) h = (h ^ (u64)d->said.at[i] ^ 0x5bd1e995) * 0x100000001B3u, h ^= h >> 31;
    u32 slot = (u32)(h ^ h >> 32) & (d->table_size - 1);
    for (; d->table[slot] >= 0; slot = (slot + 1) & (d->table_size - 1)) {
        i32 s = d->table[slot];
        if (d->mask.at[s] == mask && d->count.at[s] == d->made.n && d->accepts_count.at[s] == d->said.n
            && same_numbers(d->pool.at + d->at.at[s], d->made.at, d->made.n)
            && same_numbers(d->accepts.at + d->accepts_at.at[s], d->said.at, d->said.n))
            return s * d->classes << 1 | (d->said.n > 0);
    }
    i32 s = d->states++;
    d->table[slot] = s;
    PUSH(d->mask, mask);
    PUSH(d->at, (u32)d->pool.n), PUSH(d->count, (u32)d->made.n);
    PUSH(d->accepts_at, (u32)d->accepts.n), PUSH(d->accepts_count, (u32)d->said.n);
    for (size_t i = 0; i < d->made.n; i++) PUSH(d->pool, d->made.at[i]);
    for (size_t i = 0; i < d->said.n; i++) PUSH(d->accepts, d->said.at[i]);
    memset(d->next + (size_t)s * d->classes, 0xff, sizeof(i32) * (size_t)d->classes);
    return s * d->classes << 1 | (d->said.n > 0);
}

static void automaton_begin(Automaton *d, const Given *g) {
    d->classes = g->classes, d->positions = g->positions, d->kinds = g->kinds, d->triggers = g->triggers, d->bof = g->bof, d->eof = g->eof;
    d->class_of = g->class_of, d->sets = g->sets, d->set_of = g->set_of, d->follow_at = g->follow_at, d->follow = g->follow;
    d->accept = g->accept, d->start_at = g->start_at, d->start = g->start, d->kinds_after = g->kinds_after;
    d->room = STATES;
    d->next = malloc(sizeof(i32) * (size_t)STATES * (size_t)d->classes);
    d->table_size = 1 << 16;
    d->table = malloc(sizeof(i32) * d->table_size);
    d->stamp = calloc((size_t)d->positions + 1, sizeof(u32));
    d->seen = calloc((size_t)d->triggers + 1, sizeof(u32));
    if (!d->next || !d->table || !d->stamp || !d->seen) abort();
    forget(d);
    prepare_starts(d);
    d->initial = step(d, -1, d->bof);
}

static void automaton_end(Automaton *d) {
    free(d->next), free(d->table), free(d->stamp), free(d->seen);
    free(d->at.at), free(d->count.at), free(d->mask.at), free(d->accepts_at.at), free(d->accepts_count.at);
    free(d->pool.at), free(d->accepts.at), free(d->made.at), free(d->said.at), free(d->from_start.at), free(d->from_start_at);
}

/* Appends the triggers that stand in the text to `found`, each once. */
static void note(Automaton *d, i32 state, i32 *found, i32 *count) {
    for (u32 i = 0; i < d->accepts_count.at[state]; i++) {
        i32 trigger = d->accepts.at[d->accepts_at.at[state] + i];
        if (d->seen[trigger] != d->text) d->seen[trigger] = d->text, found[(*count)++] = trigger;
    }
}

static i32 triggers_in(Automaton *d, const u8 *p, size_t n, i32 *found) {
    i32 count = 0;
    if (++d->text == 0) memset(d->seen, 0, sizeof(u32) * (size_t)d->triggers), d->text = 1;
    const i32 *next = d->next;
    const u8 *class_of = d->class_of;
    i32 s = d->initial, classes = d->classes;
    for (size_t i = 0; i < n; i++) {
        i32 class = class_of[p[i]], t = next[(s >> 1) + class];
        if (t < 0) t = step(d, (s >> 1) / classes, class);
        s = t;
        if (s & 1) note(d, (s >> 1) / classes, found, &count);
    }
    i32 t = next[(s >> 1) + d->eof];
    if (t < 0) t = step(d, (s >> 1) / classes, d->eof);
    if (t & 1) note(d, (t >> 1) / classes, found, &count);
    return count;
}
