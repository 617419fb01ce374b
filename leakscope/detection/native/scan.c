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
#include "rules.h"
#include "verdicts.h"

#define MAX_LAYERS 6
#define MAX_LEAVES 20000
#define MAX_PLACES 200000
#define MAX_FIELDS 2000       /* of an object; in one with more, seeking the names beside each value would take their square */
#define MEMO (1u << 12)       /* the texts of a few records: most come again within one, or hardly ever */
#define MEMO_LONGEST 4096

typedef int (*Ask)(i32 number, i32 parent, i32 kind, const void *segment, i64 length, i64 index);

/* One text that is JSON inside another text. `place` is filled when somebody asks where a byte of it stood in the outermost text. */
typedef struct { const u8 *p; size_t n; i32 outer; u32 from, to; int escaped; u32 *place; } Level;
typedef struct { u64 hash; u32 at, count; } Memo;

/* The arrays of one call; their layout is known outside. `candidate` of a value: 1 a rule or a role, 2 another encoding inside, 0 none,
   or judged already. */
typedef struct {
    i64 values, texts_size, maps_size, rules_size, hard_size, sights, hushed_size, asked, asked_texts_size, asked_rules_size;
    u32 *record; i32 *place; i64 *text_at; u32 *text_size; u32 *start; u32 *end; i64 *map_at; u32 *map_size; i32 *candidate; i32 *depth;
    i64 *rules_at; u8 *texts; u32 *maps; i32 *rules; u32 *hard; u32 *turn; u32 *hard_turn;
    u32 *sight_turn, *sight_record; i32 *sight_place; u32 *sight_span, *sight_start, *sight_end, *hushed;
    i32 *asked_place; i64 *asked_at, *asked_rules_at; u8 *asked_texts; i32 *asked_rules;
} Result;

typedef struct {
    const Given *given;           /* of all automata: first those that every text is asked for, then those of single patterns */
    Automaton *automaton;         /* begun when they are first asked */
    i32 automata;
    Together together;            /* the first of them */
    Rules r;
    Ask ask;
    u64 secret[3];
    int everything;               /* also values in which nothing can stand */
    VEC(Place) places;
    i32 *children;
    u32 children_size;
    VEC(Around) arounds;
    Memo *memo;
    VEC(i32) memo_triggers;
    Verdicts verdicts;
    i32 *found, *possible;
    u32 *listed, listing;
    Arena arena;
    VEC(Level) levels;
    VEC(Tape) tapes;
    const u8 *line;               /* the record being read */
    u32 record, turn;      /* turn: number of the value in the call */
    size_t leaves;
    VEC(u32) record_of; VEC(i32) place_of; VEC(i64) text_at; VEC(u32) text_size; VEC(u32) start; VEC(u32) end; VEC(i64) map_at; VEC(u32) map_size;
    VEC(i32) candidate; VEC(i32) depth; VEC(i64) rules_at;
    VEC(u8) texts; VEC(u32) maps; VEC(i32) rules; VEC(u32) hard; VEC(u32) turn_of; VEC(u32) hard_turn;
    Result result;
} Kernel;

/* ---- places ---- */

static void forget_places(Kernel *k) {
    k->places.n = 0;
    memset(k->children, 0xff, sizeof(i32) * k->children_size);
    Place root = {-1, ROOT, 0, 0, 0};
    PUSH(k->places, root);
}

/* Enters a place where a search for it begins, or behind it. */
static void enter_place(Kernel *k, i32 place) {
    u32 slot = (u32)(k->places.at[place].hash & (k->children_size - 1));
    while (k->children[slot] >= 0) slot = (slot + 1) & (k->children_size - 1);
    k->children[slot] = place;
}

/* Makes room for twice as many places; few of them are near one another in the processor's memory. */
static void more_children(Kernel *k) {
    k->children_size *= 2;
    k->children = realloc(k->children, sizeof(i32) * k->children_size);
    if (!k->children) abort();
    memset(k->children, 0xff, sizeof(i32) * k->children_size);
    for (size_t i = 1; i < k->places.n; i++) enter_place(k, (i32)i);
}

/*
 * The place below `parent`; made, and described by the caller's function, when it is new. Negative when it is not read here.
 * `segment_hash` is that of the segment.
 */
