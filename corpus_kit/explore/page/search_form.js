// What a concordance is asked for: the pattern, what of a word is compared, the order, how much context, a sample.

import { make, phrase } from "../../display/page/base.js";

const TYPING = 15; // ms without a keystroke before a search starts
const SETTLED = 500; // ms without a keystroke before an error or the lack of hits is shown
const NUMBERS = 300; // ms without a keystroke before a number counts
const WIDEST = 100; // words of context on each side

const SORT_NAMES = ["before1", "before2", "before3", "after1", "after2", "after3", "node", "document"];

const ANNOTATED = /lemma|pos=/; // what a corpus must be annotated for
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

export class SearchForm {
  // setup: what Python says of the page; id: that of the element with problems; ask({after, samePage}): the reader wants what the
  // form shows, after so many ms without another wish; others: elements beside the options.
  constructor(setup, { id, ask, others }) {
    Object.assign(this, { setup, ask, say: setup.say });
    this.typedAt = -SETTLED; // when the last key was pressed
    this.hint = this.buildHint();
    this.search = this.buildSearch(id);
    this.options = this.buildOptions(others);
  }

  // ------------------------------------------------------------------------------- building

  buildSearch(id) {
    this.box = make("input", {
      type: "search", class: "ck-box", dir: "auto", autocomplete: "off", spellcheck: "false", maxlength: 20000,
      "aria-label": this.say.search, "aria-describedby": id, title: this.say.search_title,
      placeholder: this.say.search_title,
    });
    this.query = make("button", { type: "button", class: "ck-query", title: this.say.show_query_title, hidden: true }, this.say.show_query);
    this.query.addEventListener("click", () => this.searchFor(this.written));
    this.box.addEventListener("input", () => this.setDirection());
    const typed = () => {
      this.typedAt = performance.now();
      this.ask({ after: TYPING });
    };
    this.box.addEventListener("input", (event) => event.isComposing || typed());
    this.box.addEventListener("compositionend", typed);
    this.box.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && this.ask());
    this.clitics = this.buildToggle(this.say.clitics, this.say.clitics_title);
    this.clitics.label.hidden = !this.setup.annotated;
    this.exact = this.buildToggle(this.say.exact, this.say.exact_title);
    this.cqp = this.buildToggle(this.say.cqp, this.say.cqp_title);
    this.cqp.addEventListener("change", () => this.showSyntax());
    const search = make("label", { class: "ck-search" }, make("span", {}, this.say.search), make("span", { class: "ck-box-place" }, this.box, this.query));
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

  buildOptions(others) {
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
      ...others,
    );
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
      turn.style.visibility = select.value === "" ? "hidden" : "visible"; // its place is kept
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
    input.addEventListener("input", () => this.ask({ after: NUMBERS, samePage: true }));
    const label = make("label", { title }, make("span", {}, this.say[name]), input);
    return Object.assign(input, { label });
  }

  searchFor(pattern) {
    this.box.value = pattern;
    this.setDirection();
    this.box.focus();
    this.ask();
  }

  // Lines that no pattern in the box finds have a name there, until something is typed, and some a query on demand.
  showName({ name, query }) {
    this.written = query;
    this.query.hidden = query === "";
    this.box.classList.toggle("ck-named", name !== "");
    this.box.placeholder = name || this.say.search_title;
    this.box.title = name ? `${name}\n${this.say.named_title}` : this.say.search_title;
  }

  buildHint() {
    this.examples = make("div", { class: "ck-examples" });
    return make("div", { class: "ck-hint", hidden: true }, make("p", {}, this.say.examples), this.examples);
  }

  showExamples() {
    const examples = (this.cqp.checked ? CQP_EXAMPLES : EXAMPLES).filter(([pattern]) => this.setup.annotated || !ANNOTATED.test(pattern)).map(([pattern, name]) => {
      const button = make("button", { type: "button", title: this.say[name], dir: this.directionOf(pattern) }, pattern);
      button.addEventListener("click", () => this.searchFor(pattern));
      return button;
    });
    this.examples.replaceChildren(...examples);
  }

  // ------------------------------------------------------------------------------- its values

  // How long the last key has to rest until an error, or the lack of hits, is told.
  get unrest() {
    return SETTLED - (performance.now() - this.typedAt);
  }

  // What the controls show; a number that is not there is that of the page.
  request(page) {
    const whole = (input) => Math.min(Math.max(Number.parseInt(input.value, 10) || 0, 0), 1000000);
    const words = this.windows.map((input, side) => {
      const number = Number.parseInt(input.value, 10);
      return Number.isNaN(number) ? page.window[side] : Math.min(Math.max(number, 0), WIDEST);
    });
    return {
      pattern: this.box.value, sort: this.sorts.map((sort) => sort.get()).filter((key) => key !== null),
      window: words, syntax: this.cqp.checked ? "cqp" : "native",
      clitics: this.clitics.checked && !this.cqp.checked, exact: this.exact.checked && !this.cqp.checked,
      page_size: Number(this.size.value), sample: whole(this.sample), seed: whole(this.seed),
    };
  }

  // Let the controls show the request of the page. A box that already does keeps its caret.
  adopt(page) {
    this.showName(page);
    if (this.words) this.words.value = page.pattern; // none, if it is no word of the table
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
  }
}
