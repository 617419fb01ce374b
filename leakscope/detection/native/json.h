/* Strict JSON (RFC 8259) into a flat list of nodes; what other parsers might read otherwise is not decided here. */
enum { OK = 0, INVALID = 1, UNSURE = 2 };
#define MAX_DEPTH 60

typedef struct {
    u8 kind;      /* '{' '[' '"' '0' (number) 'n' (null, true, false) */
    u8 escaped;
    u32 from, to; /* bytes of a scalar without its quotation marks */
    u32 after;    /* index behind the whole value */
    u32 children; /* pairs of an object, elements of a list */
} Node;
typedef VEC(Node) Tape;
typedef struct { const u8 *p; size_t n, at; Tape *tape; } Reading;

static inline void blanks(Reading *r) {
    while (r->at < r->n && (r->p[r->at] == ' ' || r->p[r->at] == '\t' || r->p[r->at] == '\n' || r->p[r->at] == '\r')) r->at++;
}

static int hex4(const u8 *p, u32 *out) {
    u32 v = 0;
    for (int i = 0; i < 4; i++) {
        u8 c = p[i];
        if (c >= '0' && c <= '9') v = v << 4 | (u32)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f') v = v << 4 | (u32)((c | 32) - 'a' + 10);
        else return 0;
    }
    *out = v;
    return 1;
}

/* What stands for each character behind a backslash, but for `u`; 0 where JSON has no such escape. */
static const u8 escapes[256] = {['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'};

/* Bit `i`: whether byte `i` of `p` is a quotation mark, a backslash or a control character. */
static inline u64 special_bytes(const u8 *p, size_t n) {
    u64 found = 0;
#ifdef __SSE2__
    const __m128i mark = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
    for (size_t i = 0; i < n; i += 16) {
        __m128i w = _mm_loadu_si128((const __m128i *)(p + i));
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(w, mark), _mm_cmpeq_epi8(w, slash)), _mm_cmpeq_epi8(_mm_min_epu8(w, control), w));
        found |= (u64)(u32)_mm_movemask_epi8(special) << i;
    }
#else
    for (size_t i = 0; i < n; i++) found |= (u64)(p[i] == '"' || p[i] == '\\' || p[i] < 0x20) << i;
#endif
    return found;
}

/* Bytes of the escape at `p`, of which `n` are left; 0 where it is none, and -1 for half of a pair of surrogates. */
static int escape_size(const u8 *p, size_t n) {
    u32 v, w;
    if (n < 2) return 0;
    if (p[1] != 'u') return escapes[p[1]] ? 2 : 0;
    if (n < 6 || !hex4(p + 2, &v)) return 0;
    if (v < 0xD800 || v >= 0xE000) return 6;
    if (v >= 0xDC00 || n < 12 || p[6] != '\\' || p[7] != 'u' || !hex4(p + 8, &w) || w < 0xDC00 || w > 0xDFFF) return -1;
    return 12;
}

/* At the character after the opening mark; leaves behind the closing one. */
static int json_string(Reading *r, Node *node) {
    const u8 *p = r->p;
    size_t i = r->at, n = r->n;
    node->kind = '"', node->escaped = 0, node->from = (u32)i, node->children = 0;
    for (size_t size = 16; i < n; size = 64) {
        if (i + size > n) size = i + 16 > n ? 1 : 16;
        u64 special = size == 1 ? p[i] == '"' || p[i] == '\\' || p[i] < 0x20 : size == 16 ? special_bytes(p + i, 16) : special_bytes(p + i, 64);
        size_t behind = i + size;
        while (special) {
            size_t at = i + (size_t)__builtin_ctzll(special);
            if (p[at] == '"') {
                node->to = (u32)at;
                r->at = at + 1;
                return OK;
            }
            int escape = p[at] == '\\' ? escape_size(p + at, n - at) : 0;
            if (escape <= 0) return escape ? UNSURE : INVALID;
            node->escaped = 1;
            at += (size_t)escape;
            if (at >= behind) { behind = at; break; }
            special &= ~(u64)0 << (at - i);
        }
        i = behind;
    }
    return INVALID;
}

static int json_number(Reading *r, Node *node) {
    const u8 *p = r->p;
    size_t i = r->at, n = r->n;
    node->kind = '0', node->escaped = 0, node->from = (u32)i, node->children = 0;
    if (i < n && p[i] == '-') i++;
    if (i >= n) return INVALID;
    if (p[i] == '0') i++;
    else if (p[i] >= '1' && p[i] <= '9') while (i < n && p[i] >= '0' && p[i] <= '9') i++;
    else return INVALID;
    if (i < n && p[i] == '.') {
        size_t digits = ++i;
        while (i < n && p[i] >= '0' && p[i] <= '9') i++;
        if (i == digits) return INVALID;
    }
    if (i < n && (p[i] | 32) == 'e') {
        i++;
        if (i < n && (p[i] == '+' || p[i] == '-')) i++;
        size_t digits = i;
        while (i < n && p[i] >= '0' && p[i] <= '9') i++;
        if (i == digits) return INVALID;
        if (i - digits > 2) return UNSURE; /* may be beyond what a double holds */
    }
    if (i - r->at > 300) return UNSURE;
    node->to = (u32)i;
    r->at = i;
    return OK;
}