static i32 child_of(Kernel *k, i32 parent, i32 kind, const u8 *segment, size_t length, u32 index, u64 segment_hash) {
    u64 h = fold(segment_hash ^ (u64)(u32)parent << 3 ^ (u64)kind, k->secret[2]);
    u32 slot = (u32)(h & (k->children_size - 1));
    for (; k->children[slot] >= 0; slot = (slot + 1) & (k->children_size - 1)) {
        Place *at = &k->places.at[k->children[slot]];
        if (at->hash == h && at->parent == parent && at->kind == kind) return at->hard ? -1 : k->children[slot];
    }
    if (k->places.n >= MAX_PLACES) return -1;
    Place made = {parent, kind, 0, 0, h};
    made.around = k->ask((i32)k->places.n, parent, kind, segment, (i64)length, (i64)index);
    made.hard = made.around < 0;
    PUSH(k->places, made);
    if (k->places.n * 2 > k->children_size) more_children(k);
    else enter_place(k, (i32)k->places.n - 1);
    return made.hard ? -1 : (i32)k->places.n - 1;
}

static i32 child(Kernel *k, i32 parent, i32 kind, const u8 *segment, size_t length, u32 index) {
    return child_of(k, parent, kind, segment, length, index, kind == INDEX ? fold(index + 1, k->secret[1]) : hashed(segment, length, k->secret));
}

/* ---- where a byte of a nested text stood ---- */

static u32 *place_of_level(Kernel *k, i32 index) {
    Level *l = &k->levels.at[index];
    if (l->place) return l->place;
    u32 *place = arena_take(&k->arena, sizeof(u32) * (l->n + 1));
    if (l->outer < 0) {
        u32 point = 0;
        for (size_t i = 0; i < l->n; i++) {
            place[i] = point;
            if (i + 1 == l->n || (l->p[i + 1] & 0xC0) != 0x80) point++;
        }
        place[l->n] = point;
    } else {
        const u32 *outer = place_of_level(k, l->outer);
        const u8 *raw = k->levels.at[l->outer].p;
        size_t from = l->from, at = 0;
        u8 character[4];
        while (from < l->to) {
            u32 here = outer[from];
            int length = json_character(raw, &from, character);
            for (int j = 0; j < length; j++) place[at++] = here;
        }
        place[l->n] = outer[l->to];
    }
    k->levels.at[index].place = place;
    return place;
}

/* Writes where the characters of a leaf stood: directly when they follow one another, else each (place, outer place) where they do not. */
static void locate(Kernel *k, i32 level, const u8 *text, size_t n, u32 from, u32 to, int escaped) {
    size_t points = code_points(text, n);
    if (level < 0) {
        PUSH(k->start, 0), PUSH(k->end, (u32)points), PUSH(k->map_at, -1), PUSH(k->map_size, 0);
        return;
    }
    const u32 *outer = place_of_level(k, level);
    const u8 *raw = k->levels.at[level].p;
    PUSH(k->start, outer[from]), PUSH(k->end, outer[to]);
    if (!escaped && outer[to] - outer[from] == points) {
        PUSH(k->map_at, -1), PUSH(k->map_size, 0);
        return;
    }
    PUSH(k->map_at, (i64)k->maps.n);
    size_t at = from;
    u32 point = 0, expected = outer[from] + 1;
    u8 character[4];
    while (at <= to) {
        if (at < to && (raw[at] & 0xC0) == 0x80) { at++; continue; }
        if (outer[at] != expected) PUSH(k->maps, point), PUSH(k->maps, outer[at]);
        expected = outer[at] + 1, point++;
        if (at == to) break;
        json_character(raw, &at, character);
    }
    PUSH(k->map_size, (u32)(k->maps.n - (size_t)k->map_at.at[k->map_at.n - 1]));
}

/* ---- values ---- */

static Automaton *automaton_of(Kernel *k, i32 number) {
    Automaton *automaton = &k->automaton[number];
    if (!automaton->next) automaton_begin(automaton, &k->given[number], FEW_STATES, NULL);
    return automaton;
}

/* Begins the automata that read every byte of every text together. */
static void together_begin(Kernel *k) {
    Together *g = &k->together;
    g->next = table_of(sizeof *g->next * TOGETHER * STATES * ROW);
    if (!g->next) abort();
    for (int lane = 0; lane < TOGETHER; lane++) {
        g->of[lane] = &k->automaton[lane];
        automaton_begin(g->of[lane], &k->given[lane], STATES, g->next + (size_t)lane * STATES * ROW);
        for (int c = 0; c < 256; c++) g->classes[c] |= (u64)k->given[lane].class_of[c] << 8 * lane;
    }
}

#define LONG_REGION 20        /* from here on reading a region again costs more than reading all of the text in two automata more */

