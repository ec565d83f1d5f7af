"""Lines above or below the text that are boilerplate by their place: captions, feet of authors, addresses."""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import CAPTION, CREDIT, FOOTER, NAVIGATION, RELATED, Spans, kinds_of
from corpus_kit.news.name_words import Bit, name_bits
from corpus_kit.news.page_lines import Flags, Page, have_any, looked_up
from corpus_kit.text.token_flags import GLUED

__all__ = ["find_addresses", "find_code", "find_linked_headlines", "find_short_lines", "find_tails_of_footers"]

_SHORT = 12  # words of a line that may be boilerplate by its place
_LONG = 80  # words of several captions in one line
_PLACE_WORDS = 2  # after a dash at the end of a text: where the author is from
_LONGER = 25  # words of a line that may be a caption in such a source, or what an author is
_TEXT = 20  # words of a line that is text for sure
_SENTENCE = 8  # words of a line with a final mark that is text
_BLOCK = 3  # the most short lines above or below a text that are captions
_FOOT = 12  # the most short lines below a text; more are verse
_NAME_WORDS = (2, 6)  # of a name below a text, with a place
_HABIT = 0.05  # of the short lines in this place must begin as captions do, so that all are
_LEAST_HABIT = 3  # lines
_CODE_WORDS = 15
_CODE_BRACES = 2
_CODE_GAP = 4  # words between two pieces of code that belong to it, as a message
_ADDRESS_WORDS = 2  # beside the addresses in a line
_LINKS = 6  # headlines below a heading of links, at most
_LINK_WORDS = (3, 15)
_NAMED = Bit.GIVEN | Bit.PARTICLE | Bit.LINK | Bit.TITLE | Bit.HONOUR | Bit.DEFINITE
_DASHES = "-–—ـ"
_BULLETS = "-–—*•"
_TEXT_MARKS = "!?؟…:؛-–—−ـ/|_"  # noqa: RUF001  # a line with one of these after its first word is none by its place

_SENTENCE_MARKS = "!?؟…؛"  # those of them that what an author is does not have


def find_short_lines(spans: Spans) -> None:
    """Add short lines above or below the text: who and what authors are, and captions where a source has them.

    What authors are is known by a listed phrase, who they are by the words of names. Captions are known by those among
    them that begin with a listed phrase: if a source has enough of these in a place, all short lines in that place are
    captions, and below the text also what follows the last sentence.
    """
    page = spans.page
    line = np.flatnonzero(_free_lines(page) & (page.line_sizes > 0))
    short = (page.line_sizes[line] <= _SHORT) & ~_has_formula(page, line) & ~_have_sentences(spans)[line]
    few = line[short]
    short[short] = ~_have_marks(spans, page.words[page.line_words[few]], page.line_end[few])
    document = page.line_document[line]
    text = page.line_sizes[line] >= _TEXT
    _, distance = _beside_text(document, short, text, 1)
    alone = np.bincount(document, minlength=len(page.documents)) <= _BLOCK
    alone &= np.bincount(document[~short], minlength=len(page.documents)) == 0
    usual = _add_where_usual(spans, line[(distance >= 1) & (distance <= _BLOCK)])
    listed, _ = page.match(page.lexicon.used_as("short"), page.line_words[line])
    spans.add_lines(line[alone[document] & (usual[document] | (listed >= 0))], CAPTION, "form")
    marked = np.append(page.signs(page.line_first[line], _BULLETS), False)[1:]  # the line after it: "- name"
    text |= spans.ends_finally(line) & ((page.line_sizes[line] >= _SENTENCE) | marked)
    _add_bulleted(spans, line[short], np.append(document[1:] != document[:-1], True)[: len(line)][short])
    _add_last_lines(spans)
    _add_feet(spans, line, *_below_text(document, short, text))
    beside, distance = _below_text(document, short | _are_long_captions(spans, line), text)
    below = distance >= 1
    usual = _add_where_usual(spans, line[below], spans.ends_finally(line[beside[below]]))
    _add_tails(spans, usual)
    _add_sentences(spans)


