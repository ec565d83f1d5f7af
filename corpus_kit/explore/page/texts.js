// Texts: the reading view of one document, the plot of where lines are in documents, the spellings of a node.

import { KEYS, amount, isolated, make, messageOf, phrase } from "../../display/page/base.js";
import { toldPlace } from "./python.js";

const SIZES = [15, 17, 19, 22, 26, 31]; // px, of the letters of a text
const PARTS = 3; // windows of a text that the page holds
const NEAR = 600; // px from the end of what is there, where more is requested
const STRIPS = 25; // documents of the plot on a page
const PLACES = 400; // of a document that the plot tells apart

// A text with the hits of the search, a window of it at a time.
export class ReadingView {
  // shell: {say, direction, channel, back(), showLine(hit), copy(text), changed()}
  constructor(shell, state) {
    Object.assign(this, { shell, say: shell.say });
    this.size = SIZES.includes(state?.size) ? state.size : 19;
    this.asked = null; // what is shown: {place, from}
    this.text = null; // Python's answer
    this.parts = []; // windows in their order: {start, end, element}
    this.busy = new Set(); // the sides on which more is awaited
    this.hit = null; // the number of the hit that is pointed to
    this.build();
  }

  state() {
    return { asked: this.asked, text: this.text, hit: this.hit, scroll: this.pages.scrollTop };
  }

  // What a page that is drawn again needs: the size of letters, and which text is open.
  kept() {
    const open = this.element.hidden || this.text === null ? null : { document: this.text.document, from: this.asked.from };
    return { size: this.size, open };
  }

  restore(state) {
    if (this.text === state.text) this.point(state.hit, false);
    else this.open({ document: state.text?.document ?? 0, ...(state.hit === null ? {} : { hit: state.hit }) }, state.asked.from);
  }

  // ------------------------------------------------------------------------------- building

  build() {
    const { say } = this;
    this.title = make("h2", { class: "ck-title" });
    this.count = make("span", { class: "ck-status", role: "status", "aria-live": "polite" });
    this.problem = make("div", { class: "ck-problem", role: "alert", hidden: true });
    this.data = make("dl", { class: "ck-data" });
    this.pages = make("div", { ...KEYS, class: "ck-pages", tabindex: 0, role: "region", "aria-label": say.reading, title: say.reading_keys });
    this.paper = make("div", { class: "ck-paper" });
    this.earlier = this.button("earlier", () => this.more("before"));
    this.later = this.button("later", () => this.more("after"));
    this.pages.append(this.earlier, this.paper, this.later);
    this.pages.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.previous = this.button("previous_text", () => this.turn(0));
    this.next = this.button("next_text", () => this.turn(1));
    this.hits = {
      previous: this.button("previous_hit", () => this.step(-1)), next: this.button("next_hit", () => this.step(1)),
      lines: this.button("its_lines", () => this.text && this.shell.showLine(this.hit ?? this.text.hits[0])),
    };
    const smaller = this.button("smaller", () => this.resize(-1), isolated("A−"));
    const larger = this.button("larger", () => this.resize(1), isolated("A+"));
    this.code = make("code", { class: "ck-code-line", dir: "ltr", tabindex: 0 });
    // It comes with the first text, so that nothing of it moves.
    this.body = make(
      "div", { hidden: true }, make("details", { open: true }, make("summary", {}, say.metadata), this.data), this.pages,
      make("div", { class: "ck-python", title: say.python_title }, make("span", {}, say.python), this.code, this.copying("copy", () => this.code.textContent)),
    );
    this.element = make(
      "div", { class: "ck-reading", role: "group", "aria-label": say.reading, hidden: true },
      make(
        "div", { class: "ck-bar" }, this.title, make("span", { class: "ck-group" }, this.previous, this.next),
        make("span", { class: "ck-group" }, smaller, larger), this.copying("copy_reference", () => this.reference()),
        this.button("close", () => this.shell.back()),
      ),
      make("div", { class: "ck-bar ck-under" }, this.count, make("span", { class: "ck-group" }, ...Object.values(this.hits))),
      toldPlace(this.problem), this.body,
    );
    this.element.addEventListener("keydown", (event) => this.pressed(event));
    this.resize(0);
  }

