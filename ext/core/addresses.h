/* Where URLs, e-mail domains, hashtags and mentions end. */
#ifndef CK_ADDRESSES_H
#define CK_ADDRESSES_H

#include "classes.h"

/* The end of the prefix of a URL (https://, www.) at p, or NULL. */
static inline const uint8_t *ck_url_prefix(const uint8_t *p, const uint8_t *end) {
  for (int i = 0; i < CK_URL_PREFIXES_COUNT; i++) {
    size_t length = CK_URL_PREFIXES[i].length, same = 0;
    if ((size_t)(end - p) < length) continue;
    while (same < length &&
           (ck_is_ascii_letter(p[same]) ? p[same] | 32 : p[same]) == (uint8_t)CK_URL_PREFIXES[i].bytes[same])
      same++;
    if (same == length) return p + length;
  }
  return NULL;
}

/* Whether the tag at p has an Arabic letter. */
static bool ck_is_arabic_tag(const uint8_t *p, const uint8_t *end) {
  for (;;) {
    ck_point point = ck_point_at(p, end);
    uint8_t class = ck_class_of(point.entry);
    if (class == CK_CLASS_ARABIC) return true;
    if (class != CK_CLASS_LETTER && class != CK_CLASS_MARK && class != CK_CLASS_DIGIT && class != CK_CLASS_FORMAT &&
        point.code_point != '_')
      return false;
    p += point.size;
  }
}

/* What an Arabic letter would be after what was read of a URL: a part of it after a sign (/ = -) or an Arabic letter,
 * the next word after any other letter or digit, and after marks that may end a sentence. */
typedef enum { CK_URL_SIGN_BEFORE, CK_URL_ARABIC_BEFORE, CK_URL_OTHER_BEFORE } ck_url_state;

/* The state after a digit, a mark, or a sign that may end a sentence. */
static inline ck_url_state ck_url_pass(ck_url_state state) {
  return state == CK_URL_ARABIC_BEFORE ? state : CK_URL_OTHER_BEFORE;
}

/* Whether another URL begins at q, right after a letter or digit of this one. */
static inline bool ck_url_follows(const uint8_t *q, const uint8_t *end) {
  uint8_t before = ck_class_of(ck_point_before(q).entry);
  if (before != CK_CLASS_LETTER && before != CK_CLASS_DIGIT && before != CK_CLASS_ARABIC) return false;
  const uint8_t *body = ck_url_prefix(q, end);
  return body && body[-1] == '/';
}

/* The end of what may be part of a URL from q on. It ends before an Arabic word or hashtag and before another URL.
 * `*unclosed` is the number of open brackets. */
static const uint8_t *ck_url_run(const uint8_t *q, const uint8_t *end, int64_t *unclosed) {
  ck_url_state state = CK_URL_SIGN_BEFORE;
  for (;;) {
    for (; q < end && CK_STEP[*q] == CK_STEP_LETTER; q++) state = CK_URL_OTHER_BEFORE; /* most of it */
    ck_point point = ck_point_at(q, end);
    if (point.code_point == '#') {
      const uint8_t *tag = q;
      while (tag < end && *tag == '#') tag++;
      if (state != CK_URL_ARABIC_BEFORE && ck_is_arabic_tag(tag, end)) return q;
      state = CK_URL_SIGN_BEFORE;
      q = tag;
      continue;
    }
    if (point.code_point < 128 && CK_URL_SIGN[point.code_point]) {
      state = CK_URL_NOT_LAST[point.code_point] ? ck_url_pass(state) : CK_URL_SIGN_BEFORE;
      *unclosed += (point.code_point == '(') - (point.code_point == ')');
      q++;
      continue;
    }
    switch (ck_class_of(point.entry)) {
      case CK_CLASS_ARABIC:
        if (state == CK_URL_OTHER_BEFORE) return q;
        state = CK_URL_ARABIC_BEFORE;
        break;
      case CK_CLASS_LETTER:
        if (CK_STEP[*q] == CK_STEP_URL_LETTER && ck_url_follows(q, end)) return q;
        state = CK_URL_OTHER_BEFORE;
        break;
      case CK_CLASS_MARK:
      case CK_CLASS_DIGIT:
        state = ck_url_pass(state);
        break;
      default:
        return q;
    }
    q += point.size;
  }
}

