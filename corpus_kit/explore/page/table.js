// A table of any length of which the page holds the rows that it shows. Rows are requested as they come into view.

import { KEYS, amount, isolated, make, phrase } from "../../display/page/base.js";

const ROW = 32; // px, the height of a row
const CHUNK = 100; // rows that are requested at once
const TALLEST = 15_000_000; // px that browsers can scroll
const AHEAD = 8; // rows drawn above and below what is seen
const DATE = 10; // characters; a shorter text is not cut
const WIDE = 560; // px; on a narrower page only the first columns are shown

export class VirtualTable {
  // say: the words of the page; label: what the table is; ask(first, count): requests rows, which `receive` gets;
  // open(row): a row was chosen; sort(column, descending): a head was chosen.
  constructor({ say, direction, label, ask, open, sort }) {
    Object.assign(this, { say, direction, label, ask, open, sort });
    this.chunks = new Map(); // by the number of the chunk
    this.asked = new Set();
    this.total = 0;
    this.active = 0; // the row that the keys move
    this.columns = []; // all of them
    this.longest = []; // characters of the longest value of each, in the first rows
    this.places = []; // which of them are shown
    this.all = false; // whether the reader asked for all
    this.order = null;
    this.build();
  }

  build() {
    this.head = make("div", { class: "ck-row ck-heads", role: "row", "aria-rowindex": 1, hidden: true });
    this.space = make("div", { class: "ck-space", role: "presentation" });
    this.rows = make("div", { class: "ck-rows", role: "rowgroup" });
    this.space.append(this.rows);
    this.grid = make(
      "div", { ...KEYS, class: "ck-grid", role: "grid", tabindex: 0, "aria-label": this.label, "aria-readonly": "true" },
      make("div", { class: "ck-headgroup", role: "rowgroup" }, this.head), this.space,
    );
    this.grid.addEventListener("scroll", () => this.draw(), { passive: true });
    this.grid.addEventListener("keydown", (event) => this.pressed(event));
    this.resized = new ResizeObserver(() => this.drawHeads());
    this.resized.observe(this.grid);
    this.element = this.grid;
    this.more = make("button", { type: "button", class: "ck-more", "aria-pressed": "false", title: this.say.all_columns_title, hidden: true }, this.say.all_columns);
    this.more.addEventListener("click", () => {
      this.all = !this.all;
      this.more.setAttribute("aria-pressed", String(this.all));
      this.drawHeads();
    });
  }

  close() {
    this.resized.disconnect();
  }

  // Show the table of another request from its beginning; the old rows stay until the new ones are there.
  restart() {
    this.asked.clear();
    this.stale = true;
  }

  receive({ columns, first, total, rows, order }) {
    if (this.stale) {
      this.chunks.clear();
      this.stale = false;
      this.grid.scrollTop = 0;
      this.active = 0;
    }
    this.total = total;
    this.order = order;
    const look = JSON.stringify([columns, order]);
    const isNew = look !== this.look;
    this.look = look;
    this.columns = columns;
    if (isNew) this.longest = columns.map((_, place) => Math.max(0, ...rows.map((row) => row[place]?.length ?? 0)));
    for (let done = 0; done < rows.length; done += CHUNK) {
      this.chunks.set(Math.floor(first / CHUNK) + done / CHUNK, rows.slice(done, done + CHUNK));
    }
    this.grid.setAttribute("aria-rowcount", total + 1);
    this.space.style.height = `${Math.min(total * ROW, TALLEST)}px`;
    if (isNew) this.drawHeads(true);
    else this.draw(true);
  }

  // The columns to show: on a narrow page the first ones, on a wide one all but details, if asked for all.
  chosen() {
    const level = this.all ? 2 : this.grid.clientWidth < WIDE ? 0 : 1;
    const places = [...this.columns.keys()].filter((place) => this.columns[place].detail <= level);
    const sorted = this.columns.findIndex(({ name }) => name === this.order?.[0]);
    if (places.length === 0) return [...this.columns.keys()];
    return sorted < 0 || places.includes(sorted) ? places : [...places, sorted].sort((one, other) => one - other);
  }

