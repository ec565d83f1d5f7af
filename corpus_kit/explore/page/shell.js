// The explorer in the browser: tabs, the documents that they work on, and the way back.

import { isolated, make } from "../../display/page/base.js";
import { Channel } from "./channel.js";
import { CodingTab } from "./coding.js";
import { ConcordanceView } from "./concordance.js";
import { CopiesView } from "./copies.js";
import { toldPlace } from "./python.js";
import { SelectionPanel } from "./selection.js";
import { SessionPanel } from "./session.js";
import { TableTab } from "./table_tab.js";
import { ReadingView } from "./texts.js";

const MOST_BACK = 50; // places that are remembered
const SCROLLED = ".ck-grid, .ck-text, .ck-plot, .ck-variants, .ck-pages, .ck-copies, .ck-lines-place, .ck-cards, .ck-picture"; // what can be scrolled

class Explorer {
  constructor(model, host) {
    this.model = model;
    this.setup = model.get("_setup");
    this.say = this.setup.say;
    this.direction = this.setup.language === "ar" ? "rtl" : "ltr";
    this.client = Math.random().toString(36).slice(2) + Date.now().toString(36);
    this.channel = new Channel(model, this.client, { late: () => this.late(), inTime: () => (this.notice.hidden = true) });
    this.kept = model.get("_state") ?? {};
    this.views = {}; // the tabs that were shown
    this.history = []; // what was shown before: tab, text, focus, what was scrolled
    const { open } = this.kept.reading ?? {};
    this.build(host);
    this.ended = () => this.save(); // at once: the page may be loaded again before the timer ends
    addEventListener("pagehide", this.ended);
    this.show(this.setup.tabs.some(({ name }) => name === this.kept.tab) || ["concordance", "coding"].includes(this.kept.tab) ? this.kept.tab : this.setup.tab);
    if (open) this.read({ document: open.document }, open.from);
  }

  close() {
    removeEventListener("pagehide", this.ended);
    clearTimeout(this.saving);
    this.save();
    this.concordance.close();
    this.session.close();
    for (const view of Object.values(this.views)) view.close();
    this.channel.close();
  }

  // ------------------------------------------------------------------------------- building

  build(host) {
    this.root = make("div", { class: "ck-explorer", dir: this.direction, lang: this.setup.language, role: "group", "aria-label": this.say.explorer });
    this.panel = new SelectionPanel(this, this.kept.selection, () => this.selected());
    this.session = new SessionPanel(this);
    this.notice = make("div", { class: "ck-late", role: "status", "aria-live": "polite", hidden: true });
    this.content = make("div", { class: "ck-content" });
    this.root.append(
      make("div", { class: "ck-top" }, this.buildTabs(), make("div", { class: "ck-bar" }, this.buildBack(), this.session.button, this.panel.button, this.panel.clear)),
      this.panel.panel, this.session.panel, toldPlace(this.notice), this.content,
    );
    host.append(this.root);
    this.pane = this.buildPane("concordance");
    this.concordance = new ConcordanceView(this.model, this.pane, {
      client: this.client, selection: () => this.panel.value, channel: this.channel, copy: (text) => this.copy(text), read: (place) => this.read(place, {}), codeLines: () => this.codeLines(),
      kept: this.kept.concordance, changed: () => this.changed(),
    });
    this.reading = new ReadingView(this, this.kept.reading);
    this.copies = new CopiesView(this);
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  }

  buildBack() {
    this.backward = make("button", { type: "button", class: "ck-back", title: this.say.back_title, "aria-disabled": "true" }, this.say.back);
    this.backward.addEventListener("click", () => this.back());
    return this.backward;
  }

  buildTabs() {
    this.tabs = {};
    this.panes = {};
    const names = [...this.setup.tabs.map(({ name }) => name)];
    names.splice(Math.min(this.setup.concordance_place ?? names.length, names.length), 0, "concordance");
    names.push("coding");
    for (const name of names) {
      const tab = make("button", { type: "button", role: "tab", id: this.idOf("tab", name), "aria-controls": this.idOf("pane", name), "aria-selected": "false", tabindex: -1 }, this.say[`tab_${name}`]);
      tab.addEventListener("click", () => this.go(name));
      this.tabs[name] = tab;
    }
    const list = make("div", { class: "ck-tabs", role: "tablist", "aria-label": this.say.tabs }, ...Object.values(this.tabs));
    list.addEventListener("keydown", (event) => this.turn(event, names));
    return list;
  }

  idOf(kind, name) {
    return `ck-${kind}-${this.client}-${name}`;
  }

