/*
 * The native half of the pattern tier: takes records apart into their values and says which of them a rule may find something in.
 *
 * It decides nothing about findings. Whatever it passes on is judged as it would be without it, and a record that it does not
 * understand exactly as the reader in Python does is handed back whole. Each function is bounded by its input; nothing is written
 * outside memory.
 */
#include "base.h"
#include "json.h"
#include "lines.h"
#include "automaton.h"
#include "together.h"
#include "rules.h"
#include "verdicts.h"
#include "kernel.h"
#include "places.h"
#include "values.h"
#include "walk.h"

typedef struct { size_t values, texts, maps, rules, met; } Mark;

static Mark mark(const Kernel *k) { return (Mark){k->record_of.n, k->texts.n, k->maps.n, k->rules.n, k->verdicts.met.n}; }

/* Takes back what a record gave, so that it can be read elsewhere. */
static void take_back(Kernel *k, Mark m) {
    k->record_of.n = k->place_of.n = k->text_at.n = k->text_size.n = k->start.n = k->end.n = k->map_at.n = k->map_size.n = m.values;
    k->candidate.n = k->depth.n = k->rules_at.n = k->turn_of.n = m.values;
    k->texts.n = m.texts, k->maps.n = m.maps, k->rules.n = m.rules, k->verdicts.met.n = m.met;
}

static void begin_record(Kernel *k, u32 record) {
    arena_reset(&k->arena);
    k->record = record, k->levels.n = 0, k->leaves = 0;
}

static void line(Kernel *k, u32 record, const u8 *p, size_t n) {
    size_t blank = 0;
    while (blank < n && (p[blank] == ' ' || p[blank] == '\t' || p[blank] == '\r')) blank++;
    if (blank == n) return;
    Mark before = mark(k);
    begin_record(k, record);
    k->line = p;
    k->tapes.at[0].n = 0;
    if (is_utf8(p, n) && json_read(p, n, &k->tapes.at[0]) == OK && walk(k, 0, 0, 0, -1, 0, 0) == OK) return;
    take_back(k, before);
    PUSH(k->hard, record), PUSH(k->hard_turn, ++k->turn);
}

static const Result *finished(Kernel *k) {
    ROOM(k->texts, 1);
    ROOM(k->maps, 1);
    ROOM(k->rules, 1);
    PUSH(k->rules_at, (i64)k->rules.n);
    k->rules_at.n--;
    Result *r = &k->result;
    r->values = (i64)k->record_of.n, r->texts_size = (i64)k->texts.n, r->maps_size = (i64)k->maps.n, r->rules_size = (i64)k->rules.n, r->hard_size = (i64)k->hard.n;
    r->record = k->record_of.at, r->place = k->place_of.at, r->text_at = k->text_at.at, r->text_size = k->text_size.at, r->start = k->start.at, r->end = k->end.at;
    r->map_at = k->map_at.at, r->map_size = k->map_size.at, r->candidate = k->candidate.at, r->depth = k->depth.at, r->rules_at = k->rules_at.at;
    r->texts = k->texts.at, r->maps = k->maps.at, r->rules = k->rules.at, r->hard = k->hard.at, r->turn = k->turn_of.at, r->hard_turn = k->hard_turn.at;
    Verdicts *v = &k->verdicts;
    ROOM(v->asked_texts, 1);
    r->asked = (i64)v->asked_place.n, r->asked_texts_size = (i64)v->asked_texts.n, r->asked_rules_size = (i64)v->asked_rules.n;
    r->asked_place = v->asked_place.at, r->asked_at = v->asked_at.at, r->asked_rules_at = v->asked_rules_at.at, r->asked_texts = v->asked_texts.at, r->asked_rules = v->asked_rules.at;
    r->sights = (i64)v->sight_turn.n, r->hushed_size = (i64)v->hushed.n;
    r->sight_turn = v->sight_turn.at, r->sight_record = v->sight_record.at, r->sight_place = v->sight_place.at, r->sight_span = v->sight_span.at;
    r->sight_start = v->sight_start.at, r->sight_end = v->sight_end.at, r->hushed = v->hushed.at;
    return r;
}

static void start(Kernel *k) {
    take_back(k, (Mark){0, 0, 0, 0, 0});
    verdicts_start(&k->verdicts);
    k->hard.n = k->hard_turn.n = 0, k->turn = 0;
    if (k->places.n > MAX_PLACES * 3 / 4) forget_places(k);
}

/* ---- what is called from outside ---- */

#if defined(_WIN32)
#define OUTSIDE __declspec(dllexport)
#else
#define OUTSIDE __attribute__((visibility("default")))
#endif