/*
 * What the automata that every text is asked for find in one: together those of all bytes, fewer where there is no digit, and those of
 * regions with them where there is a long one; else those of regions one after the other.
 */
static i32 all_triggers(Kernel *k, const u8 *text, size_t n, i32 *found) {
    i32 count = 0, number = WITHOUT_REGIONS;
    int digit = 0;
    for (size_t i = 0; i < n && !digit; i++) digit = is_digit(text[i]);
    if (!digit) read_lanes(&k->together, WITHOUT_DIGITS, text, n, found, &count);
    else if (!has_run(text, n, SOLID, LONG_REGION)) read_lanes(&k->together, WITHOUT_REGIONS, text, n, found, &count);
    else read_lanes(&k->together, TOGETHER, text, n, found, &count), number = TOGETHER;
    for (; number < k->r.reading; number++) {
        const i32 *region = k->r.regions + 2 * (number - WITHOUT_REGIONS);
        read_regions(automaton_of(k, number), text, n, (size_t)region[0], (u8)region[1], found, &count);
    }
    return count;
}

/* The same, each automaton by itself and over all of the text. */
static i32 all_triggers_plainly(Kernel *k, const u8 *text, size_t n, i32 *found) {
    i32 count = 0;
    for (i32 number = 0; number < k->r.reading; number++) count += triggers_in(automaton_of(k, number), text, n, found + count);
    return count;
}

static const i32 *triggers_of(Kernel *k, const u8 *text, size_t n, u64 h, i32 *count) {
    Memo *memo = &k->memo[h >> 20 & (MEMO - 1)];
    if (n <= MEMO_LONGEST && memo->hash == h) {
        *count = (i32)memo->count;
        return k->memo_triggers.at + memo->at;
    }
    *count = all_triggers(k, text, n, k->found);
    if (n <= MEMO_LONGEST) {
        if (k->memo_triggers.n > (1u << 22)) memset(k->memo, 0, sizeof(Memo) * MEMO), k->memo_triggers.n = 0;
        memo->hash = h, memo->at = (u32)k->memo_triggers.n, memo->count = (u32)*count;
        for (i32 i = 0; i < *count; i++) PUSH(k->memo_triggers, k->found[i]);
    }
    return k->found;
}

static int has_keyword(Kernel *k, i32 rule, const i32 *triggers, i32 count) {
    for (i32 i = k->r.keyword_at[rule]; i < k->r.keyword_at[rule + 1]; i++)
        for (i32 j = 0; j < count; j++)
            if (triggers[j] == k->r.keyword[i]) return 1;
    return 0;
}

/* Leaves out rules that are possible by their words alone and whose pattern does not stand in the text; returns how many stay. */
static i32 confirmed(Kernel *k, i32 possible, const u8 *text, size_t n) {
    i32 kept = 0, trigger;
    for (i32 i = 0; i < possible; i++) {
        i32 number = k->r.confirm[k->possible[i]];
        if (number >= 0 && !triggers_in(automaton_of(k, number), text, n, &trigger)) continue;
        k->possible[kept++] = k->possible[i];
    }
    return kept;
}

/* Rules that may find something in a text with these triggers beside these names, ascending; returns how many. */
static i32 possible_rules(Kernel *k, const Around *around, const i32 *triggers, i32 count, const u8 *text, size_t n) {
    i32 possible = 0;
    Features features = {.size = n, .digits = -1};
    if (++k->listing == 0) memset(k->listed, 0, sizeof(u32) * (size_t)k->r.rules), k->listing = 1;
    for (i32 i = 0; i < count; i++)
        for (i32 j = k->r.owner_at[triggers[i]]; j < k->r.owner_at[triggers[i] + 1]; j++) {
            i32 rule = k->r.owner[j];
            if (k->listed[rule] == k->listing) continue;
            k->listed[rule] = k->listing;
            int free = k->r.keyword_at[rule] == k->r.keyword_at[rule + 1] && !k->r.only_named[rule];
            if (!free && !(around->named[rule >> 6] >> (rule & 63) & 1) && !has_keyword(k, rule, triggers, count)) continue;
            if (fits(&k->r, rule, &features, text)) k->possible[possible++] = rule;
        }
    for (i32 i = 0; i < around->loose; i++) {
        i32 rule = around->loose_named[i];
        if (k->listed[rule] != k->listing && fits(&k->r, rule, &features, text)) k->possible[possible++] = rule;
    }
    possible = confirmed(k, possible, text, n);
    if (possible > 1) qsort(k->possible, (size_t)possible, sizeof(i32), ascending);
    return possible;
}

