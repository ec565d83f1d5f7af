// A tab whose content is a table: controls that Python names, the table, its notes, the line of Python.

import { KEYS, amount, make, messageOf, phrase, pointed } from "../../display/page/base.js";
import { ChartPane } from "./chart_pane.js";
import { pythonLine, saveButtons, toldPlace, writeLine } from "./python.js";
import { SelectionPanel } from "./selection.js";
import { SketchCards } from "./sketch.js";
import { VirtualTable } from "./table.js";

const PAUSE = 120; // ms without a keystroke before a number counts
const KEYS_PAUSE = 15; // ms without a keystroke before a request; while it is answered, the newest one waits

const REST = 500; // ms until it is asked again whether all rows are there
const QUIET = 500; // ms without a keystroke before an error or a note is shown

export class TableTab {
  // shell: {say, direction, channel, selection(), opened(answer), changed()}; setup: name, controls, finds, picture.
  constructor(shell, setup, state) {
    Object.assign(this, { shell, setup, say: shell.say });
    this.values = Object.fromEntries(setup.controls.map(({ name, default: value }) => [name, state?.values?.[name] ?? value]));
    this.typed = state?.find ?? "";
    this.order = state?.sort ?? null;
    this.only = state?.only ?? []; // words that were selected in a chart: only their rows are shown
    this.charts = new ChartPane(shell, setup.plots, state?.chart, {
      message: (kind) => this.message(kind), opened: (answer) => shell.opened(answer), only: setup.finds ? (words) => this.showOnly(words) : null,
      hasRows: () => this.hasRows,
    });
    this.beside = state?.beside ?? true; // whether cards are shown where there are any
    this.typedAt = -QUIET; // when the last key was pressed
    this.settling = 0; // timer
    this.hasRows = false; // whether the table that is shown has rows
    this.asked = null; // what the rows were requested for
    this.panels = {}; // of the controls that choose documents
    this.build();
    this.showControls();
  }

  close() {
    this.table.close();
    this.charts.close();
    clearTimeout(this.typing);
    clearTimeout(this.settling);
  }

  state() {
    return { values: this.values, find: this.typed, sort: this.order, only: this.only, beside: this.beside, chart: this.charts.state() };
  }

  // ------------------------------------------------------------------------------- building

  build() {
    this.controls = new Map(this.setup.controls.map((control) => [control, this.buildControl(control)]));
    const controls = [...this.controls.values()];
    if (this.setup.finds) controls.push(this.buildFind());
    if (this.setup.plots.length > 0) controls.push(this.charts.label);
    this.bar = make("div", { class: "ck-bar", role: "search" }, ...controls);
    this.status = make("div", { class: "ck-status", role: "status", "aria-live": "polite" });
    this.waits = make("span", { class: "ck-waits", hidden: true }, this.say.computing);
    this.problem = make("div", { class: "ck-problem", role: "alert", hidden: true });
    this.run = make("button", { type: "button", class: "ck-run", hidden: true }, this.say.analyse);
    this.run.addEventListener("click", () => this.analyse());
    this.lack = make("div", { class: "ck-status ck-lack", role: "status", "aria-live": "polite" }); // why there is no table
    this.cards = new SketchCards(this.say, { open: (row) => this.openRow(row), whole: (relation) => this.showWhole(relation) });
    this.side = make("button", { type: "button", class: "ck-side", title: this.say.cards_title, hidden: true }, this.say.cards);
    this.side.addEventListener("click", () => {
      this.beside = !this.beside;
      this.shell.changed();
      this.showCards();
    });
    this.chosen = make("button", { type: "button", class: "ck-only", title: this.say.only_title, hidden: true });
    this.chosen.addEventListener("click", () => this.showOnly([]));
    this.follow = make("button", { type: "button", class: "ck-follow", title: this.say[`follow_${this.setup.name}_title`], hidden: true }, this.say[`follow_${this.setup.name}`] ?? "");
    this.follow.addEventListener("click", () => this.followRow());
    this.notes = make("div", { ...KEYS, class: "ck-notes", role: "status", dir: this.shell.direction, tabindex: 0, hidden: true });
    this.table = new VirtualTable({
      say: this.say, direction: this.shell.direction, label: this.say[`tab_${this.setup.name}`],
      ask: (first, count) => this.request(`rows ${first}`, { first, count }),
      open: (row) => this.openRow(row),
      sort: (column, descending) => {
        this.order = [column, descending];
        this.refresh();
      },
    });
    [this.python, this.code] = pythonLine(this.say, (text) => this.shell.copy(text));
    this.save = saveButtons(this.say, (format, answered) => this.saveTable(format, answered));
    this.save.hidden = true;
    this.table.element.hidden = this.python.hidden = true;
    this.element = make(
      "div", { class: "ck-tab", dir: this.shell.direction },
      this.bar, ...Object.values(this.panels).map(({ panel }) => panel), this.buildUnder(), toldPlace(this.notes, this.problem),
      this.charts.element, this.run, this.cards.element, this.table.element, this.python,
    );
  }