def _are_long_captions(spans: Spans, line: Integers) -> Flags:
    """Return whether lines may be long captions: without marks, and no sentence that goes on from the one above."""
    page = spans.page
    size = page.line_sizes[line]
    good = (size > _SHORT) & (size <= _LONGER) & ~_has_formula(page, line) & ~_have_sentences(spans)[line]
    good &= ~page.vocabulary.is_and[page.word_types[np.minimum(page.line_words[line], len(page.words) - 1)]]
    good[good] = ~_have_marks(spans, page.words[page.line_words[line[good]]], page.line_end[line[good]])
    return good


def _add_last_lines(spans: Spans) -> None:
    """Add the last line of texts if it is short and below a line of text that ends finally: nothing follows a heading.

    It is what the author is if it begins with a listed phrase, the name of the author or of a person in a picture, or
    a caption.
    """
    page = spans.page
    line = page.last_lines()
    line = line[_free_lines(page)[line] & (page.line_number[line] > 0) & ~_has_formula(page, line)]
    line = line[(page.line_sizes[line - 1] >= _TEXT) & spans.ends_finally(line - 1) & ~spans.ends_finally(line)]
    starts, ends = page.line_words[line], page.line_words_end[line]
    first, stop = page.words[starts], page.line_end[line]
    kind = np.where(ends - starts <= _LONGER, _feet(spans, starts, ends), -1)
    kind[_have_marks(spans, first, stop, _SENTENCE_MARKS)] = -1
    named_ends = _before_dash(page, starts, ends)
    named = (kind < 0) & (ends - named_ends <= _SHORT) & _are_signatures(spans, starts, named_ends, new=False)
    named &= ~_have_marks(spans, first, page.words[named_ends - 1] + 1)
    kind[named] = np.where(_are_signatures(spans, starts[named], named_ends[named]), CREDIT, CAPTION)
    lone = (ends - starts > 1) & (ends - starts <= _SENTENCE) & ~page.vocabulary.is_and[page.word_types[starts]]
    lone &= ~_have_marks(spans, first, stop)
    bulleted = page.signs(page.line_first[line], _BULLETS)
    kind = np.where((kind < 0) & lone, np.where(bulleted, CREDIT, CAPTION), kind)
    spans.add_lines(line[kind >= 0], kind[kind >= 0], "form")


def _before_dash(page: Page, starts: Integers, ends: Integers) -> Integers:
    """Return the end of what is before the first dash between runs of words: the name in "name - place"."""
    dashes = page.places_of(_DASHES)
    place = np.searchsorted(dashes, page.words[starts])
    dash = np.append(dashes, len(page.types))[place]
    return np.minimum(page.word_at(dash), ends)


def _add_bulleted(spans: Spans, lines: Integers, last: Flags) -> None:
    """Add those of the last lines of texts that begin with a dash or star and are a name or a listed phrase."""
    page = spans.page
    lines = lines[last & page.signs(page.line_first[lines], _BULLETS)]
    lines = lines[(page.line_number[lines] > 0) & ~page.signs(page.line_first[lines - 1], _BULLETS)]  # no list
    starts, ends = page.line_words[lines], page.line_words_end[lines]
    number, _ = page.match([phrase for phrase in page.lexicon.used_as("below") if phrase.kind == "credit"], starts)
    place = (ends - starts <= _PLACE_WORDS) & (page.line_sizes[lines - 1] > 0) & spans.ends_finally(lines - 1)
    good = (number >= 0) | place | _are_signatures(spans, starts, ends, new=False)
    spans.add_lines(lines[good], CREDIT, "form")