  button(name, act, text = this.say[name]) {
    const button = make("button", { type: "button", title: this.say[name], "aria-label": this.say[name] }, text);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
    return button;
  }

  copying(name, text) {
    const button = this.button(name, async () => {
      await this.shell.copy(text());
      button.textContent = this.say.copied;
      setTimeout(() => (button.textContent = this.say[name]), 1500);
    });
    return button;
  }

  resize(step) {
    this.size = SIZES[Math.min(Math.max(SIZES.indexOf(this.size) + step, 0), SIZES.length - 1)];
    this.paper.style.fontSize = `${this.size}px`;
    if (step !== 0) this.shell.changed();
  }

  // ------------------------------------------------------------------- requests and answers

  // place: {document}, {hit}, {line, id, position} or {row}; from: the table, as in `view`, {} for the concordance.
  open(place, from) {
    this.asked = { place, from };
    this.element.setAttribute("aria-busy", "true");
    this.busy.clear();
    this.shell.channel.ask("read", { ...from, ...place, kind: "read" }, (answer) => this.receive(answer));
  }

  receive(answer) {
    this.element.removeAttribute("aria-busy");
    const problem = answer.problem ?? "";
    this.problem.hidden = problem === "";
    this.problem.replaceChildren(messageOf(problem));
    if (problem !== "") return this.pages.focus();
    this.text = answer;
    this.body.hidden = false;
    this.title.replaceChildren(isolated(answer.id, "auto"));
    this.title.title = answer.id;
    this.data.replaceChildren(...answer.metadata.flatMap(([head, value, number]) => [
      make("dt", {}, isolated(head, "auto")), make("dd", {}, isolated(value, number ? "ltr" : "auto")),
    ]));
    this.code.textContent = answer.code;
    this.previous.setAttribute("aria-disabled", String(answer.neighbours[0] === null));
    this.next.setAttribute("aria-disabled", String(answer.neighbours[1] === null));
    this.parts = [];
    this.paper.replaceChildren();
    this.insert(answer.part, "after");
    this.pages.scrollTop = 0;
    this.point(answer.hit, true);
    this.shell.changed();
    if (!this.element.hidden && !this.element.contains(document.activeElement)) this.pages.focus({ preventScroll: true });
  }

  // One more window on a side; that on the other side gives way.
  more(side) {
    const edge = side === "after" ? this.parts.at(-1)?.end : this.parts[0]?.start;
    const at = side === "after" ? this.text?.length : 0;
    if (edge === undefined || edge === at || this.busy.has(side)) return;
    this.busy.add(side);
    const { text } = this;
    this.shell.channel.ask(`read ${side}`, { kind: "read", document: this.text.document, part: [edge, side] }, (answer) => {
      if (this.text !== text) return; // another one is shown by now
      this.busy.delete(side);
      if (!answer.problem) this.insert(answer.part, side);
    });
  }

  insert({ start, end, paragraphs, positions }, side) {
    const element = make("div", {}, ...paragraphs.map((paragraph) => this.paragraph(paragraph)));
    const part = { start, end, element, positions };
    // What is above keeps its height or the text would jump: so the scroller is moved by what comes or goes there.
    const below = this.pages.scrollHeight - this.pages.scrollTop;
    if (side === "after") {
      this.parts.push(part);
      this.paper.append(element);
      if (this.parts.length > PARTS) {
        const gone = this.parts.shift().element;
        const height = gone.offsetHeight;
        gone.remove();
        this.pages.scrollTop -= height;
      }
    } else {
      this.parts.unshift(part);
      this.paper.prepend(element);
      this.pages.scrollTop = this.pages.scrollHeight - below;
      if (this.parts.length > PARTS) this.parts.pop().element.remove();
    }
    this.earlier.hidden = this.parts[0].start === 0;
    this.later.hidden = this.parts.at(-1).end >= this.text.length;
    this.mark();
  }

  paragraph({ rtl, head, continued, pieces }) {
    const shown = pieces.map(([text, hit]) => (hit < 0 ? text : make("mark", { "data-hit": hit }, text)));
    return make("p", { dir: rtl ? "rtl" : "ltr", class: `${head ? "ck-headline" : ""}${continued ? " ck-continued" : ""}` || null }, ...shown);
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.pages;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.more("after");
    else if (scrollTop < NEAR / 2 && this.parts[0]?.start > 0) this.more("before");
  }

