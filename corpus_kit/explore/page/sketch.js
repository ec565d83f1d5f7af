// A word sketch as cards side by side: each relation with its first collocates, which open their lines.

import { amount, isolated, make } from "../../display/page/base.js";

export class SketchCards {
  // open(row): a row of the table was chosen; whole(relation): all rows of a relation were.
  constructor(say, { open, whole }) {
    Object.assign(this, { say, open, whole });
    this.element = make("div", { class: "ck-cards", hidden: true });
  }

  draw(cards) {
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren(...cards.map((card) => this.card(card)));
    if (focused) this.element.querySelector("button")?.focus();
  }

  card({ relation, name, total, rows }) {
    const title = make("h2", {}, isolated(name, "auto"), " ", make("span", { class: "ck-amount" }, amount(total)));
    const items = rows.map(([row, collocate, counts, score]) => {
      const numbers = counts.map((count) => count ?? "—").join(" · ");
      const button = make(
        "button", { type: "button", class: "ck-card-row", title: this.say.row_title },
        isolated(collocate, "auto"), make("span", { class: "ck-amount" }, numbers), make("span", { class: "ck-score", dir: "ltr" }, score ?? "—"),
      );
      button.addEventListener("click", () => this.open(row));
      return make("li", {}, button);
    });
    const rest = make("button", { type: "button" }, this.say.whole_relation);
    rest.addEventListener("click", () => this.whole(relation));
    return make("section", { class: "ck-card", "aria-label": name }, title, make("ul", {}, ...items), ...(total > rows.length ? [rest] : []));
  }
}
