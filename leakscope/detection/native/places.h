/* Places: the ways of names on which values stand, and where a byte of a nested text stood in the outermost one. */

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