  // ------------------------------------------------------------------------------------ hits

  // Point to a hit, or to none; with `scroll`, bring it into view.
  point(hit, scroll) {
    this.hit = hit;
    this.mark();
    const mark = hit === null ? null : this.paper.querySelector(`[data-hit="${hit}"]`);
    if (mark !== null && scroll) {
      const place = mark.getBoundingClientRect().top - this.pages.getBoundingClientRect().top;
      this.pages.scrollTop += place - this.pages.clientHeight / 3;
    }
  }

  mark() {
    if (this.text === null) return;
    const [low, high] = this.text.hits;
    for (const mark of this.paper.querySelectorAll("mark")) mark.classList.toggle("ck-pointed-to", Number(mark.dataset.hit) === this.hit);
    const values = { number: amount((this.hit ?? low) - low + 1), total: amount(high - low), pattern: isolated(this.text.of, "auto") };
    const words = high === low ? this.say.no_hits_here : this.hit === null ? this.say.hits_here : this.say.hit_of;
    this.count.replaceChildren(make("span", {}, ...(this.text.of === "" ? [] : phrase(words, values))));
    const disabled = { previous: this.hit === null || this.hit <= low, next: high === low || this.hit === high - 1, lines: high === low };
    for (const [name, is] of Object.entries(disabled)) this.hits[name].setAttribute("aria-disabled", String(is));
  }

  step(by) {
    const [low, high] = this.text?.hits ?? [0, 0];
    const to = this.hit === null ? low : this.hit + by;
    if (to < low || to >= high) return;
    if (this.paper.querySelector(`[data-hit="${to}"]`) !== null) this.point(to, true);
    else this.open({ hit: to }, this.asked.from);
  }

  turn(side) {
    const document = this.text?.neighbours[side] ?? null;
    if (document !== null) this.open({ document }, this.asked.from);
  }

  // The id, and the position of the hit that is pointed to: what a line of the concordance has.
  reference() {
    if (this.text === null) return "";
    const position = this.parts.map(({ positions }) => positions[this.hit]).find((each) => each !== undefined);
    return position === undefined ? this.text.id : `${this.text.id}:${position}`;
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const act = { KeyN: () => this.step(1), KeyP: () => this.step(-1) }[event.code]; // whatever the layout
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  }
}

// ------------------------------------------------------------------------------- beside the lines

// Something about the lines that a button shows: it is requested when it is seen and the lines have changed.
class Beside {
  constructor(view, name) {
    Object.assign(this, { view, say: view.say, name, lines: "", shown: "" });
    this.button = make("button", { type: "button", title: this.say[`${name}_title`], "aria-pressed": "false" }, this.say[name]);
    this.element = make("div", { class: `ck-${name}`, role: "group", "aria-label": this.say[`${name}_title`], hidden: true });
    this.button.addEventListener("click", () => {
      this.element.hidden = !this.element.hidden;
      this.button.setAttribute("aria-pressed", String(!this.element.hidden));
      this.refresh();
    });
  }

  // What the concordance shows now.
  changed(page) {
    this.lines = this.look(page);
    this.refresh();
  }

  refresh() {
    if (this.element.hidden || this.shown === this.lines) return;
    this.shown = this.lines;
    this.request(0);
  }

  ask(message) {
    this.view.channel.ask(this.name, message, (answer) => {
      if (answer.problem) this.element.replaceChildren(messageOf(answer.problem));
      else this.draw(answer);
    });
  }
}

// Where in each document the lines are; AntConc calls it the plot.
export class HitPlot extends Beside {
  // show(hit): show the line of a hit; read(hit): open its text.
  constructor(view, { show, read }) {
    super(view, "plot");
    Object.assign(this, { show, read });
  }

  look({ of, count, total, variant, sample, seed, exact, clitics, syntax, documents }) {
    return JSON.stringify([of, count, total, variant, sample, seed, exact, clitics, syntax, documents]);
  }

  request(first) {
    this.ask({ kind: "strips", first, count: STRIPS });
  }

