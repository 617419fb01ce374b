/* What the native scan holds between calls, and the arrays that it gives. */
#define MAX_LAYERS 6
#define MAX_LEAVES 20000
#define MAX_PLACES 200000
#define MAX_FIELDS 2000       /* of an object; in one with more, seeking the names beside each value would take their square */
#define MEMO (1u << 12)       /* the texts of a few records: most come again within one, or hardly ever */
#define MEMO_LONGEST 4096
#define HELD (1u << 13)       /* rules that were asked of the same texts */

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
    u64 *held;                    /* by text and rule, a key whose last bit says whether the rule can find something there */
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
