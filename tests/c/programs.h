/* Normalisation programs for the C tests, read from the file that
 * test_portable.py generates from the library's presets. Each line is a keyword
 * with its arguments:
 *
 *   program NAME | elongation N | joiner N | early CODE_POINT RESULT... |
 *   late CODE_POINT RESULT... | mark CODE_POINT CLASS |
 *   pair COMPOSED BASE MARK | group NAME CODE_POINT | end
 *
 * Programs are built in the same way as in _normalize.pyx. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include "check.h"
#include "normalize.h"

enum { MOST_PROGRAMS = 32, MOST_NUMBERS = 64 };

typedef struct {
  char name[64];
  ck_program *program;
} named_program;

typedef struct {
  named_program items[MOST_PROGRAMS];
  size_t length;
} programs;

static void table_set(ck_paged *pages, uint32_t code_point, uint32_t value) {
  ck_error error;
  CHECK(!ck_paged_set(pages, code_point, value, &error));
}

static uint32_t change_to(ck_program *program, const uint32_t *results, size_t length) {
  ck_error error;
  uint32_t change = 0;
  if (length == 0) return CK_CHANGE(CK_NONE, 0);
  if (length == 1) return CK_CHANGE(CK_ONE, results[0]);
  CHECK(!ck_program_letters(program, results, length, &change, &error));
  return change;
}

static uint32_t flag_of(const char *group) {
  static const struct {
    const char *name;
    uint32_t flag;
  } flags[] = {{"alefs", CK_IS_ALEF},
               {"hamzas", CK_IS_HAMZA},
               {"emoji", CK_IS_EMOJI},
               {"selectors", CK_IS_SELECTOR},
               {"letters", CK_IS_LETTER},
               {"transparent", CK_IS_TRANSPARENT},
               {"lam", CK_IS_LAM},
               {"heh", CK_IS_HEH},
               {"before_lam", CK_IS_BEFORE_LAM},
               {"proclitics", CK_IS_PROCLITIC},
               {"loose", CK_IS_LOOSE},
               {"final", CK_IS_FINAL}};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (!strcmp(flags[i].name, group)) return flags[i].flag;
  fprintf(stderr, "unknown group %s\n", group);
  exit(1);
}

static void traits_add(ck_program *program, uint32_t code_point, uint32_t flags) {
  table_set(&program->traits, code_point, ck_paged_get(&program->traits, code_point) | flags);
}

static void pair_add(ck_program *program, const uint32_t *numbers) {
  ck_error error;
  ck_pair pair = {numbers[0], numbers[1], numbers[2]};
  CHECK(!ck_pairs_push(&program->pairs, pair, &error));
  traits_add(program, pair.composed, CK_IS_COMPOSED);
  if (pair.base < 256 && program->highest_latin1 < pair.composed) program->highest_latin1 = pair.composed;
  for (int i = 0; i < 3; i++)
    if (program->highest_bmp < numbers[i]) program->highest_bmp = numbers[i];
  program->clusters = true;
}

static void program_complete(ck_program *program, const uint8_t *touched) {
  ck_error error;
  for (uint32_t code_point = 0xD800; code_point < 0xE000; code_point++)
    table_set(&program->early, code_point, CK_CHANGE(CK_BAD, 0));
  for (uint32_t code_point = 0; code_point < CK_CODE_POINTS; code_point++)
    if (touched[code_point] || (code_point >= 0xD800 && code_point < 0xE000))
      CHECK(!ck_program_prepare(program, code_point, &error));
  ck_program_finish(program);
}

/* Splits a line into keyword, name and numbers; returns how many numbers there are. */
static size_t split_line(char *line, char **word, char **name, uint32_t *numbers) {
  size_t length = 0;
  *word = strtok(line, " \r\n");
  *name = NULL;
  for (char *piece = strtok(NULL, " \r\n"); piece; piece = strtok(NULL, " \r\n")) {
    char *end;
    unsigned long number = strtoul(piece, &end, 10);
    if (*end) {
      *name = piece;
      continue;
    }
    CHECK(length < MOST_NUMBERS);
    numbers[length++] = (uint32_t)number;
  }
  return length;
}

static void programs_read(programs *list, const char *path) {
  static uint8_t touched[CK_CODE_POINTS];
  char line[4096], *word, *name;
  uint32_t numbers[MOST_NUMBERS];
  ck_error error = {CK_OK, ""};
  ck_program *program = NULL;
  FILE *file = fopen(path, "r");
  CHECK(file);
  list->length = 0;
  while (fgets(line, sizeof line, file)) {
    size_t length = split_line(line, &word, &name, numbers);
    if (!strcmp(word, "program")) {
      CHECK(list->length < MOST_PROGRAMS && name);
      program = list->items[list->length].program = ck_program_new(&error);
      CHECK(program && !error.code);
      snprintf(list->items[list->length++].name, sizeof list->items->name, "%s", name);
      memset(touched, 0, sizeof touched);
      continue;
    }
    CHECK(program);
    if (!strcmp(word, "end")) {
      program_complete(program, touched);
      program = NULL;
    } else if (!strcmp(word, "elongation")) {
      program->elongation = numbers[0];
    } else if (!strcmp(word, "joiner")) {
      table_set(&program->early, numbers[0], CK_CHANGE(CK_JOINER, 0));
      touched[numbers[0]] = 1;
    } else if (!strcmp(word, "early") || !strcmp(word, "late")) {
      ck_paged *table = *word == 'e' ? &program->early : &program->late;
      table_set(table, numbers[0], change_to(program, numbers + 1, length - 1));
      touched[numbers[0]] = 1;
    } else if (!strcmp(word, "mark")) {
      traits_add(program, numbers[0], numbers[1]);
      touched[numbers[0]] = 1;
    } else if (!strcmp(word, "pair")) {
      pair_add(program, numbers);
    } else {
      CHECK(!strcmp(word, "group") && name);
      if (!strcmp(name, "hamzas") || !strcmp(name, "loose")) program->clusters = true;
      if (!strcmp(name, "final")) program->final = numbers[0];
      traits_add(program, numbers[0], flag_of(name));
    }
  }
  CHECK(!program && list->length);
  fclose(file);
}

static void programs_free(programs *list) {
  for (size_t i = 0; i < list->length; i++) ck_program_free(list->items[i].program);
}

#endif
