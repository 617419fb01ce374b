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

    uint16_t *next;               /* [states][ROW] the next state, with ACCEPTING where it accepts; or UNKNOWN */
    i32 *fresh;                   /* [classes] the state after a byte of that class in which nothing is under way, or -1 */
    i32 states, room, initial;
    VEC(u32) at, count, mask, accepts_at, accepts_count;
    VEC(u64) hash;
    VEC(i32) pool, accepts;
    i32 *table;
    u32 table_size;
    u32 *stamp, *marked, epoch;   /* positions and triggers of the set being made */
    u32 *seen, text;              /* triggers of the text being read */
    VEC(i32) made, said;
    VEC(i32) from_start;          /* what each class reaches from each kind of start: triggers, a mark, positions */
    i32 *from_start_at;           /* [kinds * classes + 1] */
    int lent;                     /* `next` belongs to others */
    u32 turned;                   /* what a class is combined with for its place in a row, so that rows of several automata are not all busy at their start */
    i64 forgotten;                /* times that the states were too many */
} Automaton;

#define STATES 32000          /* of an automaton that reads every text */
#define FEW_STATES 2000       /* of one that is rarely asked */
#define ROW_BITS 8
#define ROW (1u << ROW_BITS)  /* entries of a state: as many as there can be classes, so that the places of several automata cost a shift */
#define ACCEPTING 0x8000u
#define UNKNOWN 0xFFFFu
#define HUGE_PAGE (2u << 20)
#define POOL (12u << 20)

/* The place in `next` of what comes after `class` in `state`. */
static inline size_t entry_of(const Automaton *d, size_t state, i32 class) { return state << ROW_BITS | ((u32)class ^ d->turned); }

static i32 state_of(Automaton *d, u32 mask);
static i32 step(Automaton *d, i32 state, i32 class);

