/* What the names around a value and the triggers in it leave possible. */
typedef struct {
    i32 rules, words;               /* words: of 64 bits, that a set of rules takes */
    i32 layers;                     /* the first triggers are those of texts that may hold another encoding */
    const i32 *owner_at, *owner;    /* rules whose pattern a trigger stands for */
    const i32 *keyword_at, *keyword; /* triggers of the words of which a rule needs one */
    const u8 *only_named;           /* rules whose words must stand in the names */
    const u8 *alone;                /* rules that are sought by their words or anchors alone */
    const i32 *confirm;             /* trigger of the pattern of such a rule, or -1 */
    const uint16_t *least;          /* [rules][4] characters, digits, length of a run, class of the run */
    const u8 *check;                /* the check digits that every match of a rule has, or none */
    i32 address;                    /* the rule of IPv4 addresses, or -1 */
    i32 networks;                   /* IPv4 networks in which nobody is; each first and last address, and number of its kind */
    const u32 *network;
    i32 issuers;                    /* ranges of card numbers; each least and most digits, digits of its prefix, first and last prefix */
    const u32 *issuer;
    i32 reading;                    /* automata that every text is asked for */
    const i32 *regions;             /* of those behind WITHOUT_REGIONS, two numbers: bytes of the region that a match is in, and the mark in it */
    const u8 *apart;                /* rules that ask for more of the names than the others do */
} Rules;

static int ascending(const void *a, const void *b) { return (*(const i32 *)a > *(const i32 *)b) - (*(const i32 *)a < *(const i32 *)b); }

enum { HEX, ALNUM, SOLID };
/* What is known of a text: its digits, and for each class of characters a length of run that it has, and one that it has not. */
typedef struct { size_t size; i32 digits; u32 has[3], lacks[3]; } Features;

static inline int is_in(int class, u8 c) {
    if (class == SOLID) return c > ' ';
    return class == ALNUM ? is_alnum(c) : is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Whether a text has `length` characters of a class in a row: where the last one of a stretch that long is missing, none begins before it. */
static int has_run(const u8 *p, size_t n, int class, size_t length) {
    for (size_t from = 0; from + length <= n;) {
        size_t at = from + length;
        while (at > from && is_in(class, p[at - 1])) at--;
        if (at == from) return 1;
        from = at;
    }
    return 0;
}

/* The same, asked of the text once for each class and length. */
static int runs_to(Features *f, const u8 *p, int class, u32 length) {
    if (length <= f->has[class]) return 1;
    if (f->lacks[class] && length >= f->lacks[class]) return 0;
    int found = has_run(p, f->size, class, length);
    if (found) f->has[class] = length;
    else f->lacks[class] = length;
    return found;
}

static i32 digits_of(Features *f, const u8 *p) {
    if (f->digits < 0) {
        f->digits = 0;
        for (size_t i = 0; i < f->size; i++) f->digits += is_digit(p[i]);
    }
    return f->digits;
}

/*
 * Whether groups of characters that follow one another with one other character between them pass a check, for some first and
 * some last group: what a rule whose matches are such groups, with nothing of the kind around them, can find at all.
 */
#define MOST_CHECKED 34

/* ISO/IEC 7812-1, annex B. */
static int luhn_holds(const u8 *digits, size_t n) {
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');
        sum += i & 1 ? 2 * d - 9 * (d > 4) : d;
    }
    return sum % 10 == 0;
}

/* ISO 13616: the first four characters moved to the end, letters as 10 to 35, leave 1 when divided by 97. */
static int iban_holds(const u8 *text, size_t n) {
    unsigned rest = 0;
    if (n < 5) return 0;
    for (size_t i = 4; i < n + 4; i++) {
        u8 c = text[i < n ? i : i - n];
        rest = is_digit(c) ? (rest * 10 + (unsigned)(c - '0')) % 97 : (rest * 100 + (unsigned)((c | 32) - 'a') + 10) % 97;
    }
    return rest == 1;
}

/* Whether some payment scheme numbers its cards so, and their check digit holds. */
static int card_holds(const Rules *r, const u8 *digits, size_t n) {
    for (i32 i = 0; i < r->issuers; i++) {
        const u32 *issuer = r->issuer + 5 * i;
        u32 prefix = 0;
        if (n < issuer[0] || n > issuer[1] || n < issuer[2]) continue;
        for (u32 j = 0; j < issuer[2]; j++) prefix = prefix * 10 + (u32)(digits[j] - '0');
        if (prefix >= issuer[3] && prefix <= issuer[4]) return luhn_holds(digits, n);
    }
    return 0;
}