  // The arrow keys move along the tabs, in the direction of the page.
  turn(event, names) {
    const forward = this.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = this.direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    const here = names.indexOf(this.name);
    const to = { [forward]: here + 1, [backward]: here - 1 + names.length, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(names[to % names.length]);
    this.tabs[this.name].focus();
  }

  buildPane(name) {
    this.panes[name] = make("div", { class: "ck-pane", role: "tabpanel", id: this.idOf("pane", name), "aria-labelledby": this.idOf("tab", name), hidden: true });
    this.content.append(this.panes[name]);
    return this.panes[name];
  }

  // -------------------------------------------------------------------------------- showing

  // Show a tab, from which `back` leads here.
  go(name) {
    if (name === this.name && this.over() === null) return;
    this.leave();
    this.show(name);
  }

  // Show a text: place is what `read` of Python takes; from is the table that it is a row of, as in `view`.
  read(place, from) {
    if (this.reading.element.hidden) this.leave();
    this.reading.open(place, from);
    this.showOver(this.reading);
  }

  // Show the two texts of a row side by side; from is the table, as in `view`.
  compare(row, from) {
    this.leave();
    this.copies.open(row, from);
    this.showOver(this.copies);
  }

  // What is shown over the tabs: a text, two texts, or null.
  over() {
    return [this.reading, this.copies].find(({ element }) => !element.hidden) ?? null;
  }

  showOver(view) {
    for (const pane of Object.values(this.panes)) pane.hidden = true;
    for (const each of [this.reading, this.copies]) each.element.hidden = each !== view;
    this.content.append(view.element);
  }

  // The line of a hit in the concordance.
  showLine(hit) {
    this.leave();
    this.show("concordance");
    this.concordance.showHit(hit);
  }

  // Remember what is shown.
  leave() {
    const outer = [];
    for (let each = this.root.parentElement; each !== null; each = each.parentElement) outer.push(each);
    const scrolled = [...this.content.querySelectorAll(SCROLLED), ...outer].filter(({ scrollTop, scrollLeft }) => scrollTop !== 0 || scrollLeft !== 0);
    this.history.push({
      name: this.name, over: this.over(), state: this.over()?.state(), focus: document.activeElement,
      scrolled: scrolled.map((each) => [each, each.scrollTop, each.scrollLeft]),
    });
    if (this.history.length > MOST_BACK) this.history.shift();
    this.backward.setAttribute("aria-disabled", "false");
  }

  // Show again what was shown before, with its focus, where it was scrolled to.
  back() {
    const place = this.history.pop();
    if (place === undefined) return;
    this.backward.setAttribute("aria-disabled", String(this.history.length === 0));
    this.show(place.name);
    if (place.over !== null) {
      place.over.restore(place.state);
      this.showOver(place.over);
    }
    for (const [each, top, left] of place.scrolled) each.scrollTo({ top, left, behavior: "instant" });
    if (place.focus?.isConnected && this.root.contains(place.focus)) place.focus.focus({ preventScroll: true });
    else if (place.name === "concordance" && place.over === null) this.concordance.focus();
    else this.tabs[place.name].focus({ preventScroll: true });
  }

  // Escape leaves texts. What is inside may have its own use for it.
  pressed(event) {
    if (event.key !== "Escape" || event.defaultPrevented || this.over() === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.back();
  }

  show(name) {
    this.name = name;
    for (const each of [this.reading, this.copies]) each.element.hidden = true;
    if (!(name in this.panes)) {
      const setup = this.setup.tabs.find((each) => each.name === name);
      this.views[name] = name === "coding" ? new CodingTab(this, this.kept.tabs?.coding) : new TableTab(this, setup, this.kept.tabs?.[name]);
      this.buildPane(name).append(this.views[name].element);
    }
    for (const [each, pane] of Object.entries(this.panes)) pane.hidden = each !== name;
    for (const [each, tab] of Object.entries(this.tabs)) {
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
    }
    this.views[name]?.shown();
    if (name === "concordance") this.concordance.shown();
    this.changed();
  }

  // Make a coding project of the lines of the concordance.
  codeLines() {
    this.go("coding");
    this.views.coding.offer();
  }

  selection() {
    return this.panel.value;
  }

  selected() {
    this.changed();
    if (this.name === "concordance") this.concordance.shown();
    else this.views[this.name].shown();
  }

  counted(documents) {
    this.panel.count(documents);
    this.stepped();
  }

  // Python has answered: there may be another step of the session.
  stepped() {
    this.session.refresh();
  }

  // The lines behind a row are in the concordance now.
  opened() {
    this.concordance.settle();
    this.go("concordance");
    this.concordance.focus();
  }

  // A step of the session is shown again: a table as it was asked for; a concordance is in the page of Python already.
  restore({ state: { tab, selection, ...state }, documents }) {
    this.panel.restore(selection);
    this.panel.count(documents);
    if (tab === "concordance") return this.opened();
    if (tab === "coding") return this.go(tab); // as it is: what can be taken back is there
    if (tab !== this.name) this.leave();
    this.views[tab]?.close();
    this.panes[tab]?.remove();
    delete this.views[tab];
    delete this.panes[tab];
    this.kept.tabs = { ...this.kept.tabs, [tab]: state };
    this.show(tab);
  }

  late() {
    this.notice.hidden = false;
    this.notice.replaceChildren(isolated(this.say.no_answer, "auto"));
  }

  // Keep what the page shows, for when it is drawn again.
  changed() {
    const tabs = { ...this.kept.tabs, ...Object.fromEntries(Object.entries(this.views).map(([name, view]) => [name, view.state()])) };
    if (!this.concordance || !this.reading) return; // it is being made
    this.kept = { tab: this.name, selection: this.panel.value, tabs, concordance: this.concordance.state(), reading: this.reading.kept() };
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 400);
  }

  save() {
    this.model.set("_state", this.kept);
    this.model.save_changes();
  }

  async copy(text) {
    this.channel.ask("trace keep", { kind: "trace", do: "keep" }, () => this.stepped()); // it is of use
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const focused = document.activeElement;
      const area = make("textarea", { class: "ck-copied" }, text); // where a page may not use the clipboard
      this.root.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      focused?.focus({ preventScroll: true });
    }
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.close();
  },
};