static int json_value(Reading *r, int depth) {
    blanks(r);
    if (r->at >= r->n) return INVALID;
    if (depth > MAX_DEPTH) return UNSURE;
    u8 c = r->p[r->at];
    size_t index = r->tape->n;
    Node node = {0};
    int said;
    PUSH(*r->tape, node);
    if (c == '"') {
        r->at++;
        if ((said = json_string(r, &node))) return said;
    } else if (c == '{' || c == '[') {
        u8 close = c == '{' ? '}' : ']';
        node.kind = c, node.from = (u32)r->at;
        r->at++;
        blanks(r);
        if (r->at < r->n && r->p[r->at] == close) r->at++;
        else for (;;) {
            if (c == '{') {
                blanks(r);
                if (r->at >= r->n || r->p[r->at] != '"') return INVALID;
                Node name = {0};
                r->at++;
                if ((said = json_string(r, &name))) return said;
                name.after = (u32)r->tape->n + 1;
                PUSH(*r->tape, name);
                blanks(r);
                if (r->at >= r->n || r->p[r->at++] != ':') return INVALID;
            }
            if ((said = json_value(r, depth + 1))) return said;
            node.children++;
            blanks(r);
            if (r->at >= r->n) return INVALID;
            u8 mark = r->p[r->at++];
            if (mark == close) break;
            if (mark != ',') return INVALID;
        }
        node.to = (u32)r->at;
    } else if (c == 'n' || c == 't' || c == 'f') {
        const char *word = c == 'n' ? "null" : c == 't' ? "true" : "false";
        size_t length = strlen(word);
        if (r->at + length > r->n || memcmp(r->p + r->at, word, length)) return INVALID;
        node.kind = 'n';
        r->at += length;
    } else if ((said = json_number(r, &node))) return said;
    node.after = (u32)r->tape->n;
    r->tape->at[index] = node;
    return OK;
}

/* The whole text as one value appended to `tape`. */
static int json_read(const u8 *p, size_t n, Tape *tape) {
    Reading r = {p, n, 0, tape};
    if (n > 0xFFFFFFF0u) return UNSURE;
    int said = json_value(&r, 0);
    if (said) return said;
    blanks(&r);
    return r.at == n ? OK : INVALID;
}

/* One character of a string's content at `*i` into `out`; moves `*i` behind it and returns the bytes written. */
static int json_character(const u8 *p, size_t *i, u8 *out) {
    u8 c = p[*i];
    if (c != '\\') { out[0] = c; (*i)++; return 1; }
    c = p[*i + 1];
    *i += 2;
    if (c != 'u') { out[0] = escapes[c]; return 1; }
    u32 v = 0, w = 0;
    hex4(p + *i, &v);
    *i += 4;
    if (v >= 0xD800 && v < 0xDC00) hex4(p + *i + 2, &w), *i += 6, v = 0x10000 + ((v - 0xD800) << 10) + (w - 0xDC00);
    if (v < 0x80) { out[0] = (u8)v; return 1; }
    if (v < 0x800) { out[0] = (u8)(0xC0 | v >> 6), out[1] = (u8)(0x80 | (v & 63)); return 2; }
    if (v < 0x10000) { out[0] = (u8)(0xE0 | v >> 12), out[1] = (u8)(0x80 | (v >> 6 & 63)), out[2] = (u8)(0x80 | (v & 63)); return 3; }
    out[0] = (u8)(0xF0 | v >> 18), out[1] = (u8)(0x80 | (v >> 12 & 63)), out[2] = (u8)(0x80 | (v >> 6 & 63)), out[3] = (u8)(0x80 | (v & 63));
    return 4;
}

/* The content of a string between `from` and `to`, written out; never longer than it was, and nothing is written behind that length. */
static size_t json_text(const u8 *p, size_t from, size_t to, u8 *out) {
    size_t n = 0;
    while (from < to) {
#ifdef __SSE2__
        if (from + 16 <= to) {
            __m128i w = _mm_loadu_si128((const __m128i *)(p + from));
            _mm_storeu_si128((__m128i *)(out + n), w);
            int slashes = _mm_movemask_epi8(_mm_cmpeq_epi8(w, _mm_set1_epi8('\\')));
            size_t plain = slashes ? (size_t)__builtin_ctz((unsigned)slashes) : 16;
            from += plain, n += plain;
            if (!slashes) continue;
            u8 written = escapes[p[from + 1]];
            if (written) { out[n++] = written, from += 2; continue; }
        }
#endif
        n += (size_t)json_character(p, &from, out + n);
    }
    return n;
}

/* Whether the bytes are UTF-8 (RFC 3629). */
static int is_utf8(const u8 *p, size_t n) {
    for (size_t i = 0; i < n;) {
        u64 w[4];
        if (i + 32 <= n && (memcpy(w, p + i, 32), !((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u))) { i += 32; continue; }
        if (i + 8 <= n && (memcpy(w, p + i, 8), !(w[0] & 0x8080808080808080u))) { i += 8; continue; }
        u8 c = p[i];
        if (c < 0x80) { i++; continue; }
        int more = c >= 0xC2 && c <= 0xDF ? 1 : c >= 0xE0 && c <= 0xEF ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
        if (!more || i + (size_t)more >= n) return 0;
        u8 d = p[i + 1];
        if ((c == 0xE0 && d < 0xA0) || (c == 0xED && d > 0x9F) || (c == 0xF0 && d < 0x90) || (c == 0xF4 && d > 0x8F)) return 0;
        for (int j = 1; j <= more; j++) if ((p[i + (size_t)j] & 0xC0) != 0x80) return 0;
        i += (size_t)more + 1;
    }
    return 1;
}
