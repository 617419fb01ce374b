/* One value: which triggers stand in it, which rules may find something in it, and whether it was judged before. */

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
        g->of[lane]->turned = (u32)lane * (ROW / TOGETHER);
        automaton_begin(g->of[lane], &k->given[lane], STATES, g->next + (size_t)lane * STATES * ROW);
        for (int c = 0; c < 256; c++) g->classes[c] |= (u64)(k->given[lane].class_of[c] ^ g->of[lane]->turned) << 8 * lane;
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

/* What is remembered of a text by its hash `h`; null when it is not. */
static const Memo *remembered(const Kernel *k, size_t n, u64 h) {
    const Memo *memo = &k->memo[h >> 20 & (MEMO - 1)];
    return n <= MEMO_LONGEST && memo->hash == h ? memo : NULL;
}

static const i32 *triggers_of(Kernel *k, const u8 *text, size_t n, u64 h, i32 *count) {
    Memo *memo = &k->memo[h >> 20 & (MEMO - 1)];
    if (remembered(k, n, h)) {
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

/* Whether a text, whose hash is `h`, has what every match of a rule takes; of a rule that its words alone make possible, also its pattern. */
static int holds_rule(Kernel *k, i32 rule, Features *features, const u8 *text, size_t n, u64 h) {
    u64 key = fold(h ^ (u64)(u32)rule * 0x9E3779B97F4A7C15u, k->secret[0]) | 1, *held = &k->held[key >> 20 & (HELD - 1)];
    if ((*held | 1) == key) return (int)(*held & 1);
    i32 number = k->r.confirm[rule], trigger;
    int holds = fits(&k->r, rule, features, text) && (number < 0 || triggers_in(automaton_of(k, number), text, n, &trigger));
    *held = holds ? key : key & ~(u64)1;
    return holds;
}

/* Rules that may find something in a text with these triggers beside these names, ascending; returns how many. */
static i32 possible_rules(Kernel *k, const Around *around, const i32 *triggers, i32 count, const u8 *text, size_t n, u64 h) {
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
            if (holds_rule(k, rule, &features, text, n, h)) k->possible[possible++] = rule;
        }
    for (i32 i = 0; i < around->loose; i++) {
        i32 rule = around->loose_named[i];
        if (k->listed[rule] != k->listing && holds_rule(k, rule, &features, text, n, h)) k->possible[possible++] = rule;
    }
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

/* By what a text is remembered beside names of one number; `layers`: where another encoding is sought in it. */
static u64 key_beside(const Kernel *k, u64 h, i64 names, int layers) {
    u64 key = fold(h ^ (u64)names * 0x9E3779B97F4A7C15u, k->secret[1]) | 1;
    return layers ? fold(key, k->secret[2]) | 1 : key;
}

/* The number that all names share which say the same to the rules that are possible. */
static i64 names_for(const Kernel *k, const Around *around, i32 index, i32 possible) {
    for (i32 i = 0; i < possible; i++) if (k->r.apart[k->possible[i]]) return index;
    return around->kin + ((i64)1 << 32);
}

static int value(Kernel *k, const u8 *text, size_t n, i32 place, i32 level, i32 depth, u32 from, u32 to, int escaped, int layers) {
    i32 index = k->places.at[place].around;
    Around *around = &k->arounds.at[index];
    u64 h = hashed(text, n, k->secret) | 1;
    u64 key = key_beside(k, h, index, layers);
    int kind = 0;
    i32 count = 0, possible = 0;
    k->turn++;
    const Memo *memo = remembered(k, n, h);
    /* In most texts nothing can stand: those cannot have been judged, and where judgements are kept is far from the processor. */
    int nothing = memo && !memo->count && !around->loose && !(around->flags & TAKES_ROLE);
    i64 verdict = nothing ? -1 : verdict_at(&k->verdicts, key);
    if (verdict < 0) {
        const i32 *triggers = triggers_of(k, text, n, h, &count);
        possible = count || around->loose ? possible_rules(k, around, triggers, count, text, n, h) : 0;
        if (possible || (around->flags & TAKES_ROLE)) kind |= 1;
        if (layers) for (i32 i = 0; i < count; i++) if (triggers[i] < k->r.layers) kind |= 2;
        if (layers && !(kind & 2) && may_hold_table(text, n)) kind |= 2;
        u64 kinds;
        int role = around->flags & TAKES_ROLE;
        if (kind == 1 && possible == 1 && k->possible[0] == k->r.address && (!role || around->flags & ONLY_ADDRESS) && nobodys(&k->r, text, n, role, &kinds)) {
            /* What is said of such texts depends on how many addresses of which kind they hold alone: one stands for all. */
            key = fold((kinds + 1) ^ (u64)names_for(k, around, index, possible) * 0x9E3779B97F4A7C15u, k->secret[0]) | 1;
            verdict = verdict_at(&k->verdicts, key);
        }
    }
    if (kind == 1 && verdict < 0) {
        /* Beside other names that say the same to all of these rules, it may have been judged. */
        u64 shared = key_beside(k, h, names_for(k, around, index, possible), layers);
        verdict = verdict_at(&k->verdicts, shared);
        if (verdict >= 0) remember(&k->verdicts, key, verdict);
        else verdict = remember(&k->verdicts, shared, ask_for(&k->verdicts, key, place, text, n, k->possible, possible));
    }
    if (verdict >= 0) {
        kind = possible = 0;
        meet(k, (u32)verdict, text, n, place, level, from, to, escaped);
    }
    if (!kind && !k->everything) return OK;
    emit(k, place, text, n, depth, kind);
    for (i32 i = 0; i < possible; i++) PUSH(k->rules, k->possible[i]);
    locate(k, level, text, n, from, to, escaped);
    return OK;
}
