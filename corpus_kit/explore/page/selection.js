// Which documents all tabs work on: values of metadata, ranges of dates and numbers, a pattern that they contain.

import { amount, isolated, make, messageOf, phrase } from "../../display/page/base.js";

const LISTED = 100; // values of a column that are shown at once
const WAIT = 200; // ms without a keystroke
const FINDING = 15; // ms without one in the box that finds values, which is quick

export class SelectionPanel {
  // shell: {say, direction, channel, setup}; chosen(selection) is called when it changes; title, label: what the
  // documents are for.
  constructor(shell, state, chosen, { title = shell.say.selection_title, label = shell.say.selection } = {}) {
    Object.assign(this, { shell, say: shell.say, chosen, title, label });
    this.columns = new Map((state?.columns ?? []).map((column) => [column.name, column]));
    this.containing = state?.containing ?? "";
    this.build();
  }

  get value() {
    return { columns: [...this.columns.values()], containing: this.containing };
  }

  get isEmpty() {
    return this.columns.size === 0 && this.containing.trim() === "";
  }

  build() {
    const { facets, documents } = this.shell.setup;
    const id = (this.id = `ck-${Math.random().toString(36).slice(2)}`);
    this.number = make("span", {}, ...counted(this.say, documents, documents));
    const widest = make("span", { class: "ck-widest", "aria-hidden": "true" }, ...phrase(this.say.some_documents, { number: amount(documents), total: amount(documents) }));
    const number = make("span", { class: "ck-amount" }, this.number, widest); // as wide for every number
    this.button = make("button", { type: "button", class: "ck-selection-button", "aria-expanded": "false", "aria-controls": id, title: this.title }, make("span", {}, this.label), " ", number);
    this.button.addEventListener("click", () => this.toggle());
    this.clear = make("button", { type: "button", class: "ck-clear", hidden: this.isEmpty }, this.say.clear);
    this.clear.addEventListener("click", () => {
      this.reset();
      this.button.focus({ preventScroll: true }); // the other one goes
    });
    this.facets = make("div", { class: "ck-facets" });
    this.panel = make("div", { class: "ck-selection", id, role: "region", "aria-label": this.title, hidden: true }, this.buildContaining(), this.facets);
    if (facets.length === 0) this.panel.append(make("p", {}, this.say.no_metadata));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.toggle();
      this.button.focus();
      event.stopPropagation();
    });
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    if (!this.panel.hidden && this.facets.children.length === 0) {
      this.facets.append(...this.shell.setup.facets.map((facet) => this.buildFacet(facet)));
    }
  }

  hide() {
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  count(documents) {
    this.number.replaceChildren(...counted(this.say, documents, this.shell.setup.documents));
  }

  change() {
    this.clear.hidden = this.isEmpty;
    this.chosen(this.value);
  }

  reset() {
    this.columns.clear();
    this.containing = "";
    this.box.value = "";
    this.facets.replaceChildren();
    if (!this.panel.hidden) this.facets.append(...this.shell.setup.facets.map((facet) => this.buildFacet(facet)));
    this.change();
  }

  // Show another selection, which nobody has chosen here.
  restore({ columns, containing }) {
    this.columns = new Map(columns.map((column) => [column.name, column]));
    this.containing = containing;
    this.box.value = containing;
    this.clear.hidden = this.isEmpty;
    this.facets.replaceChildren();
    if (!this.panel.hidden) this.facets.append(...this.shell.setup.facets.map((facet) => this.buildFacet(facet)));
  }

  buildContaining() {
    this.box = make("input", { type: "search", class: "ck-entry", dir: "auto", autocomplete: "off", spellcheck: "false", maxlength: 2000, title: this.say.containing_title, value: this.containing, placeholder: " " });
    let timer = 0;
    this.box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.containing = this.box.value;
        this.change();
      }, 2 * WAIT);
    });
    return make("label", { class: "ck-search", title: this.say.containing_title }, make("span", {}, this.say.containing), this.box);
  }

  buildFacet(facet) {
    const legend = make("legend", { title: facet.title }, isolated(facet.head, "auto"));
    const content = facet.kind === "text" ? this.buildValues(facet) : this.buildRange(facet);
    return make("fieldset", { class: `ck-facet ck-facet-${facet.kind}` }, legend, ...content);
  }

  buildRange({ name, kind, low, high }) {
    const known = this.columns.get(name);
    const ends = ["from", "to"].map((end) => {
      const input = make("input", { type: kind, min: low, max: high, dir: "ltr", value: known?.[end] ?? null, placeholder: end === "from" ? low : high });
      if (kind === "number") input.step = Number.isInteger(low) && Number.isInteger(high) ? 1 : "any";
      let timer = 0;
      input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const [from, to] = ends.map((each) => (each.value === "" ? null : kind === "number" ? Number(each.value) : each.value));
          if (from === null && to === null) this.columns.delete(name);
          else this.columns.set(name, { name, from, to });
          this.change();
        }, 2 * WAIT);
      });
      return input;
    });
    return ends.map((input, place) => make("label", {}, make("span", {}, this.say[place ? "to" : "from"]), input));
  }

  buildValues(facet) {
    const list = make("div", { class: "ck-values", role: "group", "aria-label": facet.head, tabindex: 0 });
    const find = make("input", { type: "search", class: "ck-entry", dir: "auto", maxlength: 200, placeholder: this.say.find_value, "aria-label": `${this.say.find_value}: ${facet.head}` });
    let timer = 0;
    const ask = () =>
      this.shell.channel.ask(`facet ${this.id} ${facet.name}`, { kind: "facet", column: facet.name, find: find.value, first: 0, count: LISTED }, (answer) => {
        if (answer.problem) list.replaceChildren(messageOf(answer.problem));
        else list.replaceChildren(...this.listValues(facet, answer));
      });
    find.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, FINDING);
    });
    ask();
    list.style.setProperty("--ck-rows", Math.min(facet.values, LISTED)); // its height, before they come
    return [find, list];
  }

  listValues(facet, { values, total }) {
    if (total === 0) return [make("p", {}, this.say.no_values)];
    const chosen = this.columns.get(facet.name)?.values ?? [];
    const rows = values.map(([text, value, number]) => {
      const box = make("input", { type: "checkbox" });
      box.checked = chosen.includes(value);
      box.addEventListener("change", () => this.choose(facet.name, value, box.checked));
      const shown = value === null ? make("span", { class: "ck-missing" }, this.say.no_value) : isolated(text, "auto");
      return make("label", { class: "ck-toggle" }, box, shown, make("span", { class: "ck-amount" }, amount(number)));
    });
    const rest = total - values.length;
    return rest > 0 ? [...rows, make("p", {}, ...phrase(this.say.more_values, { number: amount(rest) }))] : rows;
  }

  choose(name, value, checked) {
    const others = (this.columns.get(name)?.values ?? []).filter((each) => each !== value);
    const values = checked ? [...others, value] : others;
    if (values.length === 0) this.columns.delete(name);
    else this.columns.set(name, { name, values });
    this.change();
  }
}

// How many of all documents.
function counted(say, number, total) {
  return number === total ? phrase(say.all_documents, { number: amount(number) }) : phrase(say.some_documents, { number: amount(number), total: amount(total) });
}