static void emit(Kernel *k, i32 place, const u8 *text, size_t n, i32 depth, int kind) {
    PUSH(k->record_of, k->record), PUSH(k->place_of, place), PUSH(k->candidate, kind), PUSH(k->depth, depth);
    PUSH(k->text_at, (i64)k->texts.n), PUSH(k->text_size, (u32)n), PUSH(k->rules_at, (i64)k->rules.n), PUSH(k->turn_of, k->turn);
    ROOM(k->texts, n + 1);
    memcpy(k->texts.at + k->texts.n, text, n);
    k->texts.n += n;
}

/* Where each character of a leaf begins in the text of its level, and where the last one ends. */
static const u32 *spots_of(Kernel *k, const u8 *raw, u32 from, u32 to, size_t points) {
    u32 *spots = arena_take(&k->arena, sizeof(u32) * (points + 1));
    size_t at = from, point = 0;
    u8 character[4];
    while (at < to) {
        if ((raw[at] & 0xC0) == 0x80) { at++; continue; }
        spots[point++] = (u32)at;
        json_character(raw, &at, character);
    }
    spots[point] = to;
    return spots;
}

/* Notes where a value was met whose verdict tells something, or is not known yet. */
static void meet(Kernel *k, u32 verdict, const u8 *text, size_t n, i32 place, i32 level, u32 from, u32 to, int escaped) {
    Verdicts *v = &k->verdicts;
    if (!tells(v, verdict)) return;
    Met met = {k->turn, k->record, place, verdict, 0, -1};
    if (level >= 0) {
        const u32 *outer = place_of_level(k, level);
        size_t points = code_points(text, n);
        met.ahead = outer[from];
        if (escaped || outer[to] - outer[from] != points) {
            const u32 *spots = spots_of(k, k->levels.at[level].p, from, to, points);
            met.spot = (i64)v->spots.n;
            for (size_t i = 0; i <= points; i++) PUSH(v->spots, outer[spots[i]]);
        }
    }
    PUSH(v->met, met);
}

static int value(Kernel *k, const u8 *text, size_t n, i32 place, i32 level, i32 depth, u32 from, u32 to, int escaped, int layers) {
    i32 index = k->places.at[place].around;
    Around *around = &k->arounds.at[index];
    u64 h = hashed(text, n, k->secret) | 1;
    __builtin_prefetch(&k->memo[h >> 20 & (MEMO - 1)]);
    u64 key = fold(h ^ (u64)(u32)index * 0x9E3779B97F4A7C15u, k->secret[1]) | 1;
    int kind = 0;
    i32 count = 0, possible = 0;
    if (layers) key = fold(key, k->secret[2]) | 1;
    k->turn++;
    const Judged *judged = judged_at(&k->verdicts, key);
    if (!judged) {
        const i32 *triggers = triggers_of(k, text, n, h, &count);
        possible = count || around->loose ? possible_rules(k, around, triggers, count, text, n) : 0;
        if (possible || (around->flags & TAKES_ROLE)) kind |= 1;
        if (layers) for (i32 i = 0; i < count; i++) if (triggers[i] < k->r.layers) kind |= 2;
        if (layers && !(kind & 2) && may_hold_table(text, n)) kind |= 2;
        u64 kinds;
        int role = around->flags & TAKES_ROLE;
        if (kind == 1 && possible == 1 && k->possible[0] == k->r.address && (!role || around->flags & ONLY_ADDRESS) && nobodys(&k->r, text, n, role, &kinds)) {
            /* What is said of such texts depends on how many addresses of which kind they hold alone: one stands for all. */
            key = fold((kinds + 1) ^ (u64)(u32)index * 0x9E3779B97F4A7C15u, k->secret[0]) | 1;
            judged = judged_at(&k->verdicts, key);
        }
    }
    if (kind == 1 && !judged) judged = ask_for(&k->verdicts, key, place, text, n, k->possible, possible);
    if (judged) {
        kind = possible = 0;
        meet(k, judged->verdict, text, n, place, level, from, to, escaped);
    }
    if (!kind && !k->everything) return OK;
    emit(k, place, text, n, depth, kind);
    for (i32 i = 0; i < possible; i++) PUSH(k->rules, k->possible[i]);
    locate(k, level, text, n, from, to, escaped);
    return OK;
}