def _add_tails(spans: Spans, captions: Flags) -> None:
    """Add what follows the last sentence of a text in its line: who or what the author is, an address, a caption.

    Args:
        spans: What was found so far.
        captions: Whether the source of each document has captions below the text.
    """
    page = spans.page
    starts, ends = _tails(spans)
    first, stop = page.words[starts], page.free_end[page.line_of[starts]]
    size = ends - starts
    short = size <= _SHORT
    addresses = short & _are_addresses(page, starts, ends, first, stop)
    formula = have_any(np.flatnonzero(page.in_formula), starts, ends)
    free = ~addresses & ~formula & ~_end_a_quotation(page, first, stop)
    listed = _feet(spans, starts, ends)
    kind = np.where(short & free & ~_have_marks(spans, first, stop, _SENTENCE_MARKS), listed, -1)
    kind[addresses] = FOOTER
    plain = free & (kind < 0)
    plain[plain] = ~_have_marks(spans, first[plain], stop[plain])
    named = _before_dash(page, starts, ends)
    signed = free & short & (kind < 0) & ~_have_marks(spans, first, page.words[named - 1] + 1)
    signed &= ~_have_marks(spans, first, stop, _SENTENCE_MARKS)
    kind = np.where(signed & _are_signatures(spans, starts, named), CREDIT, kind)
    known = (kind < 0) & signed & (named == ends)
    kind = np.where(known & _are_signatures(spans, starts, ends, new=False), CAPTION, kind)
    plain &= (kind < 0) & (size <= _LONG)
    goes_on = ~short & page.vocabulary.is_and[page.word_types[starts]]
    kind = np.where(plain & captions[page.line_document[page.line_of[starts]]] & ~goes_on, CAPTION, kind)
    spans.add_rest(starts[kind >= 0], kind[kind >= 0], "form")
    starts, ends = _tails(spans, dashed=True)
    starts, ends = (each[ends - starts <= _SHORT] for each in (starts, ends))
    plain = ~_have_marks(spans, page.words[starts], page.free_end[page.line_of[starts]])
    starts, ends = starts[plain], ends[plain]
    given = (_name_bits(page, starts) & Bit.GIVEN) > 0
    place = (ends - starts <= _PLACE_WORDS) & spans.has_final_mark(page.words[starts - 1], page.words[starts])
    spans.add_rest(starts[place | (given & _are_signatures(spans, starts, ends, new=False))], CREDIT, "form")


def _feet(spans: Spans, starts: Integers, ends: Integers) -> Integers:
    """Return the kind of the listed phrase that begins each run of words below a text, or is all of it; or -1."""
    page = spans.page
    kind = np.full(len(starts), -1)
    for use in ("alone", "below"):
        phrases = page.lexicon.used_as(use)
        number, end = page.match(phrases, starts)
        good = (number >= 0) & ((use == "below") | (end == ends))
        kind = np.where(good, kinds_of(phrases)[number], kind)
    return kind


def _tails(spans: Spans, *, dashed: bool = False) -> tuple[Integers, Integers]:
    """Return the first word and the end of what follows the last sentence in the last line that is left of texts.

    With `dashed` instead of what follows a dash or star between spaces.
    """
    page = spans.page
    line = page.last_lines()
    first, end = page.word_at(page.free_first[line]), page.word_at(page.free_end[line])
    low, high = np.maximum(first + 1, end - _LONG), end
    low, high = low[low < high], high[low < high]
    starts = ranges(low, high)
    if dashed:
        sign = page.words[starts] - 1
        good = page.signs(sign, _BULLETS) & ((page.flags[sign] | page.flags[sign + 1]) & GLUED == 0)
    else:
        good = page.opens[starts] & spans.has_final_mark(page.words[starts - 1], page.words[starts])
    starts = starts[good & page.free[starts]]
    newest = np.append(np.diff(page.line_of[starts]) > 0, True)[: len(starts)]
    return starts[newest], page.word_at(page.free_end[page.line_of[starts[newest]]])


def _add_sentences(spans: Spans) -> None:
    """Add sentences within lines that are captions: "جانب من الحضور.", "الأمير سعد خلال الاجتماع." have no verb.

    Those that begin with a listed phrase show which sources have captions there. Only in these, a sentence is one if
    it is a name, or a name with a phrase that says what the person is seen doing, and may be longer.
    """
    page = spans.page
    phrases = [phrase for phrase in page.lexicon.used_as("below") if phrase.kind == "caption"]
    starts, ends = _sentences(spans, page.starts_of(phrases), _LONGER)
    listed = page.match(phrases, starts)[0] >= 0
    starts, ends = starts[listed], ends[listed]
    short = ends - starts <= _SHORT
    documents = np.unique(page.line_document[page.line_of[starts[short]]])
    counts = np.bincount(page.sources[documents], minlength=page.sources.max(initial=0) + 1)
    usual = (counts >= _LEAST_HABIT)[page.sources]
    good = short | usual[page.line_document[page.line_of[starts]]]
    spans.add_words(starts[good], ends[good] - 1, CAPTION, "form")
    opened = np.flatnonzero(page.opens)
    _add_names(spans, *_sentences(spans, opened[usual[page.line_document[page.line_of[opened]]]], _SHORT))


