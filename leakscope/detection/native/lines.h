/* Whether a table may be written in a text: every text in which leakscope/text/pasted_tables.py finds one, and few others. */

/* The rule under or over a header, at `p`: blanks, dashes, corners and bars alone. */
static int is_rule(const u8 *p, const u8 *end) {
    int dash = 0, bar = 0;
    while (p < end && (*p == '>' || *p == '#' || *p == '*' || *p == '%' || *p == ';' || *p == ' ' || *p == '\t')) p++;
    for (; p < end; p++) {
        u8 c = *p;
        if (c == 0xE2 && end - p > 2 && (p[1] == 0x94 || p[1] == 0x95)) { dash = bar = 1, p += 2; continue; }
        if (c == '-' || c == '=') dash = 1;
        else if (c == '+' || c == '|') bar = 1;
        else if (c != ' ' && c != '\t' && c != ':' && c != '\r') return 0;
    }
    return dash && bar;
}

static int begins_name(u8 c) { return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '"' || c == '_' || c >= 0x80; }

/* A line of names with a mark between each two: the first of the marks; 0 for any other line. */
static u8 header_mark(const u8 *p, const u8 *end) {
    u8 mark = 0;
    int length = 0;
    if (p == end || !begins_name(*p)) return 0;
    for (; p < end; p++) {
        u8 c = *p;
        if (c == ',' || c == ';' || c == '\t' || c == '|') {
            if (p + 1 < end && p[1] == ' ') p++;
            if (p + 1 >= end || !begins_name(p[1])) return 0;
            if (!mark) mark = c;
            length = 0;
        } else if (is_alnum(c) || c == '_' || c == '"' || c == '.' || c == '/' || c == '(' || c == ')' || c == '#' || c == '-' || c >= 0x80) {
            if ((c & 0xC0) != 0x80 && ++length > 44) return 0;
        } else if (c == ' ') {
            if (p + 1 >= end || !(is_alnum(p[1]) || p[1] == '_' || p[1] == '(' || p[1] == '"' || p[1] >= 0x80) || ++length > 44) return 0;
        } else if (c != '\r' || p + 1 < end) return 0;
    }
    return mark;
}

static int has_bar(const u8 *p, const u8 *end) {
    for (; p < end; p++) if (*p == '|' || (*p == 0xE2 && end - p > 2 && p[1] >= 0x94 && p[1] <= 0x95)) return 1;
    return 0;
}

static const u8 *line_end(const u8 *p, const u8 *stop) {
    const u8 *end = p < stop ? memchr(p, '\n', (size_t)(stop - p)) : NULL;
    return end ? end : stop;
}

static int may_hold_table(const u8 *p, size_t n) {
    const u8 *stop = p + n, *begin = p, *end = memchr(p, '\n', n);
    for (; end && p < stop; p = end + 1, end = line_end(p, stop)) {
        if (p + 1 < end && *p == '(' && is_digit(p[1])) return 1;
        if (end == stop) return 0;
        const u8 *next = end + 1, *next_end = line_end(next, stop);
        u8 mark = header_mark(p, end);
        if (mark && memchr(next, mark, (size_t)(next_end - next))) return 1;
        if (p > begin + 1 && p[-2] != '\n' && is_rule(p, end) && has_bar(next, next_end)) return 1;
    }
    return 0;
}