static int walk(Kernel *k, i32 tape, u32 at, i32 place, i32 level, i32 depth, int unwrap);

/* The text of a leaf whose content is `from` to `to` in the text of its level; walks what is JSON in it. */
static int leaf(Kernel *k, const u8 *text, size_t n, i32 place, i32 level, i32 depth, u32 from, u32 to, int escaped) {
    size_t a = 0, b = n;
    while (a < b && (text[a] == ' ' || text[a] == '\t' || text[a] == '\n' || text[a] == '\r')) a++;
    if (a < b && (text[a] == '{' || text[a] == '[') && depth < MAX_LAYERS && (n >= 24 || code_points(text, n) >= 6)) {
        while (b > a && (text[b - 1] == ' ' || text[b - 1] == '\t' || text[b - 1] == '\n' || text[b - 1] == '\r')) b--;
        if (text[b - 1] == '}' || text[b - 1] == ']') {
            while (k->tapes.n < (size_t)depth + 2) { Tape empty = {0}; PUSH(k->tapes, empty); }
            k->tapes.at[depth + 1].n = 0;
            int said = json_read(text, n, &k->tapes.at[depth + 1]);
            if (said == UNSURE) return UNSURE;
            if (said == OK) {
                i32 below = child(k, place, NESTED, (const u8 *)"", 0, 0);
                if (below < 0) return UNSURE;
                Level inner = {text, n, level, from, to, escaped, NULL};
                PUSH(k->levels, inner);
                size_t before = k->leaves;
                if ((said = walk(k, depth + 1, 0, below, (i32)k->levels.n - 1, depth + 1, 0))) return said;
                if (k->leaves != before) return OK;
                k->leaves++;
                return value(k, text, n, place, level, depth, from, to, escaped, 0);
            }
        }
    }
    if (++k->leaves > MAX_LEAVES) return UNSURE;
    return value(k, text, n, place, level, depth, from, to, escaped, n >= 6 && depth < MAX_LAYERS);
}

/* The text of a string node, written out where it holds escapes. */
static const u8 *text_of(Kernel *k, const u8 *raw, const Node *node, size_t *n) {
    *n = node->to - node->from;
    if (!node->escaped) return raw + node->from;
    u8 *out = arena_take(&k->arena, *n + 4);
    *n = json_text(raw, node->from, node->to, out);
    return out;
}

static int is_text(const Node *node, i32 depth) { return node->kind == '"' || (depth && node->kind == '0'); }

/* A number outside nested texts as Python writes it; UNSURE where that needs more than leaving it alone. */
static int plain_number(const u8 *p, size_t *n) {
    size_t digits = 0, point = 0;
    int zero = p[0] == '0' || (p[0] == '-' && p[1] == '0');
    for (size_t i = 0; i < *n; i++) {
        if (p[i] == '.') point = i;
        else if ((p[i] | 32) == 'e') return UNSURE;
        else if (p[i] != '-') digits++;
    }
    if (zero && p[0] == '-') return UNSURE;
    if (!point) return digits <= 18 ? OK : UNSURE;
    if (digits > 15) return UNSURE;
    if (*n == point + 2 && p[point + 1] == '0') { *n = point; return OK; }
    if (p[*n - 1] == '0') return UNSURE;
    return zero && p[point + 1] == '0' ? UNSURE : OK; /* small ones may be written with an exponent */
}

static int walk_scalar(Kernel *k, const u8 *raw, const Node *node, i32 place, i32 level, i32 depth) {
    size_t n;
    if (node->kind == '"') {
        const u8 *text = text_of(k, raw, node, &n);
        if (level < 0) k->levels.n = 0, k->leaves = 0;
        return leaf(k, text, n, place, level, depth, node->from, node->to, node->escaped);
    }
    if (node->kind != '0') return OK;
    n = node->to - node->from;
    if (level < 0) {
        k->leaves = 0;
        if (plain_number(raw + node->from, &n)) return UNSURE;
    }
    return leaf(k, raw + node->from, n, place, level, depth, node->from, node->to, 0);
}

static const Node *node_at(Kernel *k, i32 tape, u32 at) { return &k->tapes.at[tape].at[at]; }
static int same(const u8 *a, size_t n, const char *b) { return strlen(b) == n && !memcmp(a, b, n); }

static int is_wrapper(const u8 *p, size_t n) {
    return same(p, n, "stringValue") || same(p, n, "intValue") || same(p, n, "doubleValue") || same(p, n, "boolValue") || same(p, n, "arrayValue")
        || same(p, n, "kvlistValue") || same(p, n, "bytesValue");
}

