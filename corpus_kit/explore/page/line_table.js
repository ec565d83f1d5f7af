// The lines of a concordance: each with its context, its text and its codes, and the keys that move along them.

import { KEYS, amount, isolated, make, messageOf, phrase } from "../../display/page/base.js";

const EM = 17; // px, the font size of a table
const CONTEXTS = 22; // em, the least width of the two contexts of a line

function keyOf(line) {
  return JSON.stringify([line.id, line.position]);
}

// The part of a line that its row is built from. Codes are inserted into existing rows.
function lookOf(line) {
  return JSON.stringify({ ...line, code: null, note: null, conflicts: null });
}

export class LineTable {
  // root: the element around it, which is narrow or not; instead: what is shown where there are no lines; model, client:
  // to send codes, and to request contexts; read(place): opens a text; turn(name): turns to another page; refocus():
  // takes the focus that no line can take.
  constructor(root, { instead, model, client, direction, read, turn, refocus }) {
    Object.assign(this, { root, model, client, direction, read, turn, refocus });
    this.setup = model.get("_setup");
    this.say = this.setup.say;
    this.first = 0; // the number of the first line
    this.least = 0; // px that a table needs
    this.rows = new Map(); // by line, in their order
    this.opened = null; // {key, number, unit, row}
    this.openings = 0;
    this.wanted = null; // the line that gets the focus when it is there
    this.used = make("datalist", { id: `ck-${client}-codes` });
    this.lines = make("div", { class: "ck-lines" });
    this.element = make("div", { class: "ck-lines-place" }, ...instead, this.lines); // of one height, whatever it holds
    this.build();
    this.heard = (message) => this.receive(message);
    model.on("msg:custom", this.heard);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(root);
  }

  close() {
    this.model.off("msg:custom", this.heard);
    this.resized.disconnect();
  }

  build() {
    const heads = Object.entries(this.setup.heads).map(([name, [text, title]]) => make("th", { scope: "col", role: "columnheader", class: `ck-${name}`, title }, text));
    const labels = this.setup.labels.map((name) =>
      make("th", { scope: "col", role: "columnheader", class: "ck-label" }, isolated(name, "auto")),
    );
    const coding = make("th", { scope: "col", role: "columnheader", class: "ck-coding", title: this.say.coding_title }, this.say.coding);
    this.heads = [...heads, ...labels, ...(this.setup.coding ? [coding] : [])];
    this.width = this.heads.length;
    this.head = make("thead", { role: "rowgroup" });
    this.columns = make("colgroup");
    this.body = make("tbody", { role: "rowgroup" });
    this.table = make(
      "table",
      { role: "table", dir: "rtl", "aria-label": this.say.lines },
      this.columns, this.head, this.body,
    );
    this.lines.append(this.table, this.used);
  }

  receive(message) {
    const mine = message?.kind === "opened" && message.client === this.client;
    if (mine && this.opened !== null && message.number === this.opened.number) this.fill(message);
  }

  // -------------------------------------------------------------------------------- drawing

  draw(page) {
    this.first = page.first;
    this.lines.hidden = page.lines.length === 0;
    this.used.replaceChildren(...page.in_use.map((code) => make("option", { value: code })));
    const drawn = [...this.rows.values()];
    const same = drawn.length === page.lines.length && page.lines.every((line, place) => drawn[place].look === lookOf(line));
    if (!same) this.drawLines(page);
    page.lines.forEach((line) => this.drawCodes(this.rows.get(keyOf(line)), line));
    if (this.wanted !== null) this.focusWanted();
  }

  drawLines(page) {
    const focused = this.focusedLine();
    const [before] = this.rows.keys();
    this.saveDrafts();
    this.rows = new Map(page.lines.map((line, place) => [keyOf(line), this.buildRow(line, place)]));
    this.setColumns(page.lines);
    this.head.replaceChildren(make("tr", { role: "row" }, ...this.heads.map((head) => head.cloneNode(true)))); // other lines have other widths
    this.body.replaceChildren(...[...this.rows.values()].map(({ row }) => row));
    const open = this.opened && this.rows.get(this.opened.key);
    if (open) {
      open.row.after(this.opened.row);
      open.button.setAttribute("aria-expanded", "true");
    } else this.opened = null;
    this.setFirstTab([...this.rows.values()][0]);
    if (before !== this.rows.keys().next().value) this.element.scrollTop = 0;
    if (focused !== null) this.focusAgain(focused);
  }

  // Give the focus to a line, now or when it is there.
  want(line) {
    this.wanted = keyOf(line);
    this.focusWanted();
  }

  focusWanted() {
    const entry = this.rows.get(this.wanted);
    if (!entry) return;
    this.wanted = null;
    this.setFirstTab(entry);
    entry.button.focus();
    entry.row.scrollIntoView({ block: "nearest" });
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

  // Give the focus to the first line.
  focus() {
    const [first] = this.rows.values();
    if (first) first.button.focus();
    else this.refocus();
  }

  focusAgain({ place, key, role }) {
    const rows = [...this.rows.values()];
    const entry = this.rows.get(key) ?? rows[Math.min(Math.max(place, 0), rows.length - 1)];
    if (!entry) return this.refocus();
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
        const cell = make("td", { role: "cell", class: "ck-label", dir: "auto", title: label });
        cell.append(label ?? make("span", { class: "ck-missing" }, "—"));
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
    this.opened.text.classList.toggle("ck-whole", unit === "document");
    this.model.send({
      kind: "open", client: this.client, number, line: this.first + entry.place, id: entry.line.id,
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
    this.read({ line: this.first + entry.place, id: entry.line.id, position: entry.line.position });
  }

  fill(message) {
    const { text } = this.opened;
    text.removeAttribute("aria-busy");
    if (message.problem) {
      text.replaceChildren(messageOf(message.problem));
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
    if (event.key === "Escape" && this.opened !== null) {
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
      PageDown: () => this.turn("next"),
      PageUp: () => this.turn("previous"),
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