enum { UNCHECKED, LUHN, IBAN, CARD, COUNTED };

static inline int check_holds(const Rules *r, int check, const u8 *joined, size_t n) {
    return check == COUNTED ? 1 : check == CARD ? card_holds(r, joined, n) : check == LUHN ? luhn_holds(joined, n) : iban_holds(joined, n);
}

static inline int is_read(int check, u8 c) { return check == IBAN ? is_alnum(c) : is_digit(c); }

static int some_holds(const Rules *r, int check, const u8 *p, size_t n, size_t least) {
    u8 joined[MOST_CHECKED];
    for (size_t from = 0; from < n; from++) {
        if (!is_read(check, p[from]) || (from && is_read(check, p[from - 1]))) continue;
        size_t count = 0, at = from;
        for (;;) {
            while (at < n && count < MOST_CHECKED && is_read(check, p[at])) joined[count++] = p[at++];
            if (at < n && count == MOST_CHECKED && is_read(check, p[at])) break;
            if (count >= least && check_holds(r, check, joined, count)) return 1;
            if (at + 1 >= n || count == MOST_CHECKED || !is_read(check, p[at + 1])) break;
            at++;
        }
    }
    return 0;
}

/* Whether a text has what every match of `rule` takes. */
static int fits(const Rules *r, i32 rule, Features *f, const u8 *p) {
    const uint16_t *least = r->least + 4 * (size_t)rule;
    if (f->size < least[0] || (least[1] && digits_of(f, p) < least[1]) || !runs_to(f, p, least[3], least[2])) return 0;
    return r->check[rule] == UNCHECKED || some_holds(r, r->check[rule], p, f->size, least[1]);
}

/* The IPv4 address at the start of `p`, at most `n` bytes; 0 when there is none. Its parts have no leading zeros. */
static size_t address_at(const u8 *p, size_t n, u32 *address) {
    size_t at = 0;
    *address = 0;
    for (int part = 0; part < 4; part++) {
        u32 number = 0;
        size_t from = at;
        while (at < n && at - from < 4 && is_digit(p[at])) number = number * 10 + (u32)(p[at++] - '0');
        if (at == from || number > 255 || at - from > 3 || (at - from > 1 && p[from] == '0')) return 0;
        if (part < 3 && (at >= n || p[at++] != '.')) return 0;
        *address = *address << 8 | number;
    }
    return at < n && is_alnum(p[at]) ? 0 : at;
}

static i32 network_of(const Rules *r, u32 address) {
    for (i32 i = 0; i < r->networks; i++)
        if (address >= r->network[3 * i] && address <= r->network[3 * i + 1]) return (i32)r->network[3 * i + 2];
    return -1;
}

/*
 * Whether the IPv4 addresses in a text are all in networks in which nobody is. `kinds` counts them by kind of network, 16 bits each;
 * `alone`: the text must be one address and nothing else. Numbers that are no host's (RFC 791, RFC 1122) are not counted.
 */
static int nobodys(const Rules *r, const u8 *p, size_t n, int alone, u64 *kinds) {
    *kinds = 0;
    for (size_t at = 0; at < n;) {
        u32 address;
        size_t size = is_digit(p[at]) && !(at && is_alnum(p[at - 1])) ? address_at(p + at, n - at, &address) : 0;
        if (alone && size != n) return 0;
        if (!size) { at++; continue; }
        at += size;
        if (!(address >> 24) || address >> 24 == 255 || !(address & 0xFFFFFF)) {
            if (alone) return 0;
            continue;
        }
        i32 kind = network_of(r, address);
        if (kind < 0 || kind > 3 || (*kinds >> 16 * kind & 0xFFFF) == 0xFFFF) return 0;
        *kinds += (u64)1 << 16 * kind;
    }
    return 1;
}

typedef struct { i32 parent, kind, around, hard; u64 hash; } Place;
enum { ROOT, FIELD, INDEX, LABEL, LABEL_NAME, NESTED };
enum { TAKES_ROLE = 1, ONLY_ADDRESS = 2 };

/* What is known of a kind of place: which rules its names make possible, whether its values have a role, and a number that those share
   beside whose names all rules find the same that are not `apart`. */
typedef struct { u64 *named; u32 flags; i32 loose; i32 *loose_named; i64 kin; } Around;