typedef struct { const u8 *p; size_t n; u32 value; u64 hash; } Named;

/* The fields of the object at `at`; UNSURE when a name stands there twice. */
static int fields(Kernel *k, i32 tape, u32 at, const u8 *raw, Named **list) {
    u32 count = node_at(k, tape, at)->children;
    Named *made = arena_take(&k->arena, sizeof(Named) * (count + 1));
    u32 pair = at + 1;
    for (u32 i = 0; i < count; i++) {
        const Node *name = node_at(k, tape, pair);
        made[i].p = text_of(k, raw, name, &made[i].n);
        made[i].value = pair + 1;
        made[i].hash = hashed(made[i].p, made[i].n, k->secret);
        pair = node_at(k, tape, pair + 1)->after;
    }
    *list = made;
    if (count <= 24) {
        for (u32 i = 1; i < count; i++) for (u32 j = 0; j < i; j++) if (made[i].hash == made[j].hash) return UNSURE;
        return OK;
    }
    u32 size = 64;
    while (size < count * 2) size *= 2;
    u64 *seen = arena_take(&k->arena, sizeof(u64) * size);
    memset(seen, 0, sizeof(u64) * size);
    for (u32 i = 0; i < count; i++) {
        u64 h = made[i].hash | 1;
        u32 slot = (u32)(h >> 20) & (size - 1);
        for (; seen[slot]; slot = (slot + 1) & (size - 1)) if (seen[slot] == h) return UNSURE;
        seen[slot] = h;
    }
    return OK;
}

static int all_texts(Kernel *k, i32 tape, u32 list, i32 depth) {
    u32 element = list + 1;
    for (u32 i = 0; i < node_at(k, tape, list)->children; i++) {
        if (!is_text(node_at(k, tape, element), depth)) return 0;
        element = node_at(k, tape, element)->after;
    }
    return 1;
}

/* Index of the field that holds the names of the list in field `i`; -1 when there is none. */
static i32 names_beside(Kernel *k, i32 tape, const Named *list, u32 count, u32 i, i32 depth) {
    const Node *values = node_at(k, tape, list[i].value);
    if (values->kind != '[') return -1;
    size_t stem = list[i].n;
    while (stem && list[i].p[stem - 1] != '.') stem--;
    const u8 *last = list[i].p + stem;
    size_t length = list[i].n - stem;
    static const char *const plural[] = {"names", "keys"}, *const single[] = {"name", "key"};
    const char *const *wanted = same(last, length, "values") ? plural : same(last, length, "value") ? single : NULL;
    for (int w = 0; wanted && w < 2; w++)
        for (u32 j = 0; j < count; j++) {
            if (list[j].n != stem + strlen(wanted[w]) || memcmp(list[j].p, list[i].p, stem) || !same(list[j].p + stem, list[j].n - stem, wanted[w])) continue;
            const Node *names = node_at(k, tape, list[j].value);
            if (names->kind == '[' && names->children == values->children && all_texts(k, tape, list[j].value, depth)) return (i32)j;
        }
    return -1;
}

static int walk_parallel(Kernel *k, i32 tape, u32 names, u32 values, i32 place, i32 level, i32 depth, const u8 *raw) {
    u32 count = node_at(k, tape, names)->children, name = names + 1, one = values + 1;
    for (u32 i = 0; i < count; i++) {
        size_t n;
        const u8 *label = text_of(k, raw, node_at(k, tape, name), &n);
        i32 below = child(k, place, LABEL, label, n, 0);
        if (below < 0) return UNSURE;
        int said = walk(k, tape, one, below, level, depth, 0);
        if (said) return said;
        name = node_at(k, tape, name)->after, one = node_at(k, tape, one)->after;
    }
    return OK;
}

/* Whether the object may hold rows given as arrays beside the names of their columns: then it is read in Python (leakscope/text/pairs.py). */
static int may_be_table(Kernel *k, i32 tape, const u8 *raw, const Named *list, u32 count) {
    static const char *const rows[] = {"rows", "data", "values", "records", "result", "results", "tuples", "dataset", NULL};
    static const char *const columns[] = {"columns", "fields", "meta", "schema", "header", "headers", "cols", "names", "column_names", "columnNames", "column_headers", "columnHeaders", "rowType", NULL};
    int held = 0, named = 0;
    for (u32 i = 0; i < count && !(held && named); i++) {
        const Node *node = node_at(k, tape, list[i].value);
        if (node->kind != '[' && node->kind != '{') continue;
        if (node->kind == '[' && node->children) {
            const Node *first = node_at(k, tape, list[i].value + 1), *name = first + 1;
            int row = first->kind == '[' || (first->kind == '{' && first->children == 1 && same(raw + name->from, name->to - name->from, "f"));
            for (int w = 0; !held && row && rows[w]; w++) held = same(list[i].p, list[i].n, rows[w]);
        }
        for (int w = 0; !named && columns[w]; w++) named = same(list[i].p, list[i].n, columns[w]);
    }
    return held && named;
}

