// The interactive concordance in the browser. It draws the page of lines that Python sends, and requests others.
// Whatever comes from a corpus, a pattern or a coder is inserted as text, never as markup.

import { KEYS, amount, isolated, make, messageOf, phrase, pointed } from "../../display/page/base.js";
import { LineTable } from "./line_table.js";
import { pythonLine, saveButtons, toldPlace, writeLine } from "./python.js";
import { SearchForm } from "./search_form.js";
import { HitPlot, Variants } from "./texts.js";

const PATIENCE = 10000; // ms until the reader is told that there is no answer

export class ConcordanceView {
  // client: the name of this page; selection(): the documents in which it searches; channel: asks Python; copy(text)
  // copies; read(place): opens a text; codeLines(): makes a coding project. kept: what `state` returned of an earlier
  // page, or undefined; changed(): it returns something else now.
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
    this.settling = 0; // timer
    this.patience = 0; // timer
    this.serial = 0; // of the drawn page
    this.page = null;
    this.variant = ""; // the spelling of the node that is shown; "" for all
    this.variantOf = ""; // the pattern whose spelling it is
    this.build(host);
    this.heard = () => this.receive();
    model.on("change:_page", this.heard);
    this.receive();
    // Python does not know the earlier page any more.
    if (kept && this.page.serial === 1 && (kept.source || kept.pattern !== "")) this.askAgain(kept);
  }

  state() {
    const { pattern, sort, window: words, clitics, exact, syntax, page, page_size, sample, seed, variant, source } = this.page;
    return { pattern, sort, window: words, clitics, exact, syntax, page, page_size, sample, seed, variant, source };
  }

  // The lines behind a row are first opened again, as they were.
  askAgain(kept) {
    const ask = () => {
      this.adopt({ ...this.page, ...kept });
      this.ask({ page: kept.page });
    };
    if (!kept.source) return ask();
    this.page = { ...this.page, ...kept }; // which is kept meanwhile
    this.wait(true);
    return this.channel.ask("row", kept.source, (answer) => {
      this.wait(false);
      this.receive();
      if (answer.problem) this.tell(this.notice, answer.problem);
      else ask();
    });
  }

  close() {
    this.model.off("change:_page", this.heard);
    this.table.close();
    clearTimeout(this.typing);
    clearTimeout(this.settling);
    clearTimeout(this.patience);
  }

  // ------------------------------------------------------------------------------ building

  build(host) {
    this.root = make("div", {
      class: "ck-search-lines", dir: this.direction, lang: this.setup.language, role: "group", "aria-label": this.say.concordance,
    });
    const id = `ck-${this.client}-problem`;
    this.problem = make("div", { class: "ck-problem", id, role: "alert", dir: "auto", hidden: true });
    this.notice = make("div", { ...KEYS, class: "ck-notice", role: "status", "aria-live": "polite", dir: this.direction, tabindex: 0, hidden: true });
    this.why = make("div", { class: "ck-notice ck-why", role: "status", "aria-live": "polite", dir: this.direction, hidden: true });
    [this.python, this.code] = pythonLine(this.say, this.copy);
    this.plot = new HitPlot(this, { show: (hit) => this.showHit(hit), read: (hit) => this.read({ hit }) });
    this.variants = new Variants(this, { choose: (variant) => this.chooseVariant(variant) });
    this.form = new SearchForm(this.setup, {
      id, ask: ({ after = 0, samePage = false } = {}) => this.ask({ after, page: samePage ? this.page.page : 1 }),
      others: [this.plot.button, this.variants.button, this.buildCodeLines(), this.buildSave()],
    });
    this.table = new LineTable(this.root, {
      instead: [this.why, this.form.hint], model: this.model, client: this.client, direction: this.direction, read: this.read,
      turn: (name) => this.turns[name].click(), refocus: () => this.form.box.focus(),
    });
    this.root.append(
      this.form.search, this.form.options, this.buildStatus(), toldPlace(this.notice, this.problem),
      this.variants.element, this.plot.element, this.table.element, this.python,
    );
    this.root.addEventListener("keydown", (event) => event.target === this.form.box || this.table.pressed(event));
    host.append(this.root);
  }

  buildCodeLines() {
    const button = make("button", { type: "button", class: "ck-code-lines", title: this.say.code_lines_title }, this.say.code_lines);
    button.addEventListener("click", () => this.codeLines());
    return button;
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
    this.variantOf = this.form.box.value;
    this.ask();
  }

  // Show the line of a hit, on whatever page it is.
  showHit(hit) {
    this.wait(true);
    this.channel.ask("line", { kind: "line", hit }, (answer) => {
      this.wait(false);
      if (answer.problem) return this.tell(this.notice, answer.problem);
      this.receive();
      this.table.want(answer);
    });
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
    if (this.form.box.value !== this.variantOf) this.variant = "";
    this.queued = false;
    this.wait(true);
    this.searched = JSON.stringify(this.selection());
    this.model.send({
      kind: "show", client: this.client, number: ++this.number, selection: this.selection(), ...this.form.request(this.page),
      page: this.target, variant: this.variant,
    });
  }

  // The tab is shown. If other documents were chosen since, it searches in these.
  shown() {
    this.table.fit();
    if (this.searched !== JSON.stringify(this.selection())) this.ask();
  }

  // Python has changed what is shown, in the documents that are chosen now.
  settle() {
    this.searched = JSON.stringify(this.selection());
  }

  focus() {
    this.settle();
    this.table.focus();
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

  // Let the controls show the request of the page.
  adopt(page) {
    this.form.adopt(page);
    this.target = page.page;
    this.variant = page.variant;
    this.variantOf = page.pattern;
  }

  // -------------------------------------------------------------------------------- drawing

  tell(place, text) {
    place.hidden = text === "";
    place.replaceChildren(...(text === "" ? [] : [messageOf(text)]));
  }

  draw(page) {
    clearTimeout(this.settling);
    const wait = this.form.unrest;
    if (wait > 0 && (page.problem !== "" || page.lines.length === 0) && page.pattern !== "") {
      this.settling = setTimeout(() => this.draw(page), wait); // what is typed further may have hits
      return;
    }
    const empty = page.of === "" && page.problem === "";
    this.tell(this.problem, page.problem);
    if (page.place.length > 0) this.problem.append(pointed(page.place, this.form.box.dir));
    this.form.box.setAttribute("aria-invalid", String(page.problem !== ""));
    this.tell(this.notice, page.notice);
    this.tell(this.why, page.hint);
    this.form.hint.hidden = !empty;
    this.python.hidden = !page.code;
    writeLine(this.code, page.code ?? "");
    this.drawStatus(page, empty);
    this.table.draw(page);
    this.plot.changed(page);
    this.variants.changed(page);
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
    this.status.replaceChildren(...parts.flatMap((part, place) => (place > 0 ? [" ", part] : [part])));
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
}
