/* A record as its values: JSON walked on the same ways as leakscope/text/unfold.py walks it. */

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