  draw({ first, total, strips }) {
    const range = total === 0 ? "0" : `${(first + 1).toLocaleString("en-US")}–${(first + strips.length).toLocaleString("en-US")}`;
    const turn = (name, to) => {
      const button = make("button", { type: "button", title: this.say[name], "aria-disabled": String(to < 0 || to >= total) }, this.say[name]);
      button.addEventListener("click", () => to < 0 || to >= total || this.request(to));
      return button;
    };
    const head = make(
      "div", { class: "ck-bar" }, make("span", {}, ...phrase(this.say.plot_of, { range: isolated(range), count: amount(total) })),
      make("span", { class: "ck-group" }, turn("previous", first - STRIPS), turn("next", first + STRIPS)),
    );
    this.element.replaceChildren(head, ...strips.map((strip) => this.strip(strip)));
  }

  strip({ name, count, marks }) {
    const text = phrase(this.say.strip, { name, count: count.toLocaleString("en-US") }).join("");
    const ticks = marks.map(([place, hit, number]) => make("i", { style: `inset-inline-start:${(place / PLACES) * 100}%`, class: number > 1 ? "ck-many" : null, "data-hit": hit }));
    const strip = make("button", { type: "button", class: "ck-strip", "aria-label": text, title: this.say.strip_title }, ...ticks);
    let at = 0; // the mark that the keys choose
    const choose = (mark) => {
      at = Math.min(Math.max(mark, 0), ticks.length - 1);
      ticks.forEach((tick, place) => tick.classList.toggle("ck-chosen", place === at));
    };
    strip.addEventListener("focus", () => choose(at));
    strip.addEventListener("blur", () => ticks.forEach((tick) => tick.classList.remove("ck-chosen")));
    strip.addEventListener("click", (event) => {
      if (event.detail > 0) choose(this.nearest(strip, event.clientX, marks));
      this.show(marks[at][1]);
    });
    strip.addEventListener("keydown", (event) => {
      const forward = this.view.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
      const backward = this.view.direction === "rtl" ? "ArrowRight" : "ArrowLeft";
      const to = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: ticks.length - 1 }[event.key];
      if (to === undefined || event.altKey) return;
      choose(to);
      event.preventDefault();
      event.stopPropagation();
    });
    const title = make("button", { type: "button", class: "ck-read", title: `${this.say.read}: ${name}` }, isolated(name, "auto"));
    title.addEventListener("click", () => this.read(marks[0][1]));
    return make("div", { class: "ck-strip-row" }, title, strip, make("span", { class: "ck-amount" }, amount(count)));
  }

  nearest(strip, x, marks) {
    const { left, width } = strip.getBoundingClientRect();
    const share = (x - left) / width;
    const place = (this.view.direction === "rtl" ? 1 - share : share) * PLACES;
    const distances = marks.map(([mark]) => Math.abs(mark - place));
    return distances.indexOf(Math.min(...distances));
  }
}

// The spellings of the node: the one that is chosen is shown alone.
export class Variants extends Beside {
  constructor(view, { choose }) {
    super(view, "variants");
    this.choose = choose;
  }

  look({ of, total, exact, clitics, syntax }) {
    return JSON.stringify([of, total, exact, clitics, syntax]);
  }

  changed(page) {
    super.changed(page);
    this.variant = page.variant;
    this.mark();
  }

  request() {
    this.ask({ kind: "variants" });
  }

  draw({ rows, total }) {
    const every = this.entry(this.say.all_variants, "", [], "");
    const rest = total > rows.length ? [make("span", {}, "…")] : [];
    this.element.replaceChildren(every, ...rows.map(([shown, variant, count, documents]) => this.entry(isolated(shown, "auto"), variant, [amount(count)], documents)), ...rest);
    this.mark();
  }

  entry(shown, variant, counts, documents) {
    const title = documents === "" ? null : phrase(this.say.documents, { number: documents.toLocaleString("en-US") }).join("");
    const button = make("button", { type: "button", title }, shown, ...counts.flatMap((count) => [" ", make("span", { class: "ck-amount" }, count)]));
    button.variant = variant;
    button.addEventListener("click", () => this.choose(variant));
    return button;
  }

  mark() {
    for (const button of this.element.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.variant === this.variant));
  }
}