  // The bar above the table. What may come keeps its place, and is not there where it never comes.
  buildUnder() {
    const { finds, plots, follow, cards } = this.setup;
    const may = [[this.chosen, finds && plots.length > 0], [this.follow, follow.length > 0], [this.side, cards.length > 0]];
    return make(
      "div", { class: "ck-bar ck-under" },
      this.status, this.lack, this.waits, ...may.filter(([, comes]) => comes).map(([button]) => button), this.table.more, this.save,
    );
  }

  buildControl(control) {
    const { name, kind } = control;
    const title = this.say[`${name}_title`] ?? this.say[name] ?? name;
    const text = make("span", {}, this.say[name] ?? name);
    const value = this.values[name];
    let input;
    if (kind === "choice" || kind === "column") {
      const named = (choice) => (kind === "choice" && this.say[`choice_${choice}`]) || control.heads[choice] || choice;
      input = make("select", {}, ...control.choices.map((choice) => make("option", { value: choice }, choice === "" ? this.say[`none_${name}`] ?? this.say.choice_none : named(choice))));
      input.value = value;
      input.addEventListener("change", () => this.set(name, input.value));
      if (control.choices.length < 2) return make("span", { hidden: true });
    } else if (kind === "selection") {
      this.panels[name] = new SelectionPanel(this.shell, value, (selection) => this.set(name, selection), { title, label: this.say[name] });
      return make("span", { class: "ck-group" }, this.panels[name].button, this.panels[name].clear);
    } else if (kind === "check") {
      input = make("input", { type: "checkbox" });
      input.checked = value;
      input.addEventListener("change", () => this.set(name, input.checked));
      return make("label", { class: "ck-toggle", title }, input, text);
    } else if (kind === "number") {
      input = make("input", { type: "number", min: control.least, max: control.most, step: 1, dir: "ltr", value });
      input.addEventListener("input", () => {
        const number = Number.parseInt(input.value, 10);
        if (!Number.isNaN(number)) this.set(name, Math.min(Math.max(number, control.least), control.most), PAUSE);
      });
    } else {
      // With a placeholder, an empty one has the direction of the page.
      input = make("input", { type: "search", class: "ck-entry", dir: "auto", autocomplete: "off", spellcheck: "false", maxlength: 2000, value, placeholder: " " });
      input.addEventListener("input", (event) => event.isComposing || this.set(name, input.value, KEYS_PAUSE));
      input.addEventListener("compositionend", () => this.set(name, input.value, KEYS_PAUSE));
    }
    input.title = title;
    input.dataset.name = name;
    return make("label", { class: kind === "pattern" ? "ck-search" : null, title }, text, input);
  }