def _add_names(spans: Spans, starts: Integers, ends: Integers) -> None:
    """Add those of some sentences that are a name, or a name and what the person is seen doing."""
    page = spans.page
    words = ranges(starts, ends)
    moments = words[page.match(page.lexicon.used_as("moments"), words)[0] >= 0]
    given = have_any(words[_name_bits(page, words) & Bit.GIVEN > 0], starts, ends)
    given &= (ends - starts > 1) & (starts > page.line_words[page.line_of[starts]])
    name_end = np.append(moments, len(page.words))[np.searchsorted(moments, starts)]
    moved = (name_end > starts) & (name_end < ends)
    name_end = np.minimum(name_end, ends)
    starts, ends, name_end = (each[(given & (name_end == ends)) | moved] for each in (starts, ends, name_end))
    words = ranges(starts, name_end)
    bits = _name_bits(page, words)
    named = (bits & _NAMED > 0) & (bits & Bit.PREPOSITION == 0)
    named &= (bits & Bit.CLITIC == 0) | ~np.isin(words, starts)  # no sentence that goes on from the one before
    named |= page.vocabulary.is_surname[page.word_types[words]]
    named[~named] = _after_first_names(page, words[~named])
    good = ~have_any(words[~named], starts, name_end)
    spans.add_words(starts[good], ends[good] - 1, CAPTION, "form")


def _sentences(spans: Spans, starts: Integers, longest: int) -> tuple[Integers, Integers]:
    """Return the first word and the end of the sentences that begin with some words, within lines, and are not long."""
    page = spans.page
    starts = starts[page.free[starts] & page.opens[starts]]
    ends = np.append(np.flatnonzero(page.opens), len(page.words))
    ends = ends[np.searchsorted(ends, starts, "right")]
    line = page.line_of[starts]
    good = (ends - starts <= longest) & (ends < page.line_words_end[line]) & ~page.is_headline[line]
    good &= (starts == page.line_words[line]) | spans.has_final_mark(page.words[starts - 1], page.words[starts])
    starts, ends = starts[good], ends[good]
    good = spans.has_final_mark(page.words[ends - 1], page.words[ends]) & page.free[ends - 1]
    return starts[good], ends[good]


def _after_first_names(page: Page, words: Integers) -> Flags:
    """Return whether each of these words is no verb and follows a first name elsewhere in its document."""
    size = len(page.vocabulary.is_word)
    documents = page.line_document[page.line_of[words]]
    lines = np.flatnonzero(np.isin(page.line_document, documents))
    others = ranges(page.line_words[lines], page.line_words_end[lines])
    wanted = np.zeros(size, bool)
    wanted[page.word_types[words]] = True
    others = others[wanted[page.word_types[others]] & (others > 0)]
    of_document = page.line_document[page.line_of[others]]
    given = (_name_bits(page, others - 1) & Bit.GIVEN > 0) & (
        page.line_document[page.line_of[others - 1]] == of_document
    )
    keys = of_document * size + page.word_types[others]
    verb = page.vocabulary.is_reporting_verb[page.word_types[words]]
    return np.isin(documents * size + page.word_types[words], keys[given]) & ~verb


def _end_a_quotation(page: Page, first: Integers, end: Integers) -> Flags:
    """Return whether runs of tokens have more closing than opening quotation marks."""
    tokens = ranges(first, end)
    run = np.repeat(np.arange(len(first)), end - first)
    closing, opening = (
        np.bincount(run, weights=page.signs(tokens, marks), minlength=len(first)) for marks in ("»”", "«“")
    )
    return np.asarray(closing > opening, bool)


def _are_signatures(spans: Spans, first: Integers, end: Integers, *, new: bool = True) -> Flags:
    """Return whether some words are the name of a person; with `new` one who is not named before in the document."""
    page = spans.page
    one, two, three = _name_bits(page, np.minimum(first + np.arange(3)[:, None], end - 1))
    ranked = (end - first > _NAME_WORDS[0]) & ((one & Bit.RANK) > 0)
    start = first + ranked
    size = end - start
    bit, after = np.where(ranked, two, one), np.where(ranked, three, two)
    named = ((bit & (Bit.GIVEN | Bit.PARTICLE)) > 0) & ((bit & Bit.PREPOSITION) == 0)
    named |= (size > _NAME_WORDS[0]) & ((after & Bit.LINK) > 0)
    named |= ((bit & (Bit.HEAD | Bit.DEFINITE | Bit.CLITIC)) == 0) & page.vocabulary.is_surname[
        page.word_types[end - 1]
    ]
    found = (size >= _NAME_WORDS[0]) & (size <= _NAME_WORDS[1]) & named
    found &= ~spans.has_final_mark(page.words[start], page.words[end - 1])
    for each in np.flatnonzero(found & new).tolist():
        document = page.line_document[page.line_of[start[each]]]
        before = page.word_types[page.line_words[np.searchsorted(page.line_document, document)] : start[each]]
        given, father = page.word_types[start[each] : start[each] + 2]
        found[each] = not np.any((before[:-1] == given) & (before[1:] == father))
    return np.asarray(found, bool)


