// The interactive concordance in the browser. It draws the page of lines that Python sends, and requests others.
// Whatever comes from a corpus, a pattern or a coder is inserted as text, never as markup.

import { KEYS, amount, isolated, make, phrase } from "../../display/page/base.js";
import { pythonLine, saveButtons, writeLine } from "./python.js";
import { HitPlot, Variants } from "./texts.js";

const TYPING = 15; // ms without a keystroke before a search starts
const SETTLED = 500; // ms without a keystroke before an error or the lack of hits is shown
const NUMBERS = 300; // ms without a keystroke before a number counts
const PATIENCE = 10000; // ms until the reader is told that there is no answer
const WIDEST = 100; // words of context on each side
const EM = 17; // px, the font size of a table
const CONTEXTS = 22; // em, the least width of the two contexts of a line

const SORT_NAMES = ["before1", "before2", "before3", "after1", "after2", "after3", "node", "document"];

const EXAMPLES = [
  ["هدنة", "example_word"],
  ["إمارة السهل", "example_phrase"],
  ["رئيس|وزير", "example_or"],
  ["ال*ية", "example_letters"],
  ["رئيس []{0,2} السهل", "example_gap"],
  ["[lemma=قال]", "example_lemma"],
  ["<s> هدنة", "example_structure"],
];
const CQP_EXAMPLES = [
  ['"هدنة"', "example_cqp_word"],
  ['"و?قال(ت|وا)?"', "example_cqp_regex"],
  ['"وزير" [pos="NOUN"]', "example_cqp_pos"],
  ['a:[pos="NOUN"] []{1,5} b:[pos="NOUN"] :: a.lemma = b.lemma within s', "example_cqp_label"],
];

function keyOf(line) {
  return JSON.stringify([line.id, line.position]);
}

// The part of a line that its row is built from. Codes are inserted into existing rows.
function lookOf(line) {
  return JSON.stringify({ ...line, code: null, note: null, conflicts: null });
}

export class ConcordanceView {
  // client: the name of this page; selection(): the documents in which it searches; channel: asks Python; copy(text) copies;
  // read(place): opens a text; codeLines(): makes a coding project. kept: what `state` returned of an earlier page, or undefined; changed(): it returns
  // something else now.
  constructor(model, host, { client, selection, channel, copy, read, codeLines, kept, changed }) {
    Object.assign(this, { model, client, selection, channel, copy, read, codeLines, changed });
    this.setup = model.get("_setup");
    this.say = this.setup.say; // the words of the page, in one language
    this.direction = this.setup.language === "ar" ? "rtl" : "ltr";
    this.searched = JSON.stringify(selection()); // the documents of the last request
    this.number = 0; // of the last request
    this.waiting = false; // for its answer
    this.queued = false; // whether a newer request waits for that answer
    this.typing = 0; // timer
    this.typedAt = -SETTLED; // when the last key was pressed
    this.settling = 0; // timer
    this.patience = 0; // timer
    this.serial = 0; // of the drawn page
    this.page = null;
    this.least = 0; // px that a table needs
    this.rows = new Map(); // by line, in their order
    this.opened = null; // {key, number, unit, row}
    this.openings = 0;
    this.variant = ""; // the spelling of the node that is shown; "" for all
    this.variantOf = ""; // the pattern whose spelling it is
    this.wanted = null; // the line that gets the focus when it is there
    this.build(host);
    this.heard = { "change:_page": () => this.receive(), "msg:custom": (message) => this.receiveMessage(message) };
    for (const [event, listener] of Object.entries(this.heard)) model.on(event, listener);
    this.receive();
    // Python does not know the earlier page any more.
    if (kept && this.page.serial === 1 && kept.pattern !== "") {
      this.adopt({ ...this.page, ...kept });
      this.ask({ page: kept.page });
    }
  }

  state() {
    const { pattern, sort, window: words, clitics, exact, syntax, page, page_size, sample, seed, variant } = this.page;
    return { pattern, sort, window: words, clitics, exact, syntax, page, page_size, sample, seed, variant };
  }

  close() {
    for (const [event, listener] of Object.entries(this.heard)) this.model.off(event, listener);
    this.resized.disconnect();
    clearTimeout(this.typing);
    clearTimeout(this.settling);
    clearTimeout(this.patience);
  }

  // ------------------------------------------------------------------------------ building