static int walk_object(Kernel *k, i32 tape, u32 at, i32 place, i32 level, i32 depth, const u8 *raw) {
    Named *list;
    u32 count = node_at(k, tape, at)->children;
    if (count > MAX_FIELDS || fields(k, tape, at, raw, &list) || may_be_table(k, tape, raw, list, count)) return UNSURE;
    i32 *beside = arena_take(&k->arena, sizeof(i32) * (count + 1));
    u8 *names = arena_take(&k->arena, count + 1);
    memset(names, 0, count + 1);
    for (u32 i = 0; i < count; i++) {
        beside[i] = names_beside(k, tape, list, count, i, depth);
        if (beside[i] >= 0) names[beside[i]] = 1;
    }
    for (u32 i = 0; i < count; i++) {
        if (names[i] && beside[i] < 0) continue;
        i32 below = child_of(k, place, FIELD, list[i].p, list[i].n, 0, list[i].hash);
        if (below < 0) return UNSURE;
        int said = beside[i] >= 0 ? walk_parallel(k, tape, list[beside[i]].value, list[i].value, below, level, depth, raw)
                                  : walk(k, tape, list[i].value, below, level, depth, 0);
        if (said) return said;
    }
    return OK;
}

/* Whether the object at `at` is an entry of a key-value list: `label` its name, `inner` its value, `named` whether the name stands under "name". */
static int pair_of(Kernel *k, i32 tape, u32 at, const u8 *raw, i32 depth, const Node **label, u32 *inner, int *named) {
    static const char *const allowed[] = {"key", "name", "value", "type", "enabled", "disabled", "description"};
    const Node *key = NULL, *name = NULL;
    i64 value = -1;
    u32 count = node_at(k, tape, at)->children, pair = at + 1;
    if (node_at(k, tape, at)->kind != '{' || count > 7) return 0;
    for (u32 i = 0; i < count; i++) {
        const Node *field = node_at(k, tape, pair);
        size_t n = field->to - field->from;
        int known = 0;
        if (field->escaped) return -1;
        for (int j = 0; j < 7; j++) if (same(raw + field->from, n, allowed[j])) known = j + 1;
        if (!known) return 0;
        if (known == 1) key = node_at(k, tape, pair + 1);
        if (known == 2) name = node_at(k, tape, pair + 1);
        if (known == 3) value = pair + 1;
        pair = node_at(k, tape, pair + 1)->after;
    }
    *label = key ? key : name;
    *named = name != NULL;
    if (value < 0 || !*label || !is_text(*label, depth)) return 0;
    *inner = (u32)value;
    return 1;
}

/* The single wrapped value in an OTLP object, or `at` itself. `kind`: 1 a plain wrapper, 2 one of lists, 0 none, -1 not decided here. */
static u32 unwrapped(Kernel *k, i32 tape, u32 at, const u8 *raw, int *kind) {
    const Node *node = node_at(k, tape, at);
    *kind = 0;
    if (node->kind != '{' || node->children != 1) return at;
    const Node *name = node_at(k, tape, at + 1);
    if (name->escaped) { *kind = -1; return at; }
    size_t n = name->to - name->from;
    if (!is_wrapper(raw + name->from, n)) return at;
    *kind = same(raw + name->from, n, "arrayValue") || same(raw + name->from, n, "kvlistValue") ? 2 : 1;
    return at + 2;
}

static int walk_pair(Kernel *k, i32 tape, u32 inner, i32 place, i32 level, i32 depth, const u8 *raw) {
    int kind;
    u32 at = unwrapped(k, tape, inner, raw, &kind);
    if (kind < 0) return UNSURE;
    if (kind == 2 && node_at(k, tape, at)->kind == '{') {
        u32 pair = at + 1, found = at;
        for (u32 i = 0; i < node_at(k, tape, at)->children; i++) {
            const Node *name = node_at(k, tape, pair);
            if (name->escaped) return UNSURE;
            if (same(raw + name->from, name->to - name->from, "values")) found = pair + 1;
            pair = node_at(k, tape, pair + 1)->after;
        }
        at = found;
    }
    return walk(k, tape, at, place, level, depth, kind && node_at(k, tape, at)->kind == '[');
}

