// The tab of coding: one unit at a time with its codes, how far coders are and agree, and a form for a new project.

import { KEYS, amount, isolated, make, messageOf, phrase } from "../../display/page/base.js";
import { ProjectForm } from "./project_form.js";
import { pythonLine, toldPlace } from "./python.js";

const DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩"]; // of the keyboards
const TRAINING = 600000; // ms until the reader is told that a classifier has no answer
const ROWS = 50; // disagreements that are asked for at once
const MOST_UNDONE = 50; // codes that can be taken back after the page was loaded again
const LONGEST_UNDONE = 50000; // characters of these and their notes

// A text of Python, of a corpus or of a coder.
function textOf(text) {
  return isolated(text, "auto");
}

// The parts of a line, its node marked.
function lineOf([before, node, after]) {
  return make("span", { class: "ck-unit-line", dir: "auto" }, before, " ", make("mark", {}, node), " ", after);
}

export class CodingTab {
  // shell: {say, direction, channel, selection(), read(place, from), copy(text), changed(), stepped(), setup}.
  // kept: what `state` returned before the page was loaded again.
  constructor(shell, kept) {
    Object.assign(this, { shell, say: shell.say });
    this.project = null; // what Python says of it
    this.unit = null; // that is shown: {id, position, code, note, …}
    this.place = null; // its number
    this.done = []; // what can be undone: {place, id, position, code, note, was}
    this.isGiving = false; // whether the answer to a code is awaited, so that a second key is not taken for the same unit
    this.isResumed = false; // whether the page was loaded again, and the unit is asked for
    this.prefers = ""; // what the form codes: "line" or "document"
    this.kept = kept ?? {};
    this.build();
  }

  close() {}

  state() {
    const { project, place, done } = this;
    if (project === null) return this.kept;
    const undone = done.slice(-MOST_UNDONE);
    while (JSON.stringify(undone).length > LONGEST_UNDONE) undone.shift();
    return { folder: project.folder, coder: project.coder, place: this.unit === null ? null : place, done: undone };
  }

  // Go on where the page was before it was loaded again, if the same person codes in the same project.
  resume() {
    const { folder, coder, place, done } = this.kept;
    this.kept = {};
    if (this.place !== null || folder !== this.project.folder || coder !== this.project.coder) return;
    this.place = place ?? null;
    this.done = done ?? [];
    this.isResumed = this.place !== null;
  }

  // ------------------------------------------------------------------------------- building

  build() {
    const { say } = this;
    this.problem = make("div", { class: "ck-problem", role: "alert", hidden: true });
    this.heading = make("div", { class: "ck-bar" });
    this.strays = this.buildNotes(); // of sheets that somebody has damaged
    this.question = make("p", { class: "ck-question" });
    this.status = make("div", { class: "ck-status", role: "status", "aria-live": "polite" });
    this.who = make("div", { class: "ck-bar", hidden: true });
    this.buildUnit();
    this.people = make("div", { class: "ck-scroller", tabindex: 0, role: "region", "aria-label": say.progress, ...KEYS });
    this.alpha = make("p", { class: "ck-alpha" });
    this.progress = make("section", { hidden: true }, make("h2", {}, say.progress), this.people, this.alpha);
    this.disputes = this.fold("", () => this.askDisputes(0));
    this.disputed = make("ol", { class: "ck-disputed" });
    this.more = this.button("more_rows", () => this.askDisputes(this.disputed.children.length));
    this.disputes.append(this.disputed, this.more);
    this.further = this.buildFurther();
    this.common = this.buildCommon();
    this.form = new ProjectForm(this);
    [this.python, this.code] = pythonLine(say, (text) => this.shell.copy(text));
    this.python.hidden = true;
    this.element = make(
      "div", { class: "ck-coding-tab", dir: this.shell.direction, role: "group", "aria-label": say.tab_coding },
      this.form.element, this.heading, toldPlace(this.strays, this.problem), this.question, this.status, this.who, this.panel, this.progress,
      this.disputes, this.further, this.common, this.python,
    );
    this.element.addEventListener("keydown", (event) => this.pressed(event));
  }

