/* White-space mode with every SIMD variant, compared with a simple splitter, at every alignment and many lengths.
 * Prints "ok" and the number of variants compared, or the line that failed. */
#include "tokenize.c"

enum { LONGEST = 400, MOST_TOKENS = LONGEST + 1 };

#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) {                                            \
      printf("line %d: check failed: %s\n", __LINE__, #condition); \
      exit(1);                                                     \
    }                                                              \
  } while (0)

static uint64_t seed = 88172645463325252u;

static uint32_t chance(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % below;
}

/* White space for Python's str.split(). */
static const uint32_t WHITE[] = {0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x1C,   0x1D,   0x1E,   0x1F,   0x20,
                                 0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
                                 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
/* Not white space, though the bytes are similar. */
static const uint32_t OTHERS[] = {0x08,   0x0E,   0x1B,   0x21,   0x7F,    0x80,     0x84,   0x86,
                                  0x9F,   0xA1,   0x89,   0xE0,   0x1620,  0x1681,   0x180E, 0x200B,
                                  0x200D, 0x2027, 0x202A, 0x205E, 0x2060,  0x3001,   0x0627, 0x0640,
                                  0x64E,  0xFEFB, 0x6F22, 0x2040, 0x1F600, 0x10FFFF, 0x220,  0x9};
enum { WHITES = sizeof WHITE / sizeof *WHITE, OTHER = sizeof OTHERS / sizeof *OTHERS - 1 };

static bool is_white(uint32_t code_point) {
  for (int i = 0; i < WHITES; i++)
    if (WHITE[i] == code_point) return true;
  return false;
}

/* A text of at most `longest` bytes. The frequency of white space varies from text to text. */
static size_t random_text(uint8_t *text, size_t longest) {
  uint32_t rarity = 1 + chance(12);
  size_t length = 0;
  for (;;) {
    uint32_t code_point = chance(rarity) ? (chance(2) ? OTHERS[chance(OTHER)] : 0x627 + chance(30))
                                         : (chance(2) ? ' ' : WHITE[chance(WHITES)]);
    uint8_t bytes[4];
    unsigned size = ck_utf8_encode(code_point, bytes);
    if (length + size > longest) return length;
    memcpy(text + length, bytes, size);
    length += size;
  }
}

typedef struct {
  size_t starts[MOST_TOKENS], ends[MOST_TOKENS]; /* in bytes */
  uint32_t positions[MOST_TOKENS];               /* in code points */
  size_t length;
} pieces;

static void split(const uint8_t *text, size_t length, pieces *found) {
  bool inside = false;
  uint32_t position = 0;
  found->length = 0;
  for (size_t i = 0; i < length; position++) {
    unsigned size;
    bool white = is_white(ck_utf8_decode(text + i, &size));
    if (!white && !inside) {
      found->starts[found->length] = i;
      found->positions[found->length] = position;
    }
    if (white && inside) found->ends[found->length++] = i;
    inside = !white;
    i += size;
  }
  if (inside) found->ends[found->length++] = length;
}

/* The bits of one block, which may begin or end inside a code point. */
static void check_block(const uint8_t *block, ck_simd simd) {
  ck_block_bits bits = ck_block_reader_of(simd)(block);
  for (unsigned i = 0; i < CK_BLOCK; i++) {
    uint8_t byte = block[i];
    CHECK((bits.white >> i & 1) == (byte < 0x80 && is_white(byte)));
    CHECK((bits.begins >> i & 1) == ((byte & 0xC0) != 0x80));
    CHECK((bits.leads >> i & 1) == (byte == 0xC2 || byte == 0xE1 || byte == 0xE2 || byte == 0xE3));
  }
}

static void check_text(const uint8_t *text, size_t length, const pieces *wanted, ck_simd simd, bool without_starts) {
  ck_types types;
  ck_tokens tokens = {0};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_scanner scanner;
  ck_types_init(&types, CK_TYPES_LIMIT, ck_seeds_of(1));
  tokens.without_starts = without_starts;
  ck_scanner_init(&scanner, &types, &tokens, &ticker, &error);
  scanner.simd = simd;
  CHECK(ck_scan_whitespace(&scanner, text, text + length) == CK_OK);
  CHECK(ck_scanner_flush(&scanner) == CK_OK);
  CHECK(tokens.length == wanted->length);
  CHECK((tokens.starts == NULL) == without_starts);
  for (size_t i = 0; i < tokens.length; i++) {
    uint32_t size;
    const uint8_t *bytes = ck_types_bytes(&types, tokens.ids[i], &size);
    CHECK(size == wanted->ends[i] - wanted->starts[i] && !memcmp(bytes, text + wanted->starts[i], size));
    CHECK(tokens.flags[i] == (i ? 0 : (CK_BEGINS_SENTENCE | CK_BEGINS_PARAGRAPH)));
    CHECK(without_starts || tokens.starts[i] == wanted->positions[i]);
  }
  ck_tokens_free(&tokens);
  ck_types_free(&types);
}

int main(void) {
  pieces *wanted = (pieces *)malloc(sizeof *wanted);
  unsigned variants = 0;
  CHECK(wanted);
  for (int simd = CK_SCALAR; simd < CK_SIMD_COUNT; simd++) variants += ck_simd_supported((ck_simd)simd);
  for (size_t round = 0; round < 64 * 60; round++) {
    /* no byte before or after the text may be read */
    size_t alignment = round % 64, longest = round / 64 < 50 ? chance(200) : chance(LONGEST);
    uint8_t *memory = (uint8_t *)malloc(alignment + longest ? alignment + longest : 1);
    CHECK(memory);
    memset(memory, 0xE2, alignment);
    size_t length = random_text(memory + alignment, longest);
    uint8_t *exact = (uint8_t *)realloc(memory, alignment + length ? alignment + length : 1), *text = exact + alignment;
    CHECK(exact);
    split(text, length, wanted);
    for (int simd = CK_SCALAR; simd < CK_SIMD_COUNT; simd++) {
      if (!ck_simd_supported((ck_simd)simd)) continue;
      check_text(text, length, wanted, (ck_simd)simd, round % 3 == 0);
      if (length >= CK_BLOCK) check_block(text + chance((uint32_t)length - CK_BLOCK + 1), (ck_simd)simd);
    }
    free(exact);
  }
  free(wanted);
  printf("ok %u\n", variants);
  return 0;
}