  build(host) {
    this.root = make("div", {
      class: "ck-search-lines", dir: this.direction, lang: this.setup.language, role: "group", "aria-label": this.say.concordance,
    });
    const id = `ck-${this.client}`;
    this.problem = make("div", { class: "ck-problem", id: `${id}-problem`, role: "alert", hidden: true });
    this.notice = make("div", { class: "ck-notice", role: "status", "aria-live": "polite", hidden: true });
    this.why = make("div", { class: "ck-notice ck-why", role: "status", "aria-live": "polite", hidden: true });
    this.used = make("datalist", { id: `${id}-codes` });
    this.lines = make("div", { class: "ck-lines" });
    [this.python, this.code] = pythonLine(this.say, this.copy);
    this.plot = new HitPlot(this, { show: (hit) => this.showHit(hit), read: (hit) => this.read({ hit }) });
    this.variants = new Variants(this, { choose: (variant) => this.chooseVariant(variant) });
    this.hint = this.buildHint();
    this.root.append(
      this.buildSearch(id), this.buildOptions(), this.problem, this.buildStatus(), this.why, this.notice, this.hint,
      this.variants.element, this.plot.element, this.lines, this.python,
      this.used,
    );
    this.buildTable();
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    host.append(this.root);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root);
  }

  buildSearch(id) {
    this.box = make("input", {
      type: "search", class: "ck-box", dir: "auto", autocomplete: "off", spellcheck: "false", maxlength: 2000,
      "aria-label": this.say.search, "aria-describedby": `${id}-problem`, title: this.say.search_title,
      placeholder: this.say.search_title,
    });
    this.box.addEventListener("input", () => this.setDirection());
    const typed = () => {
      this.typedAt = performance.now();
      this.ask({ after: TYPING });
    };
    this.box.addEventListener("input", (event) => event.isComposing || typed());
    this.box.addEventListener("compositionend", typed);
    this.box.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && this.ask());
    this.clitics = this.buildToggle(this.say.clitics, this.say.clitics_title);
    this.exact = this.buildToggle(this.say.exact, this.say.exact_title);
    this.cqp = this.buildToggle(this.say.cqp, this.say.cqp_title);
    this.cqp.addEventListener("change", () => this.showSyntax());
    const search = make("label", { class: "ck-search" }, make("span", {}, this.say.search), this.box);
    const words = this.setup.words.length > 0 ? [this.buildWords()] : [];
    return make("div", { class: "ck-bar", role: "search" }, ...words, search, this.clitics.label, this.exact.label, this.cqp.label);
  }

  // A query of CQP says itself what of a word is compared.
  showSyntax() {
    for (const toggle of [this.clitics, this.exact]) {
      toggle.disabled = this.cqp.checked;
      toggle.label.classList.toggle("ck-off", this.cqp.checked);
    }
    this.setDirection();
    this.showExamples();
  }

  setDirection() {
    this.box.dir = this.directionOf(this.box.value);
  }

  // Right to left, the quotation marks of [pos="NOUN"] would be torn apart.
  directionOf(pattern) {
    return this.cqp.checked && /[a-z]/i.test(pattern) ? "ltr" : "auto";
  }

  // The words of a table: the one that is chosen becomes the search.
  buildWords() {
    const words = this.setup.words.map(([shown, pattern]) => make("option", { value: pattern, dir: "auto" }, shown));
    if (this.setup.total_words > words.length) {
      const values = { shown: words.length.toLocaleString("en-US"), total: this.setup.total_words.toLocaleString("en-US") };
      words.push(make("option", { disabled: true }, ...phrase(this.say.first_words, values)));
    }
    this.words = make("select", { class: "ck-words", "aria-label": this.say.words_title }, ...words);
    this.words.addEventListener("change", () => {
      this.cqp.checked = this.setup.words_syntax === "cqp";
      this.showSyntax();
      this.box.value = this.words.value;
      this.ask();
    });
    return make("label", { title: this.say.words_title }, make("span", {}, this.say.words), this.words);
  }

  buildToggle(text, title) {
    const input = make("input", { type: "checkbox" });
    input.addEventListener("change", () => this.ask());
    const label = make("label", { class: "ck-toggle", title }, input, make("span", {}, text));
    return Object.assign(input, { label });
  }

  buildOptions() {
    this.sorts = [this.buildSort("sort", this.say.text_order), this.buildSort("then", "—"), this.buildSort("third", "—")];
    this.windows = [this.buildNumber("words_before"), this.buildNumber("words_after")];
    this.size = make("select", { "aria-label": this.say.page_size });
    this.size.append(...this.setup.page_sizes.map((size) => make("option", { value: size }, String(size))));
    this.size.addEventListener("change", () => this.ask());
    return make(
      "div",
      { class: "ck-bar" },
      ...this.sorts.map(({ label }) => label),
      make("span", { class: "ck-group", title: this.say.context_title }, this.say.context, ...this.windows.map(({ label }) => label)),
      make("label", {}, make("span", {}, this.say.page_size), this.size),
      this.buildSample(),
      this.plot.button, this.variants.button, this.buildCodeLines(), this.buildSave(),
    );
  }

  buildCodeLines() {
    const button = make("button", { type: "button", class: "ck-code-lines", title: this.say.code_lines_title }, this.say.code_lines);
    button.addEventListener("click", () => this.codeLines());
    return button;
  }

  // So many lines at random; an empty field is for all.
  buildSample() {
    const field = (name, least) => {
      const title = this.say[`${name}_title`];
      const input = make("input", { type: "number", min: least, max: 1000000, step: 1, dir: "ltr", "aria-label": title, title });
      input.addEventListener("input", () => this.ask({ after: NUMBERS }));
      return input;
    };
    this.sample = field("sample_lines", 1);
    this.seed = field("sample_seed", 0);
    this.seed.value = 0;
    return make(
      "span", { class: "ck-group" }, this.say.sample_of,
      make("label", {}, this.sample, make("span", {}, this.say.sample_lines)),
      make("label", {}, make("span", {}, this.say.sample_seed), this.seed),
    );
  }

  buildSave() {
    this.save = saveButtons(this.say, (format, answered) => {
      this.wait(true);
      this.channel.ask("save", { kind: "save", tab: "concordance", format }, (answer) => {
        this.wait(false);
        if (answer.problem) this.tell(this.notice, answer.problem);
        else answered(answer);
      });
    });
    return this.save;
  }

  chooseVariant(variant) {
    this.variant = variant;
    this.variantOf = this.box.value;
    this.ask();
  }

  // Show the line of a hit, on whatever page it is.
  showHit(hit) {
    this.wait(true);
    this.channel.ask("line", { kind: "line", hit }, (answer) => {
      this.wait(false);
      if (answer.problem) return this.tell(this.notice, answer.problem);
      this.wanted = keyOf(answer);
      this.receive();
      this.focusWanted();
    });
  }

  focusWanted() {
    const entry = this.rows.get(this.wanted);
    if (!entry) return;
    this.wanted = null;
    this.setFirstTab(entry);
    entry.button.focus();
    entry.row.scrollIntoView({ block: "nearest" });
  }

  buildSort(name, none) {
    const title = this.say[`${name}_title`];
    const choices = this.setup.sort_choices.map((key) =>
      make("option", { value: key }, SORT_NAMES.includes(key) ? this.say[key] : key),
    );
    const select = make("select", { "aria-label": title }, make("option", { value: "" }, none), ...choices);
    const turn = make("button", { type: "button", class: "ck-turn" });
    const show = () => {
      const down = turn.dataset.down === "true";
      turn.textContent = down ? "▼" : "▲";
      turn.title = down ? this.say.descending : this.say.ascending;
      turn.setAttribute("aria-label", turn.title);
      turn.hidden = select.value === "";
    };
    const sort = {
      label: make("span", { class: "ck-group", title }, this.say[name], select, turn),
      get: () => (select.value === "" ? null : (turn.dataset.down === "true" ? "-" : "") + select.value),
      set: (key) => {
        select.value = (key ?? "").replace(/^-/, "");
        turn.dataset.down = String((key ?? "").startsWith("-"));
        show();
      },
    };
    select.addEventListener("change", () => (show(), this.ask()));
    turn.addEventListener("click", () => {
      turn.dataset.down = String(turn.dataset.down !== "true");
      show();
      this.ask();
    });
    return sort;
  }

  buildNumber(name) {
    const title = this.say[`${name}_title`];
    const input = make("input", { type: "number", min: 0, max: WIDEST, step: 1, dir: "ltr", "aria-label": title });
    input.addEventListener("input", () => this.ask({ after: NUMBERS, page: this.page.page }));
    const label = make("label", { title }, make("span", {}, this.say[name]), input);
    return Object.assign(input, { label });
  }

  buildStatus() {
    this.status = make("div", { class: "ck-status", role: "status", "aria-live": "polite" });
    this.waits = make("span", { class: "ck-waits", hidden: true }, this.say.searching);
    const turn = (name, page) => {
      const button = make("button", { type: "button", title: this.say[`${name}_title`] }, this.say[name]);
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") this.ask({ page: page() });
      });
      return button;
    };
    // Not `disabled`, or the focus would be lost on the last page.
    this.turns = {
      first: turn("first", () => 1),
      previous: turn("previous", () => this.target - 1),
      next: turn("next", () => this.target + 1),
      last: turn("last", () => this.page.pages),
    };
    this.numberOfPage = make("span", { class: "ck-page" });
    const { first, previous, next, last } = this.turns;
    const pager = make(
      "div",
      { class: "ck-pager", role: "navigation", "aria-label": this.say.pages },
      first, previous, this.numberOfPage, next, last,
    );
    return make("div", { class: "ck-bar ck-under" }, this.status, this.waits, pager);
  }

  buildHint() {
    this.examples = make("div", { class: "ck-examples" });
    return make("div", { class: "ck-hint", hidden: true }, make("p", {}, this.say.examples), this.examples);
  }

  showExamples() {
    const examples = (this.cqp.checked ? CQP_EXAMPLES : EXAMPLES).map(([pattern, name]) => {
      const button = make("button", { type: "button", title: this.say[name], dir: this.directionOf(pattern) }, pattern);
      button.addEventListener("click", () => {
        this.box.value = pattern;
        this.setDirection();
        this.box.focus();
        this.ask();
      });
      return button;
    });
    this.examples.replaceChildren(...examples);
  }

  buildTable() {
    const heads = Object.entries(this.setup.heads).map(([name, [text, title]]) => make("th", { scope: "col", role: "columnheader", class: `ck-${name}`, title }, text));
    const labels = this.setup.labels.map((name) =>
      make("th", { scope: "col", role: "columnheader", class: "ck-label" }, isolated(name, "auto")),
    );
    const coding = make("th", { scope: "col", role: "columnheader", class: "ck-coding", title: this.say.coding_title }, this.say.coding);
    const head = make("tr", { role: "row" }, ...heads, ...labels, ...(this.setup.coding ? [coding] : []));
    this.width = head.children.length;
    this.columns = make("colgroup");
    this.body = make("tbody", { role: "rowgroup" });
    this.table = make(
      "table",
      { role: "table", dir: "rtl", "aria-label": this.say.lines },
      this.columns, make("thead", { role: "rowgroup" }, head), this.body,
    );
    this.lines.append(this.table);
  }

  // -------------------------------------------------------------------- requests and answers

  // Request what the controls show. One request is sent at a time; the newest waits for its answer.
  ask({ after = 0, page = 1 } = {}) {
    this.target = Math.max(page, 1);
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      this.typing = 0;
      if (this.waiting) this.queued = true;
      else this.send();
    }, after);
  }

  send() {
    const whole = (input, least) => Math.min(Math.max(Number.parseInt(input.value, 10) || 0, least), 1000000);
    if (this.box.value !== this.variantOf) this.variant = "";
    const words = this.windows.map((input, side) => {
      const number = Number.parseInt(input.value, 10);
      return Number.isNaN(number) ? this.page.window[side] : Math.min(Math.max(number, 0), WIDEST);
    });
    this.queued = false;
    this.wait(true);
    this.searched = JSON.stringify(this.selection());
    this.model.send({
      kind: "show", client: this.client, number: ++this.number, selection: this.selection(), pattern: this.box.value,
      sort: this.sorts.map((sort) => sort.get()).filter((key) => key !== null),
      window: words, syntax: this.cqp.checked ? "cqp" : "native",
      clitics: this.clitics.checked && !this.cqp.checked, exact: this.exact.checked && !this.cqp.checked,
      page: this.target, page_size: Number(this.size.value),
      sample: whole(this.sample, 0), seed: whole(this.seed, 0), variant: this.variant,
    });
  }

  // The tab is shown. If other documents were chosen since, it searches in these.
  shown() {
    this.fit();
    if (this.searched !== JSON.stringify(this.selection())) this.ask();
  }

  // Python has changed what is shown, in the documents that are chosen now.
  settle() {
    this.searched = JSON.stringify(this.selection());
  }

  focus() {
    this.settle();
    ([...this.rows.values()][0]?.button ?? this.box).focus();
  }

  wait(waiting) {
    this.waiting = waiting;
    this.root.setAttribute("aria-busy", String(waiting));
    this.waits.hidden = !waiting;
    clearTimeout(this.patience);
    if (!waiting) return;
    this.patience = setTimeout(() => {
      this.wait(false);
      this.tell(this.notice, this.say.no_answer);
      if (this.queued) this.send();
    }, PATIENCE);
  }

  receive() {
    const page = this.model.get("_page");
    const mine = Array.isArray(page.answers) && page.answers[0] === this.client;
    if (page.serial <= this.serial || (mine && page.answers[1] < this.number)) return; // outdated
    if (mine) this.wait(false);
    else if (this.waiting) return; // the answer will hold everything new
    if (this.queued) return this.send();
    this.serial = page.serial;
    this.page = page;
    this.changed();
    if (!this.typing) this.adopt(page);
    this.draw(page);
  }

  receiveMessage(message) {
    const mine = message?.kind === "opened" && message.client === this.client;
    if (mine && this.opened !== null && message.number === this.opened.number) this.fill(message);
  }

  // Let the controls show the request of the page. A box that already does keeps its caret.
  adopt(page) {
    if (this.words) this.words.value = page.pattern; // none, if it is no word of the table
    this.target = page.page;
    if (this.box.value !== page.pattern) this.box.value = page.pattern;
    this.clitics.checked = page.clitics;
    this.exact.checked = page.exact;
    this.cqp.checked = page.syntax === "cqp";
    this.showSyntax();
    this.sorts.forEach((sort, place) => sort.set(page.sort[place]));
    this.windows.forEach((input, side) => {
      if (input.value !== String(page.window[side])) input.value = page.window[side];
    });
    this.size.value = String(page.page_size);
    if (document.activeElement !== this.sample) this.sample.value = page.sample === 0 ? "" : page.sample;
    if (document.activeElement !== this.seed) this.seed.value = page.seed;
    this.variant = page.variant;
    this.variantOf = page.pattern;
  }

  // -------------------------------------------------------------------------------- drawing

  tell(place, text) {
    place.hidden = text === "";
    place.replaceChildren(...(text === "" ? [] : [isolated(text, "auto")]));
  }

  draw(page) {
    clearTimeout(this.settling);
    const wait = SETTLED - (performance.now() - this.typedAt);
    if (wait > 0 && (page.problem !== "" || page.lines.length === 0) && page.pattern !== "") {
      this.settling = setTimeout(() => this.draw(page), wait); // what is typed further may have hits
      return;
    }
    const empty = page.of === "" && page.problem === "";
    this.tell(this.problem, page.problem);
    if (page.place.length > 0) this.problem.append(this.pointed(page.place));
    this.box.setAttribute("aria-invalid", String(page.problem !== ""));
    this.tell(this.notice, page.notice);
    this.tell(this.why, page.hint);
    this.hint.hidden = !empty;
    this.lines.hidden = page.lines.length === 0;
    this.python.hidden = !page.code;
    writeLine(this.code, page.code ?? "");
    this.drawStatus(page, empty);
    this.used.replaceChildren(...page.in_use.map((code) => make("option", { value: code })));
    const drawn = [...this.rows.values()];
    const same = drawn.length === page.lines.length && page.lines.every((line, place) => drawn[place].look === lookOf(line));
    if (!same) this.drawLines(page);
    page.lines.forEach((line) => this.drawCodes(this.rows.get(keyOf(line)), line));
    this.plot.changed(page);
    this.variants.changed(page);
    if (this.wanted !== null) this.focusWanted();
  }

  // The pattern with a mark at the place of its error; at its end the mark is a space.
  pointed([before, there, after]) {
    const mark = make("mark", { class: "ck-place" }, there.trim() === "" ? "\u00a0" : there);
    return make("div", { class: "ck-pointed", dir: this.box.dir }, before, mark, after);
  }

  drawStatus(page, empty) {
    const parts = [];
    if (empty) parts.push("");
    else if (page.count === 0 && page.problem === "") parts.push(make("span", {}, this.say.none));
    else if (page.lines.length > 0) {
      const last = page.first + page.lines.length;
      const range = page.lines.length === 1 ? String(last) : `${(page.first + 1).toLocaleString("en-US")}–${last.toLocaleString("en-US")}`;
      parts.push(
        make("span", {}, ...phrase(page.count === 1 ? this.say.line_of : this.say.lines_of, { range: isolated(range), count: amount(page.count) })),
        ...this.partOf(page),
        make("span", { title: this.say.documents_title }, ...phrase(this.say.documents, { number: amount(page.documents) })),
      );
    }
    if (this.setup.coding && page.coded > 0) {
      parts.push(make("span", { title: this.say.coded_title }, ...phrase(this.say.coded, { number: amount(page.coded) })));
    }
    const stale = page.problem !== "" && page.lines.length > 0;
    if (stale) parts.push(make("span", { class: "ck-stale" }, ...phrase(this.say.stale, { pattern: isolated(page.of, "auto") })));
    this.root.classList.toggle("ck-of-before", stale);
    this.status.replaceChildren(...parts);
    this.numberOfPage.replaceChildren(...phrase(this.say.page, { page: amount(page.page), pages: amount(page.pages) }));
    const still = stale || page.lines.length === 0;
    for (const [name, atEnd] of [
      ["first", page.page <= 1], ["previous", page.page <= 1], ["next", page.page >= page.pages], ["last", page.page >= page.pages],
    ]) {
      this.turns[name].setAttribute("aria-disabled", String(still || atEnd));
    }
  }

  // What the lines are a part of: all of a spelling, or a sample.
  partOf(page) {
    if (page.total <= page.count) return [];
    const values = { total: amount(page.total), variant: isolated(page.variant, "auto") };
    return [make("span", {}, ...phrase(page.variant !== "" && page.sample === 0 ? this.say.of_variant : this.say.sample, values))];
  }

  drawLines(page) {
    const focused = this.focusedLine();
    this.saveDrafts();
    this.rows = new Map(page.lines.map((line, place) => [keyOf(line), this.buildRow(line, place)]));
    this.setColumns(page.lines);
    this.body.replaceChildren(...[...this.rows.values()].map(({ row }) => row));
    const open = this.opened && this.rows.get(this.opened.key);
    if (open) {
      open.row.after(this.opened.row);
      open.button.setAttribute("aria-expanded", "true");
    } else this.opened = null;
    this.setFirstTab([...this.rows.values()][0]);
    if (focused !== null) this.focusAgain(focused);
  }

  // The line with the focus, and which of its controls has it.
  focusedLine() {
    const element = document.activeElement;
    if (!element || !this.body.contains(element)) return null;
    const row = element.closest("tr");
    const owner = row === this.opened?.row ? row.previousElementSibling : row;
    const place = [...this.rows.values()].findIndex((entry) => entry.row === owner);
    return { place, key: [...this.rows.keys()][place], role: element.dataset.role ?? "node" };
  }

  focusAgain({ place, key, role }) {
    const rows = [...this.rows.values()];
    const entry = this.rows.get(key) ?? rows[Math.min(Math.max(place, 0), rows.length - 1)];
    if (!entry) return this.box.focus();
    (this.rows.has(key) ? (entry[role] ?? entry.button) : entry.button).focus();
    this.setFirstTab(entry);
  }

  setColumns(lines) {
    const length = (text) => [...text].length;
    const longest = (texts, low, high, factor) => Math.min(Math.max(...texts.map((text) => length(text) * factor + 1.4), low), high);
    const node = longest(lines.map((line) => line.node), 4.5, 12, 0.5);
    const reference = longest(lines.map((line) => `${line.name}:${line.position}`), 4, 10, 0.42);
    const fixed = [reference, ...this.setup.labels.map(() => 6.5), ...(this.setup.coding ? [12] : [])];
    this.columns.replaceChildren(
      ...[null, node, null, ...fixed].map((width) => make("col", { style: width === null ? null : `width:${width}em` })),
    );
    this.least = (node + CONTEXTS + fixed.reduce((sum, width) => sum + width, 0)) * EM;
    this.fit();
  }

  // Whether the lines are a table, or each is above its reference and its codes.
  fit() {
    this.root.classList.toggle("ck-narrow", this.root.clientWidth < this.least);
  }

  buildRow(line, place) {
    const button = make("button", {
      type: "button", class: "ck-open", "data-role": "node", "aria-expanded": "false", tabindex: -1,
      title: this.say.open_title + (this.setup.codes?.length ? `\n${this.say.keys_title}` : ""),
    });
    const node = make("bdi", { dir: "rtl" });
    const pieces = line.node_pieces.map(([piece, name]) =>
      name === "" ? piece : make("span", { class: "ck-anchor", title: name }, piece),
    );
    node.append(...(pieces.length > 0 ? pieces : [line.node]));
    button.append(node);
    const entry = { look: lookOf(line), line: { ...line }, button, place, sent: {} };
    button.addEventListener("click", () => this.toggle(entry));
    const reference = make("td", { role: "cell", class: "ck-reference", dir: "ltr", title: line.details });
    const read = make("button", { type: "button", class: "ck-read", tabindex: -1, title: `${this.say.read_title}\n${line.details}` }, isolated(line.name), `:${line.position}`);
    read.addEventListener("click", () => this.readAt(entry));
    reference.append(read);
    entry.row = make(
      "tr",
      { role: "row", class: "ck-line" },
      this.buildContext("before", "ltr", line.before), make("td", { role: "cell", class: "ck-node", dir: "rtl" }, button),
      this.buildContext("after", "rtl", line.after), reference,
      ...line.labels.map((label) => {
        const cell = make("td", { role: "cell", class: "ck-label", dir: "rtl", title: label });
        cell.append(label === null ? make("span", { class: "ck-missing" }, "—") : isolated(label, "auto"));
        return cell;
      }),
      ...(this.setup.coding ? [this.buildCoding(entry)] : []),
    );
    entry.row.addEventListener("click", (event) => {
      if (event.target.closest("button, select, input, textarea, .ck-coding")) return;
      if (window.getSelection()?.isCollapsed ?? true) this.toggle(entry);
    });
    return entry;
  }

  // The cell before the node is a left-to-right one around right-to-left text: so the text ends at the node,
  // and a long one overflows at its far end.
  buildContext(name, direction, pieces) {
    const text = make("bdi", { dir: "rtl" });
    text.append(...pieces.map(([piece, key, fromLeft]) => {
      const words = fromLeft ? isolated(piece) : piece;
      return key === 0 ? words : make("span", { class: `ck-key ck-key-${key}` }, words);
    }));
    return make("td", { role: "cell", class: `ck-${name}`, dir: direction }, text);
  }

  // --------------------------------------------------------------------------------- coding

  buildCoding(entry) {
    const codes = this.setup.codes;
    if (codes === null) {
      entry.code = make("input", { type: "text", list: this.used.id, maxlength: 10000, placeholder: this.say.code, dir: "auto" });
    } else {
      entry.code = make("select", {}, make("option", { value: "" }, "—"));
      entry.code.append(...codes.map((code) => make("option", { value: code }, code)));
    }
    entry.note = make("textarea", { rows: 1, maxlength: 10000, placeholder: this.say.note, dir: "auto" });
    for (const column of ["code", "note"]) {
      const control = entry[column];
      this.setControl(control, entry.line[column] ?? "");
      control.dataset.role = column;
      control.classList.add(`ck-${column}`);
      control.title = this.say[column];
      control.setAttribute("aria-label", `${this.say[column]}, ${entry.line.name}:${entry.line.position}`);
      control.addEventListener("change", () => this.setCode(entry, column));
      control.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || control.tagName === "SELECT") return;
        event.preventDefault();
        this.setCode(entry, column);
      });
    }
    entry.conflicts = make("div", { class: "ck-conflicts", role: "status", hidden: true });
    const controls = make("div", { class: "ck-codes" }, entry.code, entry.note);
    return make("td", { role: "cell", class: "ck-coding", dir: "rtl" }, controls, entry.conflicts);
  }

  // What others gave instead, with a button to take it and one to keep what there is: each sends a code.
  drawConflicts(entry, conflicts) {
    const look = JSON.stringify(conflicts);
    if (entry.conflicts.dataset.look === look) return;
    entry.conflicts.dataset.look = look;
    const focused = entry.conflicts.contains(document.activeElement);
    const shown = conflicts.map(({ column, value, coder }) => {
      const decide = (name, chosen) => {
        const title = this.say[`${name}_title`];
        const button = make("button", { type: "button", title, "aria-label": title }, this.say[name]);
        button.addEventListener("click", () => {
          const value = chosen();
          this.setControl(entry[column], value ?? "");
          this.sendCode(entry, column, value);
        });
        return button;
      };
      const name = this.say[`another_${column}`];
      return make(
        "div", { class: "ck-conflict", title: `${name}: ${coder}` },
        make("span", {}, `${name}: `), isolated(value ?? "—", "auto"), make("span", { class: "ck-by" }, isolated(coder, "auto")),
        decide("take", () => value),
        decide("keep", () => entry.line[column]),
      );
    });
    entry.conflicts.replaceChildren(...shown);
    entry.conflicts.hidden = shown.length === 0;
    entry.row.classList.toggle("ck-in-conflict", shown.length > 0);
    if (focused) entry.button.focus();
  }

  // Send a code at once, without waiting for a search. `was` lets Python see whether somebody else changed it.
  setCode(entry, column) {
    const value = entry[column].value.trim() || null;
    const was = entry.line[column];
    if (value !== was) this.sendCode(entry, column, value);
  }

  sendCode(entry, column, value) {
    const was = entry.line[column];
    entry.line[column] = value;
    entry.sent[column] = value;
    entry[column].classList.add("ck-saving");
    this.model.send({ kind: "code", id: entry.line.id, position: entry.line.position, column, value, was });
  }

  // Send what is being written before its field disappears.
  saveDrafts() {
    if (!this.setup.coding) return;
    for (const entry of this.rows.values()) {
      for (const column of ["code", "note"]) {
        if (entry[column].getAttribute("aria-invalid") !== "true") this.setCode(entry, column);
      }
    }
  }

  drawCodes(entry, line) {
    if (!this.setup.coding) return;
    for (const column of ["code", "note"]) {
      const control = entry[column];
      const sent = column in entry.sent;
      const refused = sent && entry.sent[column] !== line[column];
      const draft = !sent && document.activeElement === control && (control.value.trim() || null) !== entry.line[column];
      control.classList.remove("ck-saving");
      delete entry.sent[column];
      entry.line[column] = line[column];
      control.setAttribute("aria-invalid", String(refused));
      if (draft || (refused && control.tagName !== "SELECT")) continue; // keep what was typed
      this.setControl(control, line[column] ?? "");
    }
    entry.row.classList.toggle("ck-is-coded", line.code !== null);
    this.drawConflicts(entry, line.conflicts ?? []);
  }

  setControl(control, value) {
    if (control.tagName === "SELECT" && ![...control.options].some((option) => option.value === value)) {
      control.append(make("option", { value }, value)); // from a sheet with other codes
    }
    if (control.value !== value) control.value = value;
  }

  // -------------------------------------------------------------------------------- context

  toggle(entry) {
    const key = keyOf(entry.line);
    if (this.opened?.key === key) this.shut();
    else this.openContext(entry, "paragraph");
  }

  openContext(entry, unit) {
    if (this.opened?.key !== keyOf(entry.line)) this.shut(false);
    const number = ++this.openings;
    if (this.opened === null) {
      const cell = make("td", { role: "cell", colspan: this.width });
      this.opened = { key: keyOf(entry.line), row: make("tr", { role: "row", class: "ck-context" }, cell), cell };
      entry.row.after(this.opened.row);
      cell.append(this.buildPanel(entry));
    }
    Object.assign(this.opened, { number, unit });
    entry.button.setAttribute("aria-expanded", "true");
    for (const [name, button] of Object.entries(this.opened.units)) button.setAttribute("aria-pressed", String(name === unit));
    this.opened.text.setAttribute("aria-busy", "true");
    this.model.send({
      kind: "open", client: this.client, number, line: this.page.first + entry.place, id: entry.line.id,
      position: entry.line.position, within: unit,
    });
  }

  buildPanel(entry) {
    const units = {};
    for (const [unit, text] of [["paragraph", this.say.paragraph], ["document", this.say.whole_document]]) {
      units[unit] = make("button", { type: "button", "aria-pressed": "false" }, text);
      units[unit].addEventListener("click", () => this.openContext(entry, unit));
    }
    const shut = make("button", { type: "button", title: `${this.say.close} (Escape)` }, this.say.close);
    shut.addEventListener("click", () => this.shut());
    const read = make("button", { type: "button", title: this.say.read_title }, this.say.read);
    read.addEventListener("click", () => this.readAt(entry));
    const reference = make("span", { class: "ck-source", dir: "ltr" }, isolated(entry.line.id, "auto"), `:${entry.line.position}`);
    const text = make("div", { ...KEYS, class: "ck-text", tabindex: 0, role: "region", "aria-label": this.say.context });
    Object.assign(this.opened, { units, text });
    const bar = make("div", { class: "ck-bar", dir: this.direction }, units.paragraph, units.document, read, reference, shut);
    return make("div", { class: "ck-panel" }, bar, text);
  }

  // Open the text of a line, in the reading view.
  readAt(entry) {
    this.read({ line: this.page.first + entry.place, id: entry.line.id, position: entry.line.position });
  }

  fill(message) {
    const { text } = this.opened;
    text.removeAttribute("aria-busy");
    if (message.problem) {
      text.replaceChildren(isolated(message.problem, "auto"));
      return;
    }
    const far = (number) => (number > 0 ? [make("span", { class: "ck-far", dir: this.direction }, ...phrase(this.say.far, { number: amount(number) }))] : []);
    const mark = make("mark", {}, message.node);
    const quote = make("div", { class: "ck-quote", dir: message.rtl ? "rtl" : "ltr" }, message.before, mark, message.after);
    text.replaceChildren(...far(message.more_before), quote, ...far(message.more_after));
    text.scrollTop = mark.offsetTop - text.clientHeight / 2;
  }

  // Close the context. If the focus would be lost, it moves to the line.
  shut(refocus = true) {
    if (this.opened === null) return;
    const entry = this.rows.get(this.opened.key);
    const inside = this.opened.row.contains(document.activeElement);
    this.opened.row.remove();
    this.opened = null;
    entry?.button.setAttribute("aria-expanded", "false");
    if (refocus && inside) entry?.button.focus();
  }

  // ------------------------------------------------------------------------------- keyboard

  pressed(event) {
    if (event.key === "Escape" && this.opened !== null && event.target !== this.box) {
      event.preventDefault();
      event.stopPropagation();
      return this.shut();
    }
    const entry = [...this.rows.values()].find(({ button }) => button === event.target);
    if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...this.rows.values()];
    const to = {
      ...(event.shiftKey ? { Enter: () => this.readAt(entry) } : {}),
      ArrowDown: () => this.focusLine(rows[entry.place + 1]),
      ArrowUp: () => this.focusLine(rows[entry.place - 1]),
      Home: () => this.focusLine(rows[0]),
      End: () => this.focusLine(rows.at(-1)),
      PageDown: () => this.turns.next.click(),
      PageUp: () => this.turns.previous.click(),
    }[event.key];
    const code = /^[0-9]$/.test(event.key) && this.setup.codes?.length ? Number(event.key) : null;
    if (to) to();
    else if (code !== null && code <= this.setup.codes.length) {
      entry.code.value = code === 0 ? "" : this.setup.codes[code - 1];
      this.setCode(entry, "code");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  focusLine(entry) {
    if (!entry) return;
    this.setFirstTab(entry);
    entry.button.focus();
  }

  // The tab key reaches one line; the arrow keys move on from it.
  setFirstTab(entry) {
    for (const { button } of this.rows.values()) button.tabIndex = -1;
    if (entry) entry.button.tabIndex = 0;
  }
}