  button(name, act, text = this.say[name]) {
    const button = make("button", { type: "button", title: this.say[`${name}_title`] ?? text }, text);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
    return button;
  }

  // Notes have a line of their own, which shows the rest of them to who points to it.
  buildNotes() {
    return make("div", { ...KEYS, class: "ck-notes", role: "status", tabindex: 0, hidden: true });
  }

  showNotes(element, notes) {
    element.replaceChildren(...notes.map((note) => messageOf(note, "p")));
    element.hidden = notes.length === 0;
  }

  // A part that is asked for when it is opened.
  fold(title, opened) {
    const fold = make("details", { hidden: true }, make("summary", {}, title));
    fold.addEventListener("toggle", () => fold.open && opened());
    return fold;
  }

  buildUnit() {
    const { say } = this;
    this.paper = make("div", { ...KEYS, class: "ck-unit ck-pages", tabindex: 0, role: "region", "aria-label": say.unit_label, title: say.unit_keys });
    this.codes = make("div", { class: "ck-code-buttons", role: "group", "aria-label": say.give_codes });
    this.note = make("input", { type: "text", class: "ck-entry", dir: "auto", maxlength: 10000, disabled: true, autocomplete: "off", "aria-label": say.note, placeholder: say.note });
    this.note.addEventListener("change", () => this.give(this.unit?.code, "here", false)); // the focus is where it went
    this.note.addEventListener("keydown", (event) => {
      if (!["Enter", "Escape"].includes(event.key) || event.isComposing) return;
      event.stopPropagation();
      this.paper.focus(); // which gives the note
    });
    this.undoing = this.button("undo", () => this.undo());
    this.reading = this.button("read", () => this.shell.read({ document: this.unit.document }, {}));
    const moves = [
      this.button("unit_before", () => this.ask("previous")), this.button("unit_skip", () => this.ask("left")),
      this.button("unit_after", () => this.ask("next")), this.undoing, this.reading,
    ];
    this.others = make("p", { class: "ck-others", hidden: true });
    this.panel = make(
      "div", { class: "ck-unit-panel", hidden: true },
      this.paper, this.codes, make("div", { class: "ck-bar" }, make("label", { class: "ck-search" }, make("span", {}, say.note), this.note)),
      this.others, make("div", { class: "ck-bar" }, ...moves),
    );
  }

  buildFurther() {
    const { say } = this;
    const number = (name, value, most) => {
      const input = make("input", { type: "number", min: name === "extend_share" ? 0 : 1, max: most, step: 1, dir: "ltr", value });
      return [input, make("label", { title: say[`${name}_title`] ?? null }, input, make("span", {}, say[name]))];
    };
    const [size, sizeLabel] = number("extend_size", 20, 1000000);
    const [share, shareLabel] = number("extend_share", 50, 100);
    this.ranked = this.buildResult(say.what_next);
    const fold = this.fold(say.what_next, () => {});
    const rank = this.button("rank", () => this.compute("code_rank", {}, rank, (answer) => this.drawRank(answer)));
    const extend = this.button("extend", () => {
      const asked = { size: Number.parseInt(size.value, 10) || 0, uncertain: (Number.parseInt(share.value, 10) || 0) / 100 };
      this.compute("code_extend", asked, extend, (answer) => {
        this.tell(...phrase(say.added, { number: amount(answer.added) }), ...answer.notes.map(textOf));
        this.ranked.replaceChildren();
        this.refresh(() => this.ask("left", false));
      });
    });
    fold.append(make("div", { class: "ck-bar" }, sizeLabel, shareLabel, extend, rank), this.ranked);
    return fold;
  }