def _name_bits(page: Page, words: Integers) -> Integers:
    """Return what each of these words may be in a name."""
    if not words.size:  # as in most short texts
        return np.zeros(words.shape, np.int64)
    types, place = np.unique(page.word_types[words], return_inverse=True)
    return name_bits(page.corpus, types)[place].astype(np.int64).reshape(words.shape)


def _beside_text(document: Integers, short: Flags, text: Flags, step: int) -> tuple[Integers, Integers]:
    """Return, for each line, the line of text beside its block of short lines, and its distance from it or 0.

    A block begins with the first line of a document (step 1), or ends with the last (-1).
    """
    place = np.arange(len(document))
    order = place[::step]
    edge = np.diff(document[order], prepend=-1) != 0  # the first line of a document, in this direction
    begin = np.maximum.accumulate(np.where(edge, place, 0))
    others = np.cumsum(~short[order])
    within = short[order] & (others == (others - ~short[order])[begin])  # all lines from the edge on are short
    after = np.append(np.where(within, len(place), place), len(place))
    stop = np.minimum(np.minimum.accumulate(after[::-1])[::-1][:-1], len(place) - 1)  # the next line of another kind
    good = within & text[order][stop] & (document[order][stop] == document[order])
    beside, distance = np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    beside[order], distance[order] = order[stop], np.where(good, stop - place, 0)
    return beside, distance


def _below_text(document: Integers, short: Flags, text: Flags) -> tuple[Integers, Integers]:
    """Return the line of text above the block of short lines of each line, and its distance from it or 0."""
    beside, distance = _beside_text(document, short, text, -1)
    lines = np.zeros(document.max(initial=0) + 1, np.int64)
    np.maximum.at(lines, document, distance)
    distance[lines[document] > _FOOT] = 0  # verse
    return beside, distance


def _add_feet(spans: Spans, line: Integers, beside: Integers, distance: Integers) -> None:
    """Add blocks of short lines below the text of which the first is a name or begins with a listed phrase."""
    page = spans.page
    first = np.flatnonzero((distance == 1) & spans.ends_finally(line[beside]))
    phrases = page.lexicon.used_as("below")
    start, end = page.line_words[line[first]], page.line_words_end[line[first]]
    number, _ = page.match(phrases, start)
    kind_of_first = np.where(number >= 0, kinds_of(phrases)[number], -1)
    kind_of_first = np.where((number < 0) & _are_signatures(spans, start, end), CREDIT, kind_of_first)
    kind = np.full(len(page.documents), -1)
    kind[page.line_document[line[first]]] = kind_of_first
    kind = kind[page.line_document[line]]
    foot = (distance >= 1) & (distance <= _BLOCK) & (kind >= 0)
    spans.add_lines(line[foot], kind[foot], "form")


def _add_where_usual(spans: Spans, lines: Integers, ended: Flags | bool = False) -> Flags:
    """Add the lines of the sources in which enough of them begin as captions do; of several in a text, one must.

    Args:
        spans: What was found so far.
        lines: The lines.
        ended: Whether each of them is below a text that ends finally, so that none must.

    Returns:
        Whether the source of each document is one of these.
    """
    page = spans.page
    document = page.line_document[lines]
    source = page.sources[document]
    number, _ = page.match(page.lexicon.used_as("short"), page.line_words[lines])
    goes_on = page.signs(page.line_first[lines], ".…") & page.vocabulary.is_and[page.word_types[page.line_words[lines]]]
    listed = (number >= 0) | goes_on
    sources = page.sources.max(initial=0) + 1
    counts = np.bincount(source, weights=listed, minlength=sources)
    usual = (counts >= _LEAST_HABIT) & (counts >= _HABIT * np.bincount(source, minlength=sources))
    sure = (np.bincount(document, weights=listed) > 0) | (np.bincount(document) == 1)  # and not verse
    free = page.free_end[lines] == page.line_end[lines]
    spans.add_lines(lines[usual[source] & (sure[document] | ended) & free], CAPTION, "form")
    return np.asarray(usual[page.sources], bool)