  buildFind() {
    this.find = make("input", {
      type: "search", class: "ck-entry ck-find", dir: "auto", autocomplete: "off", spellcheck: "false", maxlength: 200,
      value: this.typed, title: this.say.find_title, placeholder: this.say.find_how,
    });
    const changed = () => {
      this.typed = this.find.value;
      this.typedAt = performance.now();
      this.refresh();
    };
    this.find.addEventListener("input", (event) => event.isComposing || changed());
    this.find.addEventListener("compositionend", changed);
    this.find.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "Enter") return;
      event.preventDefault();
      this.table.element.focus();
    });
    return make("label", { class: "ck-search" }, make("span", {}, this.say.find), this.find);
  }

  // ------------------------------------------------------------------- requests and answers

  set(name, value, after = 0) {
    if (after > 0) this.typedAt = performance.now();
    this.values[name] = value;
    this.only = [];
    this.showControls();
    this.charts.reset();
    this.refresh(after);
  }

  // A control may be there only with one value of another, which must be there itself.
  showControls() {
    const absent = new Set();
    for (const [{ name, only_if: condition, unless }, element] of this.controls) {
      const is = ([other, value]) => this.values[other] === value && !absent.has(other);
      const shown = (condition.length === 0 || is(condition)) && (unless.length === 0 || !is(unless));
      if (!shown) absent.add(name);
      element.classList.toggle("ck-absent", !shown);
      if (!shown) this.panels[name]?.hide();
    }
  }

  message(kind) {
    return { kind, tab: this.setup.name, selection: this.shell.selection(), request: this.values, find: this.typed, sort: this.order, only: this.only };
  }

  // Show the rows of these words alone; none are all.
  showOnly(words) {
    this.only = words;
    this.refresh();
    this.table.element.focus({ preventScroll: true }); // what was pressed goes
  }

  showChosen() {
    this.chosen.hidden = this.only.length === 0;
    this.chosen.replaceChildren(...phrase(this.say.only, { number: amount(this.only.length) }), " ×");
  }

  // The tab is shown: what it has is shown, too, unless the documents or the controls have changed since.
  shown() {
    if (this.asked !== JSON.stringify(this.message("view"))) this.refresh();
  }

  refresh(after = 0) {
    clearTimeout(this.typing);
    if (after > 0) this.typing = setTimeout(() => this.send(), after);
    else this.send();
  }

  send() {
    this.shell.changed();
    this.begin({});
  }

  // What takes long is made when the reader says so.
  analyse() {
    this.begin({ run: true });
  }

  begin(how) {
    this.asked = JSON.stringify(this.message("view"));
    this.table.restart();
    this.wait(true);
    this.request("view", { first: 0, count: 100, ...how });
    if (this.charts.plot !== "") this.charts.refresh();
  }

  request(name, part) {
    const asked = this.asked;
    this.shell.channel.ask(
      `${this.setup.name} ${name}`, { ...this.message("view"), ...part },
      (answer) => asked === this.asked && this.receive(answer),
      (percent) => asked === this.asked && this.progress(percent),
    );
  }

  progress(percent) {
    this.waits.textContent = `${this.say.computing} ${percent}%`;
  }

  wait(waiting) {
    this.waits.hidden = !waiting;
    this.element.setAttribute("aria-busy", String(waiting));
  }

  receive(answer) {
    this.wait(false);
    this.waits.textContent = this.say.computing;
    const ran = document.activeElement === this.run && !answer.long;
    this.run.hidden = !answer.long;
    const problem = answer.problem ?? "";
    this.hasRows = problem === "" && answer.total > 0;
    clearTimeout(this.settling);
    const pause = QUIET - (performance.now() - this.typedAt);
    if (problem !== "" && pause > 0) {
      this.settling = setTimeout(() => this.receive(answer), pause); // what is typed further may have none
      return;
    }
    this.problem.hidden = problem === "";
    this.problem.replaceChildren(messageOf(problem), ...(answer.place?.length > 0 ? [pointed(answer.place)] : []));
    this.element.classList.toggle("ck-stale-table", problem !== "");
    if (problem !== "") return this.lack.replaceChildren();
    this.showChosen();
    this.follow.hidden = answer.missing || this.setup.follow.length === 0 || this.values[this.setup.follow[0]] !== this.setup.follow[1] || answer.total === 0;
    this.shell.counted(answer.documents);
    for (const [name, panel] of Object.entries(this.panels)) panel.count(answer.chosen[name]);
    this.save.hidden = Boolean(answer.missing) || answer.total === 0;
    // What is not shown does not move when the words above it change.
    this.table.element.hidden = this.python.hidden = Boolean(answer.missing);
    if (answer.missing) {
      this.table.empty();
      this.table.more.hidden = true;
      this.showCards();
      this.lack.replaceChildren(this.say[`missing_${answer.lack ?? this.setup.name}`] ?? this.say.missing);
      this.status.replaceChildren();
      this.note([]);
      this.code.textContent = "";
      return;
    }
    this.table.receive({ ...answer, order: this.order });
    this.status.replaceChildren(...(answer.tokens ? this.tokens(answer) : this.table.status()));
    if (answer.goes_on) this.awaitRest(answer.total);
    this.lack.replaceChildren();
    if (answer.lower) this.status.replaceChildren(...this.lower(answer.lower));
    if (answer.notes.length > 0 && pause > 0) this.settling = setTimeout(() => this.note(answer.notes), pause);
    else this.note(answer.notes);
    writeLine(this.code, answer.code);
    this.showCards();
    if (ran) this.table.element.focus({ preventScroll: true });
  }

  // The first rows are there; all of them are being made, which is asked for again and again.
  awaitRest(number) {
    const { asked } = this;
    this.status.replaceChildren(...phrase(this.say.first_rows, { number: amount(number) }));
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (asked === this.asked && this.element.isConnected) this.request("rest", { first: 0, count: 100, go_on: true });
    }, REST);
  }

  note(notes) {
    this.notes.replaceChildren(...notes.map((note) => messageOf(note, "p")));
    this.notes.hidden = notes.length === 0;
  }

  // Cards stand in place of the table where it has relations, none of which is chosen.
  showCards() {
    const [control, value, one] = this.setup.cards;
    const can = control !== undefined && this.values[control] === value && this.values[one] === "" && this.table.total > 0;
    const shown = can && this.beside;
    this.side.hidden = !can;
    this.side.setAttribute("aria-pressed", String(shown));
    this.cards.element.hidden = !shown;
    this.table.element.classList.toggle("ck-absent", shown);
    this.table.more.classList.toggle("ck-absent", shown);
    const { asked } = this;
    if (shown && this.carded !== asked) {
      this.shell.channel.ask(`${this.setup.name} cards`, this.message("cards"), (answer) => {
        if (asked !== this.asked || answer.problem) return;
        this.carded = asked;
        this.cards.draw(answer.cards);
      });
    }
  }

  showWhole(relation) {
    const [, , one] = this.setup.cards;
    this.bar.querySelector(`[data-name="${one}"]`).value = relation;
    this.set(one, relation);
    this.bar.querySelector(`[data-name="${one}"]`).focus();
  }

  // The word of the row that is chosen becomes the value of a control, and another table is shown.
  followRow() {
    const [control, , value, other] = this.setup.follow;
    const word = this.table.first();
    if (word === null) return;
    Object.assign(this.values, { [control]: value, [other]: word });
    for (const name of [control, other]) this.bar.querySelector(`[data-name="${name}"]`).value = this.values[name];
    this.typed = this.find.value = "";
    this.order = null;
    this.set(control, value);
    this.bar.querySelector(`[data-name="${other}"]`).focus(); // the button goes
  }

  saveTable(format, answered) {
    this.wait(true);
    this.shell.channel.ask("save", { ...this.message("save"), format }, (answer) => {
      this.wait(false);
      this.problem.hidden = !answer.problem;
      this.problem.replaceChildren(messageOf(answer.problem ?? ""));
      if (!answer.problem) answered(answer);
      this.shell.stepped();
    });
  }

  // Of a table whose rows are types: how many, and how many tokens they have of all.
  tokens({ total, tokens: [number, all] }) {
    return [
      make("span", {}, ...phrase(this.say.types, { number: amount(total) })), " ",
      make("span", {}, ...phrase(this.say.tokens, { number: amount(number), total: amount(all) })),
    ];
  }

  // A least value hides all rows: which one, and a button that lowers it.
  lower({ control, value, to }) {
    const button = make("button", { type: "button", class: "ck-lower" }, ...phrase(this.say.lower_to, { to: amount(to) }));
    button.addEventListener("click", () => {
      const input = this.bar.querySelector(`[data-name="${control}"]`);
      input.value = to;
      this.set(control, to);
      input.focus();
    });
    return [...phrase(this.say.no_rows_of, { control: this.say[control], value: amount(value) }), " ", button];
  }

  openRow(row) {
    if (this.setup.opens === "copies") return this.shell.compare(row, this.message("beside"));
    if (this.setup.opens === "text") return this.shell.read({ row }, this.message("read"));
    this.wait(true);
    this.shell.channel.ask("row", { ...this.message("row"), row }, (answer) => {
      this.wait(false);
      if (answer.problem) {
        this.problem.hidden = false;
        this.problem.replaceChildren(messageOf(answer.problem));
      } else this.shell.opened(answer);
    });
  }
}