/* The end of the URL at p, or NULL. */
static const uint8_t *ck_url_end(const uint8_t *p, const uint8_t *end) {
  if (CK_STEP[*p] != CK_STEP_URL_LETTER) return NULL;
  const uint8_t *body = ck_url_prefix(p, end);
  if (!body) return NULL;
  const uint8_t *host = body < end && CK_STEP[*body] == CK_STEP_URL_LETTER ? ck_url_prefix(body, end) : NULL;
  int64_t unclosed = 0;
  /* an Arabic name may follow http://www. */
  const uint8_t *q = ck_url_run(host && host[-1] == '.' ? host : body, end, &unclosed);
  while (q > body && q[-1] < 128 && CK_URL_NOT_LAST[q[-1]]) {
    if (q[-1] == ')' && unclosed++ >= 0) break;
    q--;
  }
  return q > body ? q : NULL;
}

static inline bool ck_is_mail_local(uint8_t c) {
  return ck_is_ascii_letter(c) || ck_is_ascii_digit(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

/* The end of the domain at p: labels with single dots between them, the last of two letters or more. */
CK_UNUSED static const uint8_t *ck_domain_end(const uint8_t *p, const uint8_t *end) {
  const uint8_t *q = p;
  bool empty_label = p < end && *p == '.';
  for (; q < end && (ck_is_ascii_letter(*q) || ck_is_ascii_digit(*q) || *q == '-' || *q == '.'); q++) {
  }
  while (q > p && (q[-1] == '.' || q[-1] == '-')) q--;
  for (const uint8_t *c = p; c + 1 < q && !empty_label; c++) empty_label = c[0] == '.' && c[1] == '.';
  const uint8_t *label = q;
  while (label > p && ck_is_ascii_letter(label[-1])) label--;
  return !empty_label && q - label >= 2 && label > p && label[-1] == '.' ? q : NULL;
}

/* Whether a URL begins at p in a tag: one with something after its prefix, or a scheme alone; after an Arabic letter
 * also the http of a URL that was cut off. */
static bool ck_tag_stops(const uint8_t *p, const uint8_t *end, uint8_t before) {
  static const uint8_t http[] = {'h', 't', 't', 'p'};
  const uint8_t *body = ck_url_prefix(p, end);
  if (body) return body[-1] == '/' || ck_url_end(p, end);
  if (before != CK_CLASS_ARABIC || end - p < 4) return false;
  for (int i = 0; i < 4; i++)
    if ((p[i] | 32) != http[i]) return false;
  return true;
}

/* The end of the hashtag or mention whose sign is before p, or NULL if it has no letter. It ends where a URL
 * begins. */
CK_UNUSED static const uint8_t *ck_tag_end(const uint8_t *p, const uint8_t *end) {
  const uint8_t *last = NULL;
  uint8_t class = CK_CLASS_PUNCTUATION, before = class;
  bool has_letter = false;
  for (;; last = p, before = class) {
    ck_point point = ck_point_at(p, end);
    while (last && ck_class_of(point.entry) == CK_CLASS_FORMAT) {
      p += point.size;
      point = ck_point_at(p, end);
    }
    class = ck_class_of(point.entry);
    bool is_letter = class == CK_CLASS_ARABIC || class == CK_CLASS_LETTER;
    if (!is_letter && class != CK_CLASS_MARK && class != CK_CLASS_DIGIT && point.code_point != '_')
      return has_letter ? last : NULL;
    if (CK_STEP[*p] == CK_STEP_URL_LETTER && ck_tag_stops(p, end, before)) return has_letter ? last : NULL;
    has_letter |= is_letter;
    p += point.size;
  }
}

#endif