  buildCommon() {
    const { say } = this;
    const by = this.columns();
    this.estimates = this.buildResult(say.prevalence);
    this.notes = this.buildNotes();
    const fold = this.fold(say.prevalence, () => {});
    const run = this.button("estimate", () => this.compute("code_prevalence", { by: by.value }, run, (answer) => this.drawEstimates(answer)));
    run.classList.add("ck-run");
    fold.append(make("div", { class: "ck-bar" }, make("label", {}, make("span", {}, say.prevalence_by), by), run), toldPlace(this.notes), this.estimates);
    return fold;
  }

  // The place of a table that is computed when it is asked for.
  buildResult(name) {
    return make("div", { ...KEYS, class: "ck-scroller ck-result", tabindex: 0, role: "region", "aria-label": name });
  }

  // A choice of a column of the documents.
  columns() {
    const texts = this.shell.setup.facets.filter(({ kind }) => kind === "text");
    return make("select", {}, make("option", { value: "" }, this.say.choice_none), ...texts.map(({ name, head }) => make("option", { value: name }, head)));
  }

  // ------------------------------------------------------------------- requests and answers

  shown() {
    this.refresh(() => this.ask(this.unit !== null || this.isResumed ? "here" : "left", false));
  }

  request(name, message, answered, patience) {
    this.shell.channel.ask(name, { selection: this.shell.selection(), ...message, kind: name }, (answer) => {
      const problem = answer.problem ?? "";
      this.problem.hidden = problem === "";
      this.problem.replaceChildren(messageOf(problem));
      answered(answer, problem !== "");
    }, undefined, patience);
  }