  empty() {
    this.receive({ columns: this.columns, first: 0, total: 0, rows: [], order: this.order });
  }

  drawHeads(anew = false) {
    const places = this.chosen();
    this.more.hidden = !this.all && places.length === this.columns.length;
    if (!anew && String(places) === String(this.places)) return this.draw();
    this.places = places;
    const columns = places.map((place) => this.columns[place]);
    const [least, wide] = this.grid.clientWidth < WIDE ? [5.5, 8] : [7, 9];
    const isWhole = ({ number }, longest) => number || longest <= DATE;
    const widths = columns.map((column, place) => {
      const longest = this.longest[places[place]];
      const word = Math.max(...column.head.split(" ").map(({ length }) => length)); // of the head, which is broken between words
      return Math.max(isWhole(column, longest) ? Math.max(least, 0.7 * longest + 1.5) : place === 0 ? wide : least, column.number ? 0.56 * word + 1.7 : 0);
    });
    const template = columns.map(({ number }, place) => `minmax(${widths[place]}em, ${number ? 1 : place === 0 ? 2.2 : 1.6}fr)`);
    this.grid.setAttribute("aria-colcount", columns.length);
    this.grid.style.setProperty("--ck-columns", template.join(" "));
    this.grid.style.setProperty("--ck-least", `${widths.reduce((sum, width) => sum + width, 0)}em`);
    const heads = columns.map((column, place) => {
      const sorted = this.order?.[0] === column.name;
      const state = sorted ? (this.order[1] ? "descending" : "ascending") : "none";
      const text = make("span", {}, isolated(column.head, "auto"));
      const attributes = {
        class: `ck-cell${column.number ? " ck-number" : ""}`, role: "columnheader", title: column.title,
        "aria-colindex": place + 1, "aria-sort": column.sorts ? state : null,
      };
      if (!column.sorts) return make("div", attributes, text);
      const name = phrase(this.say.sort_rows, { column: column.head }).join("");
      const button = make("button", { type: "button", "aria-label": name }, text, make("span", { class: "ck-order", "aria-hidden": "true" }, sorted ? (this.order[1] ? "▼" : "▲") : ""));
      // Numbers begin with the largest, texts with the first.
      button.addEventListener("click", () => this.sort(column.name, sorted ? !this.order[1] : column.number));
      return make("div", attributes, button);
    });
    const focused = this.head.contains(document.activeElement) ? [...this.head.children].findIndex((head) => head.contains(document.activeElement)) : -1;
    this.head.hidden = heads.length === 0; // a row without cells is none
    this.head.replaceChildren(...heads);
    if (focused >= 0) heads[focused]?.querySelector("button")?.focus();
    this.draw(true);
  }

  // The first row that is seen, and how many fit. A table taller than browsers can scroll is scrolled by its share.
  seen() {
    const view = Math.max(this.grid.clientHeight - this.head.offsetHeight, ROW);
    const height = this.total * ROW;
    const shown = Math.ceil(view / ROW);
    if (height <= TALLEST) return { first: Math.floor(this.grid.scrollTop / ROW), shown };
    const share = this.grid.scrollTop / Math.max(TALLEST - view, 1);
    return { first: Math.min(Math.floor(share * (this.total - shown + 1)), this.total - 1), shown };
  }

  draw(anew = false) {
    const { first, shown } = this.seen();
    const from = Math.max(first - AHEAD, 0);
    const to = Math.min(first + shown + AHEAD, this.total);
    const look = `${from} ${to}`;
    if (!anew && look === this.drawn) return;
    this.drawn = look;
    const tall = this.total * ROW > TALLEST;
    this.rows.style.transform = `translateY(${tall ? Math.max(this.grid.scrollTop - (first - from) * ROW, 0) : from * ROW}px)`;
    const rows = [];
    for (let row = from; row < to; row += 1) rows.push(this.buildRow(row));
    this.rows.replaceChildren(...rows);
    this.mark();
    this.request(from, to);
  }