def find_addresses(spans: Spans) -> None:
    """Add lines below the text with addresses or accounts and at most a few words."""
    page = spans.page
    line = np.flatnonzero(_free_lines(page) & (page.line_number > 0) & (page.line_sizes <= _SHORT))
    last = np.zeros(len(page.documents), np.int64)
    text = np.flatnonzero(page.word_at(page.free_end) - page.word_at(page.free_first) >= _TEXT)
    last[page.line_document[text]] = page.line_number[text]
    line = line[page.line_number[line] > last[page.line_document[line]]]
    announced = page.signs(page.line_end[line - 1] - 1, ":")  # by the text
    ends = (page.line_words, page.line_words_end, page.line_first, page.line_end)
    spans.add_lines(line[~announced & _are_addresses(page, *(each[line] for each in ends))], FOOTER, "form")


def _are_addresses(page: Page, first: Integers, end: Integers, first_token: Integers, end_token: Integers) -> Flags:
    """Return whether runs of words, and of tokens, are addresses, accounts or numbers with at most a few words.

    Words without Arabic letters beside them are parts of addresses: a@ b.com, name@, name@site com.
    """
    vocabulary = page.vocabulary
    accounts = np.flatnonzero(looked_up(vocabulary.is_account, page.types))
    apart = have_any(page.places_of("@"), first_token, end_token)
    types = page.word_types[ranges(first, end)]
    run = np.repeat(np.arange(len(first)), end - first)
    others = np.bincount(run[~(vocabulary.is_account | vocabulary.is_foreign)[types]], minlength=len(first))
    number, after = page.match(page.lexicon.used_as("contacts"), first)
    contact = (number >= 0) & (after < end)
    contact[contact] = vocabulary.is_foreign[page.word_types[after[contact]]]
    return (have_any(accounts, first_token, end_token) | apart | contact) & (others <= _ADDRESS_WORDS)


def find_tails_of_footers(spans: Spans) -> None:
    """Add the few words without a final mark that follow a footer at the end of a text."""
    page = spans.page
    footer = spans.lines_of(FOOTER)
    last = np.full(len(page.documents), len(page.line_first))
    last[page.line_document[footer]] = footer  # ascending, so that the last is written last
    line = np.flatnonzero(_free_lines(page) & (page.line_sizes > 0))
    line = line[line > last[page.line_document[line]]]
    document = page.line_document[line]
    words = np.bincount(document, weights=page.line_sizes[line], minlength=len(last))
    ended = np.bincount(document, weights=spans.ends_finally(line) | _has_formula(page, line), minlength=len(last)) > 0
    spans.add_lines(line[((words <= _SHORT) & ~ended)[document]], FOOTER, "form")


def find_linked_headlines(spans: Spans) -> None:
    """Add the headlines in the lines after a heading such as "موضوعات متعلقة": short lines without a full stop."""
    page = spans.page
    phrases = [phrase for phrase in page.lexicon.phrases if phrase.kind == "related"]
    found = spans.lines_of(RELATED)
    found = found[page.line_sizes[found] > 0]
    number, end = page.match(phrases, page.line_words[found])
    headings = found[(number >= 0) & (end == page.line_words_end[found]) & (page.line_sizes[found] > 1)]
    linked = np.zeros(len(page.line_first) + 1, bool)
    linked[headings] = True
    candidates = _free_lines(page) & (page.line_sizes >= _LINK_WORDS[0]) & (page.line_sizes <= _LINK_WORDS[1])
    candidates &= ~_have_sentences(spans)
    candidates[candidates] = ~page.signs(page.line_end[candidates] - 1, ".۔")  # noqa: RUF001
    below = headings
    for _ in range(_LINKS):
        below = below[below + 1 < len(page.line_first)] + 1
        below = below[candidates[below] & (page.line_document[below] == page.line_document[below - 1])]
        linked[below] = True
    linked[headings] = False
    spans.add_lines(np.flatnonzero(linked), RELATED, "form")


