/*
 * What was judged of values beside their names: remembered by a key, asked for once a call, and placed where the values were met.
 *
 * A value that was not judged yet is put among those asked; once all of a call are answered, every place where one was met gives
 * its findings.
 */
#define VERDICTS (1u << 18)

typedef struct { u32 from, to; } Span;
/* Findings of a value, by their spans; `hushed`: whether something in it was suppressed. */
typedef struct { u32 first, count, hushed; } Verdict;
typedef struct { u64 key; u32 verdict; } Judged;
/* Where a value was met: its characters stand one after the other from `ahead` on, or each where `spots` from `spot` on say. */
typedef struct { u32 turn, record; i32 place; u32 verdict, ahead; i64 spot; } Met;

typedef struct {
    Judged *judged;
    uint16_t *tag;                /* some bits of each key: most values were not judged, and this much stays near the processor */
    VEC(Verdict) verdicts; VEC(Span) spans;
    size_t settled;               /* verdicts before this one are known, those from it on are asked for */
    VEC(i32) asked_place; VEC(i64) asked_at; VEC(i64) asked_rules_at; VEC(i32) asked_rules; VEC(u8) asked_texts;
    VEC(Met) met; VEC(u32) spots;
    VEC(u32) sight_turn; VEC(u32) sight_record; VEC(i32) sight_place; VEC(u32) sight_span; VEC(u32) sight_start; VEC(u32) sight_end;
    VEC(u32) hushed;
} Verdicts;

static void verdicts_begin(Verdicts *v) {
    v->judged = calloc(VERDICTS, sizeof(Judged));
    v->tag = calloc(VERDICTS, sizeof(uint16_t));
    if (!v->judged || !v->tag) abort();
}

static void verdicts_end(Verdicts *v) {
    free(v->judged), free(v->tag), free(v->verdicts.at), free(v->spans.at);
    free(v->asked_place.at), free(v->asked_at.at), free(v->asked_rules_at.at), free(v->asked_rules.at), free(v->asked_texts.at);
    free(v->met.at), free(v->spots.at);
    free(v->sight_turn.at), free(v->sight_record.at), free(v->sight_place.at), free(v->sight_span.at), free(v->sight_start.at), free(v->sight_end.at), free(v->hushed.at);
}

static void verdicts_forget(Verdicts *v) {
    memset(v->tag, 0, sizeof(uint16_t) * VERDICTS);
    v->verdicts.n = v->spans.n = v->settled = 0;
}

/* Begins a call. */
static void verdicts_start(Verdicts *v) {
    v->asked_place.n = v->asked_at.n = v->asked_rules_at.n = v->asked_rules.n = v->asked_texts.n = v->met.n = v->spots.n = 0;
    v->sight_turn.n = v->sight_record.n = v->sight_place.n = v->sight_span.n = v->sight_start.n = v->sight_end.n = v->hushed.n = 0;
}

static inline uint16_t tag_of(u64 key) { return (uint16_t)(key >> 48) | 1; }

/* The verdict remembered by a key, or -1. */
static i64 verdict_at(const Verdicts *v, u64 key) {
    size_t slot = key >> 20 & (VERDICTS - 1);
    return v->tag[slot] == tag_of(key) && v->judged[slot].key == key ? (i64)v->judged[slot].verdict : -1;
}

/* Remembers a verdict by one more key. */
static i64 remember(Verdicts *v, u64 key, i64 verdict) {
    Judged judged = {key, (u32)verdict};
    v->judged[key >> 20 & (VERDICTS - 1)] = judged, v->tag[key >> 20 & (VERDICTS - 1)] = tag_of(key);
    return verdict;
}

/* Asks what stands in a text, in which `rules` may find something. */
static i64 ask_for(Verdicts *v, u64 key, i32 place, const u8 *text, size_t n, const i32 *rules, i32 count) {
    PUSH(v->asked_place, place), PUSH(v->asked_at, (i64)v->asked_texts.n), PUSH(v->asked_rules_at, (i64)v->asked_rules.n);
    ROOM(v->asked_texts, n + 1);
    memcpy(v->asked_texts.at + v->asked_texts.n, text, n);
    v->asked_texts.n += n;
    for (i32 i = 0; i < count; i++) PUSH(v->asked_rules, rules[i]);
    Verdict unknown = {0, 0, 0};
    PUSH(v->verdicts, unknown);
    return remember(v, key, (i64)v->verdicts.n - 1);
}

/* Whether it matters where a value was met. */
static int tells(const Verdicts *v, u32 verdict) {
    return verdict >= v->settled || v->verdicts.at[verdict].count || v->verdicts.at[verdict].hushed;
}

/*
 * Takes the answers to what was asked, in that order: how many findings each has, whether something was suppressed, and pairs of
 * code points for all findings. Every place where a value was met then gives its findings, at their places in the outermost text.
 */
static void settle(Verdicts *v, const u32 *counts, const u8 *hushed, const u32 *edges) {
    for (size_t i = 0; i < v->asked_place.n; i++) {
        Verdict verdict = {(u32)v->spans.n, counts[i], hushed[i]};
        v->verdicts.at[v->settled++] = verdict;
        for (u32 j = 0; j < counts[i]; j++, edges += 2) {
            Span span = {edges[0], edges[1]};
            PUSH(v->spans, span);
        }
    }
    for (size_t i = 0; i < v->met.n; i++) {
        Met met = v->met.at[i];
        Verdict verdict = v->verdicts.at[met.verdict];
        if (verdict.hushed) PUSH(v->hushed, met.verdict);
        for (u32 j = verdict.first; j < verdict.first + verdict.count; j++) {
            Span span = v->spans.at[j];
            PUSH(v->sight_turn, met.turn), PUSH(v->sight_record, met.record), PUSH(v->sight_place, met.place), PUSH(v->sight_span, j);
            PUSH(v->sight_start, met.spot < 0 ? met.ahead + span.from : v->spots.at[met.spot + span.from]);
            PUSH(v->sight_end, met.spot < 0 ? met.ahead + span.to : v->spots.at[met.spot + span.to]);
        }
    }
}