  // What takes long: a sign says so, and the button waits.
  compute(name, message, button, answered) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    this.tell(this.say.computing);
    this.request(name, message, (answer, failed) => {
      button.setAttribute("aria-disabled", "false");
      this.tell();
      if (!failed) answered(answer);
    }, TRAINING);
  }

  refresh(then = () => {}) {
    this.request("code_state", {}, (answer, failed) => failed || (this.take(answer), then()));
  }

  // Python says what the project is.
  take(answer) {
    const { say } = this;
    this.project = answer.project === null ? null : answer;
    const project = this.project;
    this.form.take(answer);
    for (const each of [this.progress, this.disputes, this.further, this.common]) each.hidden = project === null || project.coder === null;
    this.panel.hidden = !project?.may_code;
    this.question.replaceChildren(textOf(project?.question ?? ""));
    this.question.hidden = !project?.question;
    this.heading.hidden = project === null;
    this.who.hidden = project === null || project.coder !== null;
    this.showCode();
    if (project === null) return;
    if (project.coder !== null) this.resume();
    const name = textOf(project.coder === "" ? "—" : (project.coder ?? "—"));
    this.heading.replaceChildren(
      make("span", { title: project.folder }, ...phrase(say.project_of, { name: textOf(project.project) })),
      make("span", {}, ...phrase(project.may_code || project.coder === null ? say.coder_is : say.adjudicator_is, { name })),
      make("span", {}, project.blind ? say.blind : ""),
    );
    this.showNotes(this.strays, project.sheet_notes);
    this.others.hidden = project.blind;
    this.paper.classList.toggle("ck-of-document", project.unit === "document");
    this.drawWho();
    this.drawProgress();
    this.drawCodes();
  }

  drawWho() {
    if (this.who.hidden || this.who.childElementCount > 0) return;
    const choose = make("select", {}, ...this.project.coders.map((coder) => make("option", { value: coder }, coder)), make("option", { value: "" }, this.say.adjudicator));
    const begin = this.button("begin", () => this.request("code_who", { coder: choose.value }, (answer, failed) => {
      if (failed) return;
      this.take(answer);
      this.ask(this.isResumed ? "here" : "left");
    }));
    this.who.replaceChildren(make("label", {}, make("span", {}, this.say.who_codes), choose), begin);
  }

  tell(...content) {
    this.status.replaceChildren(make("span", {}, ...content)); // one, or its parts would be set apart
  }

  // ----------------------------------------------------------------------------------- units

  // Show a unit: the next without a code ("left") after the one that is shown, or a neighbour.
  ask(move, focus = true) {
    if (!this.project?.may_code) return;
    this.request("code_next", { place: this.place, move }, (answer, failed) => failed || this.draw(answer, focus));
  }

  draw({ unit, place, units, coded }, focus) {
    const { say } = this;
    this.unit = unit;
    this.place = place;
    this.isResumed = false;
    this.shell.changed();
    this.counts = phrase(unit === null ? say.all_coded : say.unit_of, { place: amount(place + 1), units: amount(units), coded: amount(coded) });
    this.tell(...this.counts);
    this.paper.replaceChildren(...(unit === null ? [make("p", {}, ...phrase(say.all_coded, { units: amount(units) }))] : this.textOfUnit(unit)));
    this.paper.scrollTop = Math.max((this.paper.querySelector("mark")?.offsetTop ?? 0) - this.paper.clientHeight / 2, 0);
    this.note.value = unit?.note ?? "";
    this.note.disabled = unit === null;
    this.undoing.setAttribute("aria-disabled", String(this.done.length === 0));
    this.reading.style.visibility = unit?.document === undefined ? "hidden" : "visible"; // its place is kept
    this.others.style.visibility = unit?.others.length ? "visible" : "hidden";
    const others = (unit?.others ?? []).flatMap(([coder, code]) => [textOf(`${coder}: ${code}`), "  "]);
    this.others.replaceChildren(...phrase(say.others_codes, { codes: make("span", {}, ...others) }));
    this.drawCodes();
    const typed = this.project.codebook.length === 0 && unit !== null;
    if (focus) (typed ? this.free : this.paper).focus({ preventScroll: true });
  }

  textOfUnit(unit) {
    if (!unit.paragraphs?.length) {
      return [make("p", { class: "ck-missing" }, unit.problem ?? this.say.not_in_corpus), make("p", { dir: "auto" }, lineOf(unit.line))];
    }
    return [make("div", { class: "ck-paper" }, ...unit.paragraphs.map(({ rtl, head, pieces }) =>
      make("p", { dir: rtl ? "rtl" : "ltr", class: head ? "ck-headline" : null }, ...pieces.map(([text, hit]) => (hit < 0 ? text : make("mark", {}, text)))),
    ))];
  }

  // The buttons of the codes, or a field where any code may be given.
  drawCodes() {
    const { say, project, unit } = this;
    if (project === null) return;
    const drawn = JSON.stringify([project.codebook, unit?.id, unit?.position, unit?.code]);
    if (drawn === this.drawnCodes) return; // a button that is being pressed stays
    this.drawnCodes = drawn;
    if (project.codebook.length === 0) return this.drawFreeCode();
    const codes = [...project.codebook];
    if (unit?.code && !codes.some(([code]) => code === unit.code)) codes.push([unit.code, ""]); // from a sheet
    const buttons = codes.map(([code, said], number) => {
      const key = number < 9 ? [make("kbd", {}, String(number + 1)), " "] : [];
      const button = make("button", { type: "button", title: said || code, "aria-pressed": String(unit?.code === code), disabled: unit === null }, ...key, textOf(code));
      button.addEventListener("click", () => this.give(code));
      return button;
    });
    this.codes.replaceChildren(...buttons, this.removal());
  }

  removal() {
    const remove = make("button", { type: "button", class: "ck-no-code", disabled: !this.unit?.code }, make("kbd", {}, "0"), " ", this.say.remove_code);
    remove.addEventListener("click", () => this.give(null, "here"));
    return remove;
  }

  drawFreeCode() {
    this.free ??= make("input", { type: "text", class: "ck-entry", dir: "auto", maxlength: 1000, "aria-label": this.say.any_code, placeholder: this.say.any_code });
    this.free.onkeydown = (event) => event.key === "Enter" && !event.isComposing && this.give(this.free.value);
    this.free.value = this.unit?.code ?? "";
    const give = make("button", { type: "button", disabled: this.unit === null }, this.say.give);
    give.addEventListener("click", () => this.give(this.free.value));
    this.codes.replaceChildren(this.free, give, this.removal());
  }

  // Give the unit a code and the note, and go on.
  give(code, move = "left", focus = true) {
    const { unit, place } = this;
    if (unit === null || this.isGiving) return;
    const note = this.note.value.trim();
    if (code === unit.code && note === (unit.note ?? "")) return move === "left" ? this.ask("left") : undefined;
    const { id, position, code: was_code, note: was_note } = unit;
    this.done.push({ place, id, position, code: was_code, note: was_note ?? "", was_code: code, was_note: note || null });
    this.unit = { ...unit, code, note: note || null };
    this.send({ place, id, position, code, note, was_code, was_note, move }, () => this.done.pop(), focus);
  }

  undo() {
    const last = this.done.pop();
    if (last) this.send({ ...last, move: "here" }, () => this.done.push(last), true);
  }

  send(message, failing, focus) {
    const { code } = message;
    this.isGiving = focus;
    this.request("code_give", message, (answer, failed) => {
      this.isGiving = false;
      if (failed) failing();
      if (failed && answer.unit === undefined) {
        this.unit = { ...this.unit, code: message.was_code, note: message.was_note };
        return;
      }
      this.draw(answer, focus);
      if (failed) return;
      this.tell(...(code === null ? [this.say.uncoded] : phrase(this.say.coded_as, { code: textOf(code) })), " · ", ...this.counts);
      this.refresh();
      this.shell.stepped();
    });
  }

  // ------------------------------------------------------------------------------- agreement

  drawProgress() {
    const { say, project } = this;
    const rows = project.progress.map(([coder, coded, units]) => make(
      "tr", {}, make("th", { scope: "row" }, textOf(coder)),
      make("td", {}, make("progress", { max: units, value: coded, "aria-label": coder })),
      make("td", {}, ...phrase(say.of_units, { coded: amount(coded), units: amount(units) })),
    ));
    this.people.replaceChildren(make("table", { class: "ck-facts" }, make("tbody", {}, ...rows)));
    const { agreement } = project;
    this.alpha.hidden = agreement === null;
    if (agreement !== null) {
      const number = (text) => isolated(text ?? "—");
      const [alpha, low, high] = agreement.alpha.map(number);
      const [share, from, to] = agreement.agreement.map(number);
      const values = { alpha, low, high, share, from, to, units: amount(agreement.units) };
      this.alpha.replaceChildren(...(agreement.units === 0 ? [say.no_alpha] : phrase(say.alpha_is, values)));
    }
    this.disputes.hidden ||= agreement === null;
    this.disputes.firstChild.replaceChildren(...phrase(say.disagreements_of, { number: amount(project.disagreements ?? 0) }));
  }

  askDisputes(first) {
    this.request("code_disagreements", { first, count: ROWS }, ({ total, rows }, failed) => {
      if (failed) return;
      if (first === 0) this.disputed.replaceChildren();
      this.disputed.append(...rows.map((row) => this.dispute(row)));
      if (total === 0) this.disputed.replaceChildren(make("li", {}, this.say.no_disagreements));
      this.more.hidden = this.disputed.children.length >= total;
    });
  }

  dispute(row) {
    const { say, project } = this;
    const codes = row.codes.flatMap(([coder, code]) => [make("span", { class: "ck-given" }, textOf(coder), ": ", textOf(code))]);
    const decided = make("span", { class: "ck-given" });
    let known = row.decided;
    const decide = (code) => this.request("code_decide", { id: row.id, position: row.position, code }, (_, failed) => {
      if (failed) return;
      show(code);
      this.refresh();
    });
    const show = (code) => {
      known = code;
      decided.replaceChildren(say.decide, ": ", code === null ? say.undecided : textOf(code));
      for (const [place, button] of buttons.entries()) button.setAttribute("aria-pressed", String(offered[place] === code));
    };
    const offered = project.codebook.length > 0 ? project.codebook.map(([code]) => code) : [...new Set(row.codes.map(([, code]) => code))];
    const buttons = project.may_decide ? offered.map((code) => {
      const button = make("button", { type: "button" }, textOf(code));
      button.addEventListener("click", () => decide(code === known ? null : code));
      return button;
    }) : [];
    show(row.decided);
    return make("li", {}, lineOf(row.line), make("div", { class: "ck-bar" }, ...codes, decided, ...buttons));
  }

  // ------------------------------------------------------------------------------ classifier

  drawRank({ rows, notes }) {
    const { say } = this;
    const heads = [say.unit_label, say.uncertainty, ...(rows[0]?.length > 4 ? [say.predicted, say.probability] : [])];
    const body = rows.map(([before, node, after, ...rest]) => [lineOf([before, node, after]), ...rest.map(textOf)]);
    this.fill(this.ranked, say.what_next, heads.map((head) => [head, ""]), body);
    this.tell(...notes.map(textOf));
  }

  drawEstimates({ columns, rows, notes, code }) {
    const cells = rows.map((row) => row.map((text, place) => isolated(text ?? "", columns[place].number ? "ltr" : "auto")));
    this.fill(this.estimates, this.say.prevalence, columns.map(({ head, title }) => [head, title]), cells);
    this.showNotes(this.notes, notes);
    this.showCode(code);
    this.shell.stepped();
  }

  fill(element, name, heads, rows) {
    const head = make("tr", {}, ...heads.map(([text, title]) => make("th", { scope: "col", title: title || null }, text)));
    const body = rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))));
    element.replaceChildren(make("table", { class: "ck-facts", "aria-label": name }, make("thead", {}, head), make("tbody", {}, ...body)));
  }

  // Shown once it is known who codes: what is above it comes then.
  showCode(code = this.code.textContent) {
    this.code.textContent = code;
    this.python.hidden = code === "" || (this.project?.coder ?? null) === null;
  }

  // ------------------------------------------------------------------------------------ form

  // The form, to code the lines of the concordance.
  offer() {
    this.prefers = "line";
    this.form.element.open = true;
    this.refresh(() => this.form.focus());
  }

  made(answer) {
    this.done = [];
    this.unit = this.place = null;
    this.who.replaceChildren();
    for (const fold of [this.disputes, this.further, this.common, this.form.element]) fold.open = false;
    for (const each of [this.ranked, this.estimates]) each.replaceChildren();
    this.take(answer);
    this.showCode(answer.code);
    this.tell(...(answer.notes ?? []).map(textOf));
    this.shell.stepped();
    if (answer.may_code) this.ask("left");
    else this.who.querySelector("select")?.focus();
  }

  // -------------------------------------------------------------------------------- keyboard

  pressed(event) {
    const typing = event.target.matches("input, select, textarea");
    if (event.altKey || event.metaKey || typing || !this.project?.may_code) return;
    const onPaper = event.target === this.paper;
    const undoes = event.key === "Backspace" || (event.ctrlKey && event.code === "KeyZ");
    const digit = DIGITS.map((digits) => digits.indexOf(event.key)).find((found) => found >= 0 && event.key.length === 1);
    let act = null;
    if (undoes) act = () => this.undo();
    else if (event.ctrlKey) return;
    else if (digit === 0) act = () => this.give(null, "here");
    else if (digit <= this.project.codebook.length) act = () => this.give(this.project.codebook[digit - 1][0]);
    else if (onPaper) act = { Enter: () => this.ask("left"), PageUp: () => this.ask("previous"), PageDown: () => this.ask("next") }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}