static int walk_list(Kernel *k, i32 tape, u32 at, i32 place, i32 level, i32 depth, const u8 *raw, int unwrap) {
    u32 count = node_at(k, tape, at)->children, element = at + 1;
    for (u32 i = 0; i < count; i++) {
        u32 after = node_at(k, tape, element)->after, inner = 0, shown = element;
        const Node *label = NULL;
        int named = 0, kind = 0, said;
        if (unwrap) shown = unwrapped(k, tape, element, raw, &kind);
        int pair = kind < 0 ? -1 : pair_of(k, tape, shown, raw, depth, &label, &inner, &named);
        if (pair < 0) return UNSURE;
        if (pair) {
            size_t n;
            Node copy = *label;
            Named *list;
            if (fields(k, tape, shown, raw, &list)) return UNSURE;
            const u8 *text = text_of(k, raw, &copy, &n);
            i32 below = child(k, place, LABEL, text, n, 0);
            if (below < 0) return UNSURE;
            if (named) {
                i32 name = child(k, place, LABEL_NAME, text, n, 0);
                if (name < 0) return UNSURE;
                if (level < 0) k->levels.n = 0, k->leaves = 0;
                if ((said = leaf(k, text, n, name, level, depth, copy.from, copy.to, copy.escaped))) return said;
            }
            said = walk_pair(k, tape, inner, below, level, depth, raw);
        } else {
            i32 below = child(k, place, INDEX, NULL, 0, i);
            if (below < 0) return UNSURE;
            said = walk(k, tape, shown, below, level, depth, 0);
        }
        if (said) return said;
        element = after;
    }
    return OK;
}

static int walk(Kernel *k, i32 tape, u32 at, i32 place, i32 level, i32 depth, int unwrap) {
    const Node *node = node_at(k, tape, at);
    const u8 *raw = level < 0 ? k->line : k->levels.at[level].p;
    if (node->kind == '{') return walk_object(k, tape, at, place, level, depth, raw);
    if (node->kind == '[') return walk_list(k, tape, at, place, level, depth, raw, unwrap);
    Node copy = *node;
    return walk_scalar(k, raw, &copy, place, level, depth);
}

/* ---- records ---- */

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
    k->memo = calloc(MEMO, sizeof(Memo));
    verdicts_begin(&k->verdicts);
    k->found = calloc((size_t)a->triggers + 1, sizeof(i32));
    k->given = a, k->automata = automata;
    k->automaton = calloc((size_t)automata, sizeof(Automaton));
    k->possible = calloc((size_t)r->rules + 1, sizeof(i32));
    k->listed = calloc((size_t)r->rules + 1, sizeof(u32));
    if (!k->children || !k->memo || !k->found || !k->automaton || !k->possible || !k->listed) abort();
    together_begin(k);
    Tape empty = {0};
    PUSH(k->tapes, empty);
    forget_places(k);
    return k;
}

/* Describes a kind of place by what its names make possible; the first one is that of a record that is itself a value. */
OUTSIDE void leakscope_around(Kernel *k, const u64 *named, u32 flags) {
    Around around = {malloc(sizeof(u64) * (size_t)(k->r.words + 1)), flags, 0, malloc(sizeof(i32) * (size_t)(k->r.rules + 1))};
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
    const i32 *triggers = triggers_of(k, text, (size_t)size, hashed(text, (size_t)size, k->secret) | 1, &count);
    if (count || names->loose) possible = possible_rules(k, names, triggers, count, text, (size_t)size);
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
    free(k->places.at), free(k->children), free(k->arounds.at), free(k->memo), free(k->memo_triggers.at), verdicts_end(&k->verdicts);
    free(k->found), free(k->automaton), free(k->possible), free(k->listed), free(k->levels.at), free(k->tapes.at);
    free(k->record_of.at), free(k->place_of.at), free(k->text_at.at), free(k->text_size.at), free(k->start.at), free(k->end.at), free(k->map_at.at), free(k->map_size.at);
    free(k->candidate.at), free(k->depth.at), free(k->rules_at.at), free(k->texts.at), free(k->maps.at);
    free(k->rules.at), free(k->hard.at), free(k->turn_of.at), free(k->hard_turn.at);
    free(k);
}
