/* The machine of a search: the threads of a program, all followed at once in order of preference, and an automaton
 * that remembers what becomes of them.
 *
 * What the threads become at a token depends on the tests that it passes and on nothing else, unless the program asks
 * for marks. So the threads are a state, the tests a symbol, and what a state becomes after a symbol is found once, by
 * the threads, and looked up from then on: an automaton made as it is needed (Cox, Regular Expression Matching in the
 * Wild, 2010). If it would have too many states, the threads go on without it. */
#ifndef CK_SEARCH_MACHINE_H
#define CK_SEARCH_MACHINE_H

#include "search_ground.h"

/* Threads, each as 2 * its test + whether the test before it has words_only. */
typedef struct {
  uint32_t *keys;
  size_t length;
  uint64_t *seen; /* for each key: the number of the list that has it */
  uint64_t number;
} ck_paths;

enum { CK_MOST_SYMBOLS = 256, CK_USUAL_STATES = 128 };
enum { CK_STATE_NONE = 1, CK_STATE_ENDS = 2 * CK_STATE_NONE }; /* the state without threads, and its item of `next` */

typedef struct {
  uint16_t *next;     /* for each state and symbol: 2 * the next state + whether an end was reached; 0: not known */
  uint16_t *begin;    /* for each step: the same of the threads that begin there */
  ck_u32s keys;       /* the threads of all states */
  size_t *ends;       /* where those of each state end */
  size_t n_states, most_states;
  size_t n_symbols;   /* 0: the automaton is not used */
  bool by_rows;       /* whether symbols are rows, and not their tests as a byte */
} ck_automaton;

typedef struct {
  ck_paths now, next;
  uint32_t *stack;    /* stack of keys to follow */
  uint32_t *accepted; /* if all threads are followed: the ends of the pattern that they reached at this token */
  size_t n_accepted;
  size_t work;  /* work since the last tick: the threads of each token, or its tests */
  size_t place; /* where assertions are asked */
  ck_search_ground ground;
  ck_automaton automaton;
  const ck_search_text *text;
  const ck_search_program *program;
  bool asks_units; /* whether the flags of tokens were read since it was false */
  bool all; /* whether all threads are followed, or less preferred ones are cut where one reaches the end */
} ck_search_machine;

void ck_search_machine_free(ck_search_machine *machine);

ck_code ck_search_machine_new(ck_search_machine *machine, const ck_search_text *text, const ck_search_program *program,
                              bool all, ck_error *error);

void ck_paths_clear(ck_paths *paths);

/* Follows splits and jumps from a key and adds the tests they lead to, in order of preference. Returns whether they
 * lead to the end of the pattern; with `all`, the others are still followed, and all ends are kept. */
bool ck_paths_follow(ck_search_machine *machine, ck_paths *paths, uint32_t key);

/* Advances all threads of `now` by a token with this row, after which the machine's place is. Returns whether one
 * reached the end of the pattern. */
bool ck_search_token(ck_search_machine *machine, uint32_t row);

/* ----------------------------------------------------------------------- the automaton */

/* Finds what is not known yet: an item of `next`, or 0 if there would be too many states, after which the automaton is
 * not used any more. */
ck_code ck_automaton_find(ck_search_machine *machine, uint32_t state, uint32_t row, uint16_t *found, ck_error *error);

/* The same of the threads of a state and those that begin with a key: an item of `begin`, or of `next` for the symbol
 * after all others. */
ck_code ck_automaton_begin(ck_search_machine *machine, uint32_t state, uint32_t key, uint16_t *item, uint16_t *found,
                           ck_error *error);

/* What is known of it; nothing is known of state 0. */
static inline uint16_t ck_automaton_known(const ck_search_machine *machine, uint32_t state, uint32_t row) {
  const ck_automaton *automaton = &machine->automaton;
  uint32_t symbol = automaton->by_rows ? row : machine->text->tests[row];
  return automaton->next[state * (automaton->n_symbols + 1) + symbol];
}

/* What a state becomes after a token with this row, as an item of `next`; 0 if the automaton is not used any more. */
static inline ck_code ck_automaton_after(ck_search_machine *machine, uint32_t state, uint32_t row, uint16_t *found,
                                         ck_error *error) {
  *found = ck_automaton_known(machine, state, row);
  return CK_LIKELY(*found) ? CK_OK : ck_automaton_find(machine, state, row, found, error);
}

/* The state with which the program begins at a step, in the same way. */
static inline ck_code ck_automaton_first(ck_search_machine *machine, uint32_t step, uint16_t *found, ck_error *error) {
  uint16_t *item = &machine->automaton.begin[step];
  *found = *item;
  return CK_LIKELY(*found) ? CK_OK : ck_automaton_begin(machine, CK_STATE_NONE, 2 * step, item, found, error);
}

/* A state with the threads of another one that begins, with a key, which is the same in all calls. */
static inline ck_code ck_automaton_join(ck_search_machine *machine, uint32_t state, uint32_t key, uint16_t *found,
                                        ck_error *error) {
  const ck_automaton *automaton = &machine->automaton;
  uint16_t *item = &automaton->next[state * (automaton->n_symbols + 1) + automaton->n_symbols];
  *found = *item;
  return CK_LIKELY(*found) ? CK_OK : ck_automaton_begin(machine, state, key, item, found, error);
}

#endif