def find_code(spans: Spans) -> None:
    """Add code of pages (scripts and styles) that was left in texts, with the few words after it in its line."""
    page = spans.page
    brace = page.places_of("{")
    foreign = np.flatnonzero(looked_up(page.vocabulary.is_foreign, page.word_types))
    line = page.line_of[foreign]
    begins = (np.diff(foreign, prepend=-2) > 1) | (np.diff(line, prepend=-1) > 0)
    first, end = foreign[begins], foreign[np.append(begins, True)[1:]] + 1
    stop = np.minimum(page.token_of(end), page.line_end[page.line_of[first]])
    braces = np.searchsorted(brace, stop) - np.searchsorted(brace, page.words[first])
    good = (end - first >= _CODE_WORDS) & (braces >= _CODE_BRACES)
    first, end = first[good], end[good]
    line = page.line_of[first]
    rest = page.line_words_end[line] - end
    tail = (rest <= 2 * _SHORT) & ~spans.ends_finally(line)
    end = np.where(tail, page.line_words_end[line], end)
    following = np.append(first, 0)[1:]
    gap = (np.append(line, -1)[1:] == line) & (following - end <= _CODE_GAP)
    end = np.where(gap, following, end)
    keep = page.free[first] & ~page.is_headline[line]
    spans.add_words(first[keep], end[keep] - 1, NAVIGATION, "form")
    _add_comments(spans)


def _add_comments(spans: Spans) -> None:
    """Add comments of code: what is between /* and */ in a line, without Arabic letters."""
    page = spans.page
    slash, star = page.places_of("/"), page.places_of("*")
    star = star[np.isin(star, np.concatenate([slash - 1, slash + 1]))]  # */ or /*
    glued = (page.flags & GLUED) > 0
    begins = star[np.isin(star - 1, slash) & glued[star]] - 1
    ends = star[np.isin(star + 1, slash) & np.append(glued, False)[star + 1]] + 2
    number = np.searchsorted(ends, begins + 4)
    begins, number = begins[number < len(ends)], number[number < len(ends)]
    ends = ends[number]
    line = np.searchsorted(page.line_first, begins, "right") - 1
    good = (ends <= page.line_end[line]) & ~page.is_headline[line]
    good &= (begins >= page.free_first[line]) & (ends <= page.free_end[line])
    begins, ends, line = begins[good], ends[good], line[good]
    words = ranges(page.word_at(begins), page.word_at(ends))
    run = np.repeat(np.arange(len(begins)), page.word_at(ends) - page.word_at(begins))
    arabic = np.bincount(run, weights=~page.vocabulary.is_foreign[page.word_types[words]], minlength=len(begins)) > 0
    spans.add(line[~arabic], begins[~arabic], ends[~arabic], NAVIGATION, "form")


def _free_lines(page: Page) -> Flags:
    whole = (page.free_first == page.line_first) & (page.free_end == page.line_end)
    return np.asarray(whole & ~page.is_headline, bool)


def _have_marks(spans: Spans, first: Integers, end: Integers, marks: str = _TEXT_MARKS) -> Flags:
    """Return whether runs of tokens have a sign of running text, a list or a dateline, a number, or end finally."""
    page = spans.page
    tokens = ranges(first, end)
    run = np.repeat(np.arange(len(first)), end - first)
    marked = page.signs(tokens, marks) | page.vocabulary.is_number[page.types[tokens]]
    word = page.words[page.word_at(end) - 1]
    return np.asarray(
        (np.bincount(run, weights=marked, minlength=len(first)) > 0) | spans.has_final_mark(word, end), bool
    )


def _have_sentences(spans: Spans) -> Flags:
    """Return whether a sentence ends within each line."""
    page = spans.page
    starts = np.flatnonzero(page.opens)
    starts = starts[starts > page.line_words[page.line_of[starts]]]
    starts = starts[spans.has_final_mark(page.words[starts - 1], page.words[starts])]
    return np.bincount(page.line_of[starts], minlength=len(page.line_first)) > 0


def _has_formula(page: Page, line: Integers) -> Flags:
    return have_any(np.flatnonzero(page.in_formula), page.line_words[line], page.line_words_end[line])
