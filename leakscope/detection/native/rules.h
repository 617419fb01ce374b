/* What the names around a value and the triggers in it leave possible. */
typedef struct {
    i32 rules, words;               /* words: of 64 bits, that a set of rules takes */
    i32 layer;                      /* trigger of texts that may hold another encoding */
    const i32 *owner_at, *owner;    /* rules whose pattern a trigger stands for */
    const i32 *keyword_at, *keyword; /* triggers of the words of which a rule needs one */
    const u8 *only_named;           /* rules whose words must stand in the names */
    const u8 *alone;                /* rules that are sought by their words or anchors alone */
    const i32 *confirm;             /* trigger of the pattern of such a rule, or -1 */
    const uint16_t *least;          /* [rules][4] characters, digits, length of a run, class of the run */
} Rules;

static int ascending(const void *a, const void *b) { return (*(const i32 *)a > *(const i32 *)b) - (*(const i32 *)a < *(const i32 *)b); }

enum { HEX, ALNUM, SOLID };
typedef struct { size_t size; u32 digits, runs[3]; int known; } Features;

/* How many digits a text has, and its longest runs of hexadecimal digits, of letters and digits, of anything but blanks. */
static void measure(Features *f, const u8 *p) {
    u32 run[3] = {0, 0, 0};
    f->digits = f->runs[0] = f->runs[1] = f->runs[2] = 0;
    for (size_t i = 0; i < f->size; i++) {
        u8 c = p[i], lower = c | 32;
        int digit = c >= '0' && c <= '9', hex = digit || (lower >= 'a' && lower <= 'f'), alnum = digit || (lower >= 'a' && lower <= 'z');
        f->digits += (u32)digit;
        run[HEX] = hex ? run[HEX] + 1 : 0;
        run[ALNUM] = alnum ? run[ALNUM] + 1 : 0;
        run[SOLID] = c > ' ' ? run[SOLID] + 1 : 0;
        for (int j = 0; j < 3; j++) if (run[j] > f->runs[j]) f->runs[j] = run[j];
    }
    f->known = 1;
}

/* Whether a text has what every match of `rule` takes. */
static int fits(const Rules *r, i32 rule, Features *f, const u8 *p) {
    const uint16_t *least = r->least + 4 * (size_t)rule;
    if (f->size < least[0]) return 0;
    if (!f->known) measure(f, p);
    return f->digits >= least[1] && f->runs[least[3]] >= least[2];
}

typedef struct { i32 parent, kind, around, hard; u64 hash; } Place;
enum { ROOT, FIELD, INDEX, LABEL, LABEL_NAME, NESTED };
enum { TAKES_ROLE = 1 };

/* What is known of a kind of place: which rules its names make possible, and whether its values have a role. */
typedef struct { u64 *named; u32 flags; i32 loose; i32 *loose_named; } Around;