static void forget(Automaton *d) {
    d->states = 0;
    memset(d->fresh, 0xff, sizeof(i32) * (size_t)d->classes);
    d->hash.n = d->at.n = d->count.n = d->mask.n = d->accepts_at.n = d->accepts_count.n = d->pool.n = d->accepts.n = 0;
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

static void begin(Automaton *d) {
    if (++d->epoch == 0) {
        memset(d->stamp, 0, sizeof(u32) * (size_t)d->positions), memset(d->marked, 0, sizeof(u32) * (size_t)d->triggers);
        d->epoch = 1;
    }
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

/* Begins anew when the states are too many; what was made and said is kept. */
static int make_room(Automaton *d) {
    if (d->states + 2 < d->room && d->pool.n <= POOL) return 0;
    VEC(i32) made = {0}, said = {0};
    for (size_t i = 0; i < d->made.n; i++) PUSH(made, d->made.at[i]);
    for (size_t i = 0; i < d->said.n; i++) PUSH(said, d->said.at[i]);
    forget(d);
    d->forgotten++;
    d->initial = step(d, -1, d->bof);
    begin(d);
    for (size_t i = 0; i < made.n; i++) d->stamp[made.at[i]] = d->epoch, PUSH(d->made, made.at[i]);
    for (size_t i = 0; i < said.n; i++) PUSH(d->said, said.at[i]);
    free(made.at), free(said.at);
    return 1;
}

/* The state after `class` in `state`; -1 for `state` means before the text. */
static i32 step(Automaton *d, i32 state, i32 class) {
    begin(d);
    if (state < 0) from_starts(d, 1, class);
    else {
        for (u32 i = 0; i < d->count.at[state]; i++) consume(d, d->pool.at[d->at.at[state] + i], class);
        from_starts(d, d->mask.at[state], class);
    }
    int anew = state >= 0 && make_room(d);
    i32 to = state_of(d, d->kinds_after[class]);
    if (!anew && state >= 0)
        d->next[entry_of(d, (size_t)state, class)] = (uint16_t)((u32)to | (d->accepts_count.at[to] ? ACCEPTING : 0));
    return to;
}

/* The state behind a byte of `class` in which nothing is under way. */
static i32 fresh_after(Automaton *d, i32 class) {
    if (d->fresh[class] < 0) {
        begin(d);
        make_room(d);
        i32 state = state_of(d, d->kinds_after[class]);
        d->fresh[class] = state;
    }
    return d->fresh[class];
}

static inline u64 mixed(u64 number, u64 salt) {
    number = (number + salt) * 0x9E3779B97F4A7C15u;
    return number ^ number >> 29;
}

/* Whether state `s` has just the positions that are stamped, and just the triggers that are marked. */
static int is_made(const Automaton *d, i32 s) {
    const i32 *positions = d->pool.at + d->at.at[s], *triggers = d->accepts.at + d->accepts_at.at[s];
    for (u32 i = 0; i < d->count.at[s]; i++) if (d->stamp[positions[i]] != d->epoch) return 0;
    for (u32 i = 0; i < d->accepts_count.at[s]; i++) if (d->marked[triggers[i]] != d->epoch) return 0;
    return 1;
}

/* Finds or enters the state that `made`, `said` and `mask` describe; neither list has an order, and `made` has no doubles. */
static i32 state_of(Automaton *d, u32 mask) {
    size_t kept = 0;
    u64 h = mixed(mask, 1);
    for (size_t i = 0; i < d->said.n; i++) {
        i32 trigger = d->said.at[i];
        if (d->marked[trigger] == d->epoch) continue;
        d->marked[trigger] = d->epoch, d->said.at[kept++] = trigger, h += mixed((u64)trigger, 1u << 30);
    }
    d->said.n = kept;
    for (size_t i = 0; i < d->made.n; i++) h += mixed((u64)d->made.at[i], 7);
    u32 slot = (u32)(h ^ h >> 32) & (d->table_size - 1);
    for (; d->table[slot] >= 0; slot = (slot + 1) & (d->table_size - 1)) {
        i32 s = d->table[slot];
        if (d->hash.at[s] == h && d->mask.at[s] == mask && d->count.at[s] == d->made.n && d->accepts_count.at[s] == d->said.n && is_made(d, s))
            return s;
    }
    i32 s = d->states++;
    d->table[slot] = s;
    PUSH(d->hash, h), PUSH(d->mask, mask);
    PUSH(d->at, (u32)d->pool.n), PUSH(d->count, (u32)d->made.n);
    PUSH(d->accepts_at, (u32)d->accepts.n), PUSH(d->accepts_count, (u32)d->said.n);
    for (size_t i = 0; i < d->made.n; i++) PUSH(d->pool, d->made.at[i]);
    for (size_t i = 0; i < d->said.n; i++) PUSH(d->accepts, d->said.at[i]);
    memset(d->next + ((size_t)s << ROW_BITS), 0xff, sizeof *d->next * ROW);
    return s;
}

/* Room for a large table that is read all over: in huge pages where the system gives them. */
static void *table_of(size_t size) {
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *at = aligned_alloc(HUGE_PAGE, size);
#ifdef MADV_HUGEPAGE
    if (at) madvise(at, size, MADV_HUGEPAGE);
#endif
    return at;
}

/* `next` has room for `room` states, or is made here. */
static void automaton_begin(Automaton *d, const Given *g, i32 room, uint16_t *next) {
    d->classes = g->classes, d->positions = g->positions, d->kinds = g->kinds, d->triggers = g->triggers, d->bof = g->bof, d->eof = g->eof;
    d->class_of = g->class_of, d->sets = g->sets, d->set_of = g->set_of, d->follow_at = g->follow_at, d->follow = g->follow;
    d->accept = g->accept, d->start_at = g->start_at, d->start = g->start, d->kinds_after = g->kinds_after;
    d->room = room;
    d->lent = next != NULL;
    d->next = next ? next : malloc(sizeof *d->next * ROW * (size_t)room);
    d->fresh = malloc(sizeof(i32) * (size_t)d->classes);
    for (d->table_size = 1; d->table_size < 2 * (u32)room;) d->table_size *= 2;
    d->table = malloc(sizeof(i32) * d->table_size);
    d->stamp = calloc((size_t)d->positions + 1, sizeof(u32));
    d->marked = calloc((size_t)d->triggers + 1, sizeof(u32));
    d->seen = calloc((size_t)d->triggers + 1, sizeof(u32));
    if (!d->next || !d->fresh || !d->table || !d->stamp || !d->marked || !d->seen) abort();
    forget(d);
    prepare_starts(d);
    d->initial = step(d, -1, d->bof);
}

static void automaton_end(Automaton *d) {
    if (!d->lent) free(d->next);
    free(d->fresh), free(d->table), free(d->stamp), free(d->marked), free(d->seen), free(d->hash.at);
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

/* Another text is read. */
static void begin_text(Automaton *d) {
    if (++d->text == 0) memset(d->seen, 0, sizeof(u32) * (size_t)d->triggers), d->text = 1;
}

/* The state that `entry` of `state` means after `class`, its triggers noted. */
static size_t entered(Automaton *d, size_t entry, size_t state, i32 class, i32 *found, i32 *count) {
    size_t to = entry == UNKNOWN ? (size_t)step(d, (i32)state, class) : entry & ~(size_t)ACCEPTING;
    if (d->accepts_count.at[to]) note(d, (i32)to, found, count);
    return to;
}

/* Reads a text from `from` up to `to`, with its end where `to` is behind it, and notes triggers. */
static void read_part(Automaton *d, const u8 *p, size_t n, size_t from, size_t to, i32 *found, i32 *count) {
    const u8 *class_of = d->class_of;
    size_t s = (size_t)(from ? fresh_after(d, class_of[p[from - 1]]) : d->initial);
    for (size_t i = from; i < to; i++) {
        i32 class = i < n ? class_of[p[i]] : d->eof;
        size_t t = d->next[entry_of(d, s, class)];
        s = t & ACCEPTING ? entered(d, t, s, class, found, count) : t;
    }
}

/* The triggers that stand in a text, each once. */
static i32 triggers_in(Automaton *d, const u8 *p, size_t n, i32 *found) {
    i32 count = 0;
    begin_text(d);
    read_part(d, p, n, 0, n + 1, found, &count);
    return count;
}