/* `a` are `automata` of them, which must stay as long as the kernel does. */
OUTSIDE Kernel *leakscope_new(const Given *a, i32 automata, const Rules *r, Ask ask, const u64 *secret) {
    Kernel *k = calloc(1, sizeof(Kernel));
    if (!k) return NULL;
    k->r = *r, k->ask = ask;
    memcpy(k->secret, secret, sizeof k->secret);
    k->children_size = 1 << 11;
    k->children = malloc(sizeof(i32) * k->children_size);
    k->memo = calloc(MEMO, sizeof(Memo)), k->held = calloc(HELD, sizeof(u64));
    verdicts_begin(&k->verdicts);
    k->found = calloc((size_t)a->triggers + 1, sizeof(i32));
    k->given = a, k->automata = automata;
    k->automaton = calloc((size_t)automata, sizeof(Automaton));
    k->possible = calloc((size_t)r->rules + 1, sizeof(i32));
    k->listed = calloc((size_t)r->rules + 1, sizeof(u32));
    if (!k->children || !k->memo || !k->held || !k->found || !k->automaton || !k->possible || !k->listed) abort();
    together_begin(k);
    Tape empty = {0};
    PUSH(k->tapes, empty);
    forget_places(k);
    return k;
}

/* Describes a kind of place by what its names make possible; the first one is that of a record that is itself a value. */
OUTSIDE void leakscope_around(Kernel *k, const u64 *named, u32 flags, i64 kin) {
    Around around = {malloc(sizeof(u64) * (size_t)(k->r.words + 1)), flags, 0, malloc(sizeof(i32) * (size_t)(k->r.rules + 1)), kin};
    if (!around.named || !around.loose_named) abort();
    memcpy(around.named, named, sizeof(u64) * (size_t)k->r.words);
    for (i32 rule = 0; rule < k->r.rules; rule++)
        if (k->r.alone[rule] && around.named[rule >> 6] >> (rule & 63) & 1) around.loose_named[around.loose++] = rule;
    around.loose_named = grown(around.loose_named, &(size_t){0}, (size_t)around.loose, sizeof(i32));
    PUSH(k->arounds, around);
}

/* Takes the answers to what the call before asked, and gives its findings; or forgets everything judged when `counts` is null. */
OUTSIDE const Result *leakscope_settle(Kernel *k, const u32 *counts, const u8 *hushed, const u32 *edges) {
    if (counts) settle(&k->verdicts, counts, hushed, edges);
    else verdicts_forget(&k->verdicts);
    return finished(k);
}

/* Forgets which places there are, so that they are asked for again. */
OUTSIDE void leakscope_forget(Kernel *k) { forget_places(k); }

/* Every line of `buffer`, which belongs to the caller and must stay until the next call; `everything`: also values that hold nothing. */
OUTSIDE const Result *leakscope_lines(Kernel *k, const u8 *buffer, i64 size, i32 everything) {
    start(k);
    k->everything = everything;
    u32 record = 0;
    for (i64 at = 0; at < size; record++) {
        const u8 *end = memchr(buffer + at, '\n', (size_t)(size - at));
        i64 to = end ? end - buffer : size;
        line(k, record, buffer + at, (size_t)(to - at));
        at = to + 1;
    }
    return finished(k);
}

/* How often the automata had too many states and were begun anew; small ones count by their size. */
OUTSIDE i64 leakscope_restarts(const Kernel *k) {
    i64 large = 0, small = 0;
    for (i32 i = 0; i < k->automata; i++) *(i < k->r.reading ? &large : &small) += k->automaton[i].forgotten;
    return large + small * FEW_STATES / STATES;
}

/* The triggers that stand in one text, into `found`; returns how many. `plainly`: reading all of it. For tests. */
OUTSIDE i32 leakscope_triggers(Kernel *k, const u8 *text, i64 size, i32 *found, i32 plainly) {
    return (plainly ? all_triggers_plainly : all_triggers)(k, text, (size_t)size, found);
}

/* Rules that may find something in one text beside names of the kind `around`, ascending, into `found`; returns how many. */
OUTSIDE i32 leakscope_possible(Kernel *k, i32 around, const u8 *text, i64 size, i32 *found) {
    const Around *names = &k->arounds.at[around];
    i32 count, possible = 0;
    u64 h = hashed(text, (size_t)size, k->secret) | 1;
    const i32 *triggers = triggers_of(k, text, (size_t)size, h, &count);
    if (count || names->loose) possible = possible_rules(k, names, triggers, count, text, (size_t)size, h);
    memcpy(found, k->possible, sizeof(i32) * (size_t)possible);
    return possible;
}

OUTSIDE void leakscope_free(Kernel *k) {
    if (!k) return;
    for (i32 i = 0; i < k->automata; i++) if (k->automaton[i].next) automaton_end(&k->automaton[i]);
    for (size_t i = 0; i < k->tapes.n; i++) free(k->tapes.at[i].at);
    for (size_t i = 0; i < k->arounds.n; i++) free(k->arounds.at[i].named), free(k->arounds.at[i].loose_named);
    arena_free(&k->arena);
    free(k->together.next);
    free(k->places.at), free(k->children), free(k->arounds.at), free(k->memo), free(k->held), free(k->memo_triggers.at), verdicts_end(&k->verdicts);
    free(k->found), free(k->automaton), free(k->possible), free(k->listed), free(k->levels.at), free(k->tapes.at);
    free(k->record_of.at), free(k->place_of.at), free(k->text_at.at), free(k->text_size.at), free(k->start.at), free(k->end.at), free(k->map_at.at), free(k->map_size.at);
    free(k->candidate.at), free(k->depth.at), free(k->rules_at.at), free(k->texts.at), free(k->maps.at);
    free(k->rules.at), free(k->hard.at), free(k->turn_of.at), free(k->hard_turn.at);
    free(k);
}