  buildRow(row) {
    const values = this.chunks.get(Math.floor(row / CHUNK))?.[row % CHUNK];
    const cells = this.places.map((column, place) => {
      const { number } = this.columns[column];
      const value = values?.[column];
      const cell = make("div", { class: `ck-cell${number ? " ck-number" : ""}`, role: "gridcell", "aria-colindex": place + 1 });
      if (values === undefined) cell.append(" ");
      else if (value === null) cell.append(make("span", { class: "ck-missing" }, "—"));
      else {
        cell.append(isolated(value, number ? "ltr" : "auto"));
        if (value.length > 24 || number) cell.title = value;
      }
      return cell;
    });
    const element = make("div", { class: "ck-row", role: "row", id: this.idOf(row), "aria-rowindex": row + 2, "aria-selected": "false" }, ...cells);
    if (values === undefined) element.setAttribute("aria-busy", "true");
    element.addEventListener("click", () => {
      if (!(window.getSelection()?.isCollapsed ?? true)) return;
      this.active = row;
      this.mark();
      this.open(row);
    });
    return element;
  }

  idOf(row) {
    this.prefix ??= `ck-${Math.random().toString(36).slice(2)}`;
    return `${this.prefix}-${row}`;
  }

  mark() {
    const id = this.idOf(this.active);
    let there = false;
    for (const row of this.rows.children) {
      const is = row.id === id;
      there ||= is;
      row.setAttribute("aria-selected", String(is));
      row.classList.toggle("ck-active", is);
    }
    if (there) this.grid.setAttribute("aria-activedescendant", id);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  request(from, to) {
    if (this.stale) return;
    for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < to; chunk += 1) {
      if (this.chunks.has(chunk) || this.asked.has(chunk)) continue;
      this.asked.add(chunk);
      this.ask(chunk * CHUNK, CHUNK);
    }
    // What was seen long ago is requested again when it is needed.
    for (const chunk of this.chunks.keys()) {
      if (this.chunks.size <= 40) break;
      if (chunk * CHUNK + CHUNK < from - 1000 || chunk * CHUNK > to + 1000) {
        this.chunks.delete(chunk);
        this.asked.delete(chunk);
      }
    }
  }

  pressed(event) {
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey || this.total === 0) return;
    const { shown } = this.seen();
    const to = {
      ArrowDown: this.active + 1, ArrowUp: this.active - 1, Home: 0, End: this.total - 1,
      PageDown: this.active + shown - 1, PageUp: this.active - shown + 1,
    }[event.key];
    if (event.key === "Enter" || event.key === " ") this.open(this.active);
    else if (to === undefined) return;
    else this.moveTo(Math.min(Math.max(to, 0), this.total - 1));
    event.preventDefault();
    event.stopPropagation();
  }

  moveTo(row) {
    this.active = row;
    const { first, shown } = this.seen();
    const whole = Math.max(shown - 1, 1);
    if (this.total * ROW <= TALLEST) {
      if (row < first) this.grid.scrollTop = row * ROW;
      else if (row >= first + whole) this.grid.scrollTop = (row - whole + 1) * ROW;
    } else if (row < first || row >= first + whole) {
      this.grid.scrollTop = (row / Math.max(this.total - shown + 1, 1)) * Math.max(TALLEST - this.grid.clientHeight, 1);
    }
    this.draw(true);
  }

  // The first value of the row that the keys move; null if it is not there.
  first() {
    return this.chunks.get(Math.floor(this.active / CHUNK))?.[this.active % CHUNK]?.[0] ?? null;
  }

  status() {
    return this.total === 0 ? [this.say.no_rows] : phrase(this.say.rows, { number: amount(this.total) });
  }
}
