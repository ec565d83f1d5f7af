// Pictures of `plots/pictures.py` as live SVG: tips, selection by dragging, and clicks that open what is behind a mark.
// Every text is inserted as text, never as markup; those with Arabic letters come isolated from Python.

import { KEYS, isolated, make, phrase } from "../../display/page/base.js";

const SVG = "http://www.w3.org/2000/svg"; // a name, which nothing is loaded from
const REACH = 16; // px from the pointer to a mark that it shows
const DRAG = 5; // px of a movement that selects
const HELD = 400; // ms for which a finger rests before its movement selects; one that moves at once scrolls
const BAR = 26; // px of a bar and its gap
const NARROWEST = 280; // px
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CONTROLS = /[\u2066-\u2069]/g;

function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (name === "style") element.style.cssText = value; // as an attribute a Content-Security-Policy would forbid it
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const hueOf = (name) => `var(--ck-c-${name})`;

function numberText(value, kind) {
  if (kind === "percent") return `${Number((100 * value).toPrecision(3)).toLocaleString("en-US")}%`;
  const digits = kind === "count" && Number.isInteger(value) ? 0 : 10;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits }).replace("-", "\u2212");
}

// Round numbers from low to high, about as many as asked for.
function roundTicks(low, high, count, whole) {
  const rough = (high - low) / Math.max(count, 1) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = power * [1, 2, 5, 10].find((each) => each * power >= rough * 0.99);
  if (whole) step = Math.max(1, Math.round(step));
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

// The measure in which an axis is linear; the twin of `Axis` in pictures.py.
function measured(scale, value) {
  if (scale === "log") return Math.log10(value);
  return scale === "root" ? Math.sign(value) * Math.sqrt(Math.abs(value)) : value;
}

function partOf(axis, value) {
  const low = measured(axis.scale, axis.low);
  return (measured(axis.scale, value) - low) / (measured(axis.scale, axis.high) - low);
}

const meet = (one, other) => one.x0 < other.x1 && other.x0 < one.x1 && one.y0 < other.y1 && other.y0 < one.y1;
const dotPath = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const diamondPath = (x, y, r) => `M${x} ${y - r * 1.3}l${r * 1.3} ${r * 1.3}l${-r * 1.3} ${r * 1.3}l${-r * 1.3} ${-r * 1.3}z`;
const FORMS = { orange: diamondPath }; // beside the colour, so that it is not all that tells groups apart

const round = (number) => Math.round(number * 10) / 10;

class LiveChart {
  constructor(host, picture, options) {
    this.picture = picture;
    this.options = options;
    this.say = options.say ?? {};
    this.spots = []; // where marks are: {m, x, y, box}
    this.selected = new Set();
    this.shown = null; // the spot whose tip is shown
    this.drag = null;
    this.width = 0;
    this.pen = document.createElement("canvas").getContext("2d");
    this.build(host);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root);
    if (options.room) this.resized.observe(host);
    this.moved = () => this.shown && this.placeTip();
    addEventListener("scroll", this.moved, { capture: true, passive: true });
    this.fit();
  }

  close() {
    clearTimeout(this.holding);
    this.resized.disconnect();
    removeEventListener("scroll", this.moved, { capture: true });
    this.root.remove();
  }

  build(host) {
    const { picture, options } = this;
    const parts = [picture.title || this.say.chart || picture.kind, picture.axis, picture.rate, picture.x?.title, picture.y?.title];
    const name = parts.filter(Boolean).join(" – ").replace(CONTROLS, "");
    this.svg = shape("svg", { role: "img", "aria-label": name, direction: "ltr" });
    this.stage = make("div", {
      class: "ck-c-stage", tabindex: 0, role: "application", "aria-label": `${name}. ${this.say.chart_keys ?? ""}`, dir: "ltr", ...KEYS,
    }, this.svg);
    this.tip = make("div", { class: "ck-c-tip", role: "tooltip", dir: options.direction ?? "ltr", popover: "manual", hidden: true });
    this.heard = make("div", { class: "ck-c-heard", role: "status", "aria-live": "polite" });
    this.chosen = make("span", {});
    const clear = make("button", { type: "button" }, this.say.chart_clear ?? "×");
    clear.addEventListener("click", () => {
      this.select([]);
      this.stage.focus({ preventScroll: true }); // the button goes
    });
    this.under = make("div", { class: "ck-c-chosen", dir: options.direction ?? "ltr" }, this.chosen, clear);
    this.under.style.visibility = "hidden"; // its place is kept, so that nothing moves
    this.root = make("div", {
      class: `ck-chart${options.theme ? ` ck-${options.theme}` : ""}`, role: "group", "aria-label": name, dir: options.direction ?? "ltr",
    });
    if (picture.title) this.root.append(make("div", { class: "ck-c-title" }, isolated(picture.title, "auto")));
    if (picture.legend?.length) this.root.append(this.buildLegend(picture.legend));
    this.root.append(this.stage, this.tip, this.heard);
    if (picture.note) this.root.append(make("div", { class: "ck-c-note" }, isolated(picture.note, "auto")));
    if (options.onSelect) this.root.append(this.under);
    this.listen();
    host.append(this.root);
  }

  buildLegend(entries) {
    const items = entries.map(([name, hue, form]) => {
      const swatch = shape("svg", { width: 14, height: 14, "aria-hidden": "true" });
      const style = `--of:${hueOf(hue)}`;
      if (form === "line") swatch.append(shape("path", { class: "ck-c-line", style, d: "M0 7H14" }));
      else if (form === "dots") swatch.append(shape("path", { class: "ck-c-fill", style, d: (FORMS[hue] ?? dotPath)(7, 7, 4) }));
      else swatch.append(shape("rect", { class: hue === "band" ? "ck-c-band" : "ck-c-fill", style, x: 1, y: 1, width: 12, height: 12 }));
      return make("li", {}, swatch, isolated(name, "auto"));
    });
    return make("ul", { class: "ck-c-legend" }, ...items);
  }

  fit() {
    const width = Math.max(Math.floor(this.stage.clientWidth), NARROWEST);
    const room = this.options.room ? this.options.room() - (this.root.offsetHeight - this.stage.offsetHeight) : Infinity;
    if (this.stage.clientWidth === 0 || (width === this.width && room === this.room)) return;
    this.width = width;
    this.room = room; // px for the picture; what is higher is scrolled
    this.draw();
  }

  draw() {
    this.font = getComputedStyle(this.root).fontFamily;
    this.spots = [];
    this.back = shape("g"); // rules and fields
    this.front = shape("g"); // marks
    this.texts = shape("g", { class: "ck-c-texts" });
    this.over = shape("path", { class: "ck-c-over" });
    this.ring = shape("path", { class: "ck-c-ring" });
    this.band = shape("rect", { class: "ck-c-drag", visibility: "hidden" });
    this.svg.replaceChildren(this.back, this.front, this.texts, this.over, this.ring, this.band);
    this.height = Math.ceil(DRAWN[this.picture.kind](this, this.picture));
    this.svg.setAttribute("width", this.width);
    this.svg.setAttribute("height", this.height);
    this.places = new Map(this.spots.map((spot) => [spot.m, spot]));
    this.hide();
    this.outline();
  }

  // ------------------------------------------------------------------------------- pieces

  widthOf(text, size) {
    this.pen.font = `${size}px ${this.font}`;
    const { width, actualBoundingBoxLeft, actualBoundingBoxRight } = this.pen.measureText(text);
    return width + Math.max(actualBoundingBoxLeft, 0) + Math.max(actualBoundingBoxRight - width, 0); // marks stand out
  }

  // A text that fits, or its beginning and its end: long names often differ there.
  cut(text, most, size) {
    if (text.length < 200 && this.widthOf(text, size) <= most) return text;
    const plain = [...text.replace(CONTROLS, "")];
    let kept = Math.min(plain.length, 400);
    for (;;) {
      const end = Math.floor(kept / 3);
      const shorter = kept < plain.length ? `${plain.slice(0, kept - end).join("")}…${plain.slice(plain.length - end).join("")}` : plain.join("");
      const width = this.widthOf(shorter, size);
      if (width <= most || kept <= 2) return `\u2068${shorter}\u2069`;
      kept = Math.max(Math.min(kept - 1, Math.floor((kept * most) / width)), 2);
    }
  }

  text(x, y, content, { anchor = "middle", size = 12, most = Infinity, name = "" } = {}) {
    const shown = this.cut(content, most, size);
    const style = { x: round(x), y: round(y), "text-anchor": anchor, "font-size": size, "dominant-baseline": "central" };
    const element = shape("text", { ...style, class: name || undefined }, shown);
    this.texts.append(element);
    return element;
  }

  line(x1, y1, x2, y2, name) {
    this.back.append(shape("path", { class: name, d: `M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}` }));
  }

  rect(x, y, width, height, attributes, layer = this.front) {
    const box = { x: round(x), y: round(y), width: round(Math.max(width, 0)), height: round(Math.max(height, 0)) };
    layer.append(shape("rect", { ...box, ...attributes }));
  }

  path(d, hue, name, more = "") {
    if (d) this.front.append(shape("path", { d, class: name, style: `--of:${hueOf(hue)};${more}` }));
  }

  spot(m, x, y, box) {
    if (m !== undefined && m !== null) this.spots.push({ m, x, y, box });
  }

  // ------------------------------------------------------------------------------ pointer and keys

  listen() {
    const { stage } = this;
    const placed = (event) => {
      const box = this.svg.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    stage.addEventListener("pointermove", (event) => {
      const at = placed(event);
      if (this.drag) this.drawDrag(at);
      else this.show(this.near(...at));
    });
    stage.addEventListener("pointerleave", () => this.drag || this.hide());
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const at = placed(event);
      const before = this.shown?.m; // a finger shows a tip first, and opens what it shows
      if (event.pointerType === "touch") this.show(this.near(...at));
      const touch = event.pointerType === "touch";
      const drag = { from: at, to: at, moved: false, selects: !touch, touch, before };
      this.endDrag();
      this.drag = drag;
      if (touch) this.holding = setTimeout(() => (drag.selects = !drag.moved), HELD);
      else stage.setPointerCapture(event.pointerId);
    });
    const selecting = () => this.drag?.selects && this.options.onSelect;
    stage.addEventListener("touchmove", (event) => selecting() && event.cancelable && event.preventDefault(), { passive: false }); // nothing is scrolled
    stage.addEventListener("contextmenu", (event) => this.drag !== null && event.preventDefault()); // of a long press
    stage.addEventListener("pointerup", (event) => this.dropped(placed(event)));
    stage.addEventListener("pointercancel", () => this.endDrag());
    stage.addEventListener("keydown", (event) => this.pressed(event));
    stage.addEventListener("blur", () => this.hide());
  }

  drawDrag(at) {
    const { drag } = this;
    drag.to = at;
    drag.moved ||= Math.hypot(at[0] - drag.from[0], at[1] - drag.from[1]) > DRAG;
    if (!drag.moved || !drag.selects || !this.options.onSelect) return;
    this.hide();
    const { x0, y0, x1, y1 } = this.dragged();
    for (const [name, value] of Object.entries({ x: x0, y: y0, width: x1 - x0, height: y1 - y0, visibility: "visible" })) {
      this.band.setAttribute(name, value);
    }
  }

  dragged() {
    const [[a, b], [c, d]] = [this.drag.from, this.drag.to];
    return { x0: Math.min(a, c), y0: Math.min(b, d), x1: Math.max(a, c), y1: Math.max(b, d) };
  }

  dropped(at) {
    const { drag } = this;
    if (!drag) return;
    drag.to = at;
    const box = this.dragged();
    const touched = drag.touch;
    this.endDrag();
    if (drag.moved) {
      if (drag.selects && this.options.onSelect) this.select(this.spots.filter((spot) => this.within(spot, box)).map((spot) => spot.m));
      return;
    }
    const spot = this.near(...at);
    if (spot && (!touched || drag.before === spot.m)) this.open(spot);
  }

  // A bar or a cell counts if the rectangle touches it, a point if it is inside.
  within(spot, box) {
    return spot.box ? meet(spot.box, box) : spot.x >= box.x0 && spot.x <= box.x1 && spot.y >= box.y0 && spot.y <= box.y1;
  }

  endDrag() {
    clearTimeout(this.holding);
    this.drag = null;
    this.band.setAttribute("visibility", "hidden");
  }

  pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { key } = event;
    let taken = true;
    if (DIRECTIONS[key]) this.show(this.next(...DIRECTIONS[key]), true);
    else if (key === "Home") this.show(this.spots[0], true);
    else if (key === "End") this.show(this.spots.at(-1), true);
    else if (key === "Enter" && this.shown) this.open(this.shown);
    else if (key === " " && this.shown && this.options.onSelect) {
      const chosen = new Set(this.selected);
      if (!chosen.delete(this.shown.m)) chosen.add(this.shown.m);
      this.select([...chosen]);
    } else if (key === "Escape" && this.selected.size) this.select([]);
    else if (key === "Escape" && this.shown) this.hide();
    else taken = false;
    if (taken) event.preventDefault();
  }

  // The nearest mark in a direction; further to the side counts more.
  next(across, down) {
    if (!this.shown) return this.spots[0];
    let best = this.shown;
    let least = Infinity;
    for (const spot of this.spots) {
      const [x, y] = [spot.x - this.shown.x, spot.y - this.shown.y];
      const ahead = x * across + y * down;
      const aside = Math.abs(x * down) + Math.abs(y * across);
      if (ahead > 0.4 && ahead + 2 * aside < least) [best, least] = [spot, ahead + 2 * aside];
    }
    return best;
  }

  near(x, y) {
    let best = null;
    let least = REACH ** 2;
    for (const spot of this.spots) {
      const { box } = spot;
      if (box) {
        if (x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1) return spot;
        continue;
      }
      const far = (spot.x - x) ** 2 + (spot.y - y) ** 2;
      if (far < least) [best, least] = [spot, far];
    }
    return best;
  }

  show(spot, aloud = false) {
    if (!spot) return this.hide();
    if (this.shown === spot) return undefined;
    this.shown = spot;
    const [name, values, , many] = this.picture.marks[spot.m];
    const pairs = values.map((value, place) => [this.picture.heads[place], value]).filter(([, value]) => value !== "");
    const rows = pairs.flatMap(([head, value]) => [make("dt", {}, isolated(head, "auto")), make("dd", {}, isolated(value, "auto"))]);
    const several = many > 1 ? phrase(this.say.chart_several ?? "{number}", { number: isolated(many.toLocaleString("en-US")) }) : [];
    if (many > 1 && this.opens) several.push(this.options.opensAll ?? "");
    this.tip.replaceChildren(
      make("strong", {}, isolated(name, "auto")), ...(several.length ? [make("div", {}, ...several)] : []), ...(rows.length ? [make("dl", {}, ...rows)] : []),
    );
    const { x, y, box } = spot;
    this.ring.setAttribute("d", box ? `M${box.x0} ${box.y0}H${box.x1}V${box.y1}H${box.x0}Z` : dotPath(x, y, 8));
    if (aloud) this.ring.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.tip.hidden = false;
    this.tip.showPopover?.();
    this.placeTip();
    this.stage.classList.toggle("ck-c-opens", Boolean(this.opens));
    if (aloud) this.heard.textContent = [name, ...(several.length ? [this.tip.querySelector("div").textContent] : []), ...pairs.map(([head, value]) => `${head}: ${value}`)].join("; ").replace(CONTROLS, "");
    return undefined;
  }

  // The tip is over the whole page, since cells and panes cut what leaves them: above its mark where there is room.
  placeTip() {
    const { left, top } = this.svg.getBoundingClientRect();
    const [x, y] = [left + this.shown.x, top + this.shown.y];
    const { clientWidth, clientHeight } = document.documentElement;
    if (y < 0 || y > clientHeight) return this.hide();
    const [wide, high] = [this.tip.offsetWidth, this.tip.offsetHeight];
    const above = y - high - 12 >= 0 ? y - high - 12 : y + 14;
    this.tip.style.left = `${Math.max(Math.min(x - wide / 2, left + this.width - wide, clientWidth - wide), 0)}px`;
    this.tip.style.top = `${Math.max(Math.min(above, clientHeight - high), 0)}px`;
    return undefined;
  }

  hide() {
    this.shown = null;
    if (!this.tip.hidden) this.tip.hidePopover?.();
    this.tip.hidden = true;
    this.ring.setAttribute("d", "");
    this.stage.classList.remove("ck-c-opens");
  }

  get opens() {
    return this.options.onGrow ?? this.options.onOpen;
  }

  open(spot) {
    const [, , row] = this.picture.marks[spot.m];
    if (spot.grows && this.options.onGrow) this.options.onGrow(spot.m, row);
    else this.options.onOpen?.(row, spot.m);
  }

  select(marks) {
    this.selected = new Set(marks);
    this.outline();
    this.options.onSelect?.([...this.selected]);
  }

  outline() {
    const parts = [...this.selected].map((m) => this.places.get(m)).filter(Boolean).map(({ x, y, box }) =>
      box ? `M${box.x0} ${box.y0}H${box.x1}V${box.y1}H${box.x0}Z` : dotPath(round(x), round(y), 5),
    );
    this.over.setAttribute("d", parts.join(""));
    this.under.style.visibility = this.selected.size ? "visible" : "hidden";
    this.chosen.replaceChildren(...phrase(this.say.chart_selected ?? "{number}", { number: isolated(String(this.selected.size)) }));
  }

  // -------------------------------------------------------------------------------- axes

  across(axis, { x, y, width, height }, ticks, { reverse = false, title = true } = {}) {
    const at = (value) => x + width * (reverse ? 1 - partOf(axis, value) : partOf(axis, value));
    let last = null;
    for (const tick of ticks) {
      const place = at(tick);
      this.line(place, y, place, y + height, tick === 0 ? "ck-c-zero" : "ck-c-grid");
      const label = numberText(tick, axis.number);
      const room = this.widthOf(label, 11) / 2 + 3;
      if (last !== null && Math.abs(place - last.place) < room + last.room) continue;
      this.text(place, y + height + 12, label, { size: 11 });
      last = { place, room };
    }
    if (title) this.text(x + width / 2, y + height + 31, axis.title, { most: this.width - 8 });
    return at;
  }

  up(axis, { x, y, width, height }, ticks) {
    const at = (value) => y + height * (1 - partOf(axis, value));
    for (const tick of ticks) {
      this.line(x, at(tick), x + width, at(tick), tick === 0 ? "ck-c-zero" : "ck-c-grid");
      this.text(x - 6, at(tick), numberText(tick, axis.number), { anchor: "end", size: 11 });
    }
    return at;
  }

  roomFor(axis, ticks) {
    return Math.max(...ticks.map((tick) => this.widthOf(numberText(tick, axis.number), 11)), 8) + 12;
  }

  // The title of a vertical axis is written above it, where it needs no turned letters.
  above(text, y = 9) {
    if (text) this.text(2, y, text, { anchor: "start", most: this.width - 4 });
  }

  periods(names, at, y, width) {
    const most = Math.max(...names.map((name) => this.widthOf(name, 11)), 8) + 12;
    const step = Math.max(1, Math.ceil(names.length / Math.max(1, Math.floor(width / most))));
    const years = names.every((name) => /^\d+$/.test(name));
    const round10 = [1, 2, 5, 10, 20, 25, 50, 100].find((each) => each >= step) ?? step;
    const chosen = names.map((name, place) => ({ name, place })).filter(({ name, place }) => (years && step > 1 ? Number(name) % round10 === 0 : place % step === 0));
    for (const { name, place } of chosen) this.text(at(place), y, name, { size: 11 });
  }
}

// ------------------------------------------------------------------------------------- pictures

function drawBars(chart, { labels, values, shown, axis, number }) {
  const bars = labels.map((label, m) => ({ label, value: values[m], shown: shown[m], hue: "blue", m }));
  const high = Math.max(...values) * 1.02;
  return panelOfBars(chart, { bars, title: "" }, { bounds: [0, high], axis, number, fromRight: true }, 0, 4, chart.width, true);
}

function panelOfBars(chart, { bars, title }, picture, left, top, width, titled) {
  const { fromRight, number } = picture;
  const [low, high] = picture.bounds;
  const size = 15;
  const widest = Math.max(...bars.map((bar) => (bar.label.length < 200 ? chart.widthOf(bar.label, size) : Infinity)), 0);
  const room = Math.min(widest, width * 0.45, 320) + 12;
  const beside = Math.max(...bars.map((bar) => (bar.shown ? chart.widthOf(bar.shown, 11) + 10 : 6)));
  const area = { x: left + (fromRight ? beside : 6), y: top + (title ? 24 : 0), height: BAR * bars.length };
  area.width = width - room - area.x + left - (fromRight ? 0 : beside);
  const axis = { low, high, scale: "linear", number, title: picture.axis };
  const ticks = roundTicks(low, high, Math.max(2, Math.min(5, area.width / 70)), number === "count");
  const at = chart.across(axis, area, ticks, { reverse: fromRight, title: titled });
  if (title) chart.text(left + width - 4, top + 10, title, { anchor: "end", size: 13, most: width - 8, name: "ck-c-strong" });
  bars.forEach((bar, place) => {
    const y = area.y + BAR * place;
    const [from, to] = [at(Math.max(low, Math.min(0, high))), at(bar.value)];
    chart.rect(Math.min(from, to), y + 4, Math.abs(to - from), BAR - 8, { class: "ck-c-fill ck-c-bar", style: `--of:${hueOf(bar.hue)}` });
    if (bar.low !== undefined && bar.low !== null) {
      const [a, b] = [at(bar.low), at(bar.high)].map(round);
      chart.front.append(shape("path", { class: "ck-c-interval", d: `M${a} ${y + BAR / 2}H${b}M${a} ${y + 9}v8M${b} ${y + 9}v8` }));
    }
    if (bar.shown) chart.text(to + (fromRight ? -4 : 4), y + BAR / 2, bar.shown, { anchor: fromRight ? "end" : "start", size: 11 });
    chart.text(left + width - 2, y + BAR / 2, bar.label, { anchor: "end", size, most: room - 8, name: "ck-c-label" });
    chart.spot(bar.m, to, y + BAR / 2, { x0: round(left + 1), y0: y + 1, x1: round(left + width - 1), y1: y + BAR - 1 });
  });
  return area.y + area.height + (titled ? 44 : 24);
}

function drawBarPanels(chart, picture) {
  const columns = Math.max(1, Math.min(3, picture.panels.length, Math.floor(chart.width / 290)));
  const wide = chart.width / columns;
  let top = 4;
  for (let first = 0; first < picture.panels.length; first += columns) {
    const row = picture.panels.slice(first, first + columns);
    const last = first + columns >= picture.panels.length;
    top = Math.max(...row.map((panel, place) => // the first panel is at the right
      panelOfBars(chart, panel, picture, chart.width - wide * (place + 1) + (columns > 1 ? 8 : 0), top, wide - (columns > 1 ? 16 : 0), last && place === 0),
    )) + 6;
  }
  return top;
}

function drawHeatMap(chart, { rows, columns, cells, intervals }) {
  const room = Math.min(Math.max(...rows.map((name) => chart.widthOf(name.slice(0, 200), 13))) + 10, chart.width * 0.34);
  const wide = Math.min((chart.width - room) / columns.length, 120);
  const [high, top] = [42, 30];
  const right = chart.width;
  const size = wide < 60 ? 11 : 13;
  const x = (column) => right - room - wide * (column + 1);
  columns.forEach((name, place) => chart.text(x(place) + wide / 2, top - 12, name, { size, most: wide - 4 }));
  rows.forEach((name, place) => chart.text(right - 2, top + high * (place + 0.5), name, { anchor: "end", size: 13, most: room - 8 }));
  for (const cell of cells) {
    const [left, y] = [x(cell.column), top + high * cell.row];
    const step = cell.part * 8;
    const below = Math.min(Math.floor(step), 7);
    const mixed = `color-mix(in srgb, ${hueOf(`step${below + 1}`)} ${Math.round(100 * (step - below))}%, ${hueOf(`step${below}`)})`;
    chart.rect(left + 1, y + 1, wide - 2, high - 2, { style: `fill:${mixed}` });
    const name = cell.dark ? "ck-c-cell ck-c-on" : "ck-c-cell";
    const small = intervals && cell.interval && chart.widthOf(cell.interval, 10) < wide - 4;
    chart.text(left + wide / 2, y + high / 2 - (small ? 7 : 0), cell.shown, { size, most: wide - 2, name });
    if (small) chart.text(left + wide / 2, y + high / 2 + 10, cell.interval, { size: 10, name });
    chart.spot(cell.m, left + wide / 2, y + high / 2, { x0: round(left + 1), y0: y + 1, x1: round(left + wide - 1), y1: y + high - 1 });
  }
  return top + high * rows.length + 6;
}

function drawSeries(chart, { periods, rate, number, documents }) {
  const rates = periods.flatMap((period) => [period.rate, period.high]).filter((value) => value !== null);
  const upper = { low: 0, high: Math.max(...rates, 0) * 1.05 || 1, scale: "linear", number };
  const lower = { low: 0, high: Math.max(...periods.map((period) => period.documents), 1) * 1.05, scale: "linear", number: "count" };
  const ticks = roundTicks(0, upper.high, 5, number === "count" && upper.high > 8);
  const few = roundTicks(0, lower.high, 2, true);
  const left = Math.max(chart.roomFor(upper, ticks), chart.roomFor(lower, few));
  const wide = chart.width - left - 6;
  const pitch = wide / periods.length;
  const x = (place) => left + pitch * (place + 0.5);
  const [one, two] = [{ x: left, y: 26, width: wide, height: 220 }, { x: left, y: 284, width: wide, height: 64 }];
  chart.above(rate);
  chart.above(documents, 270);
  const [yUp, yLow] = [chart.up(upper, one, ticks), chart.up(lower, two, few)];
  let path = "";
  let [bars, dots] = ["", ""];
  periods.forEach((period, place) => {
    const at = round(x(place));
    if (period.burst) chart.rect(left + pitch * place, one.y, pitch, one.height, { class: "ck-c-band" }, chart.back);
    if (period.low !== null && period.high !== null) bars += `M${at} ${round(yUp(period.low))}V${round(yUp(period.high))}`;
    if (period.rate !== null) {
      path += `${path && periods[place - 1]?.rate !== null ? "L" : "M"}${at} ${round(yUp(period.rate))}`;
      dots += dotPath(at, round(yUp(period.rate)), Math.min(3.5, pitch / 3 + 1));
    }
    for (const [hue, count] of [["grey", period.documents], ["blue", period.hits]]) {
      chart.rect(left + pitch * (place + 0.15), yLow(count), pitch * 0.7, yLow(0) - yLow(count), { class: "ck-c-fill", style: `--of:${hueOf(hue)}` });
    }
    const y = yUp(period.rate ?? 0);
    chart.spot(period.m, at, y, { x0: round(at - pitch / 2), y0: one.y, x1: round(at + pitch / 2), y1: two.y + two.height });
  });
  chart.path(bars, "blue", "ck-c-line", "stroke-width:1;opacity:0.5");
  chart.path(path, "blue", "ck-c-line");
  chart.path(dots, "blue", "ck-c-fill");
  chart.periods(periods.map((period) => period.name), x, 362, wide);
  return 376;
}

function drawTraces(chart, picture) {
  const single = picture.panels.length === 1;
  const columns = single ? 1 : Math.max(1, Math.min(3, Math.floor(chart.width / 250)));
  const wide = chart.width / columns;
  const high = single ? 300 : 130;
  if (single) chart.above(picture.rate);
  picture.panels.forEach((panel, number) => {
    const [row, column] = [Math.floor(number / columns), number % columns];
    const left = chart.width - wide * (column + 1); // the first one at the right
    panelOfTraces(chart, picture, panel, { left, top: 26 + row * (high + 60), width: wide - (single ? 0 : 10), height: high }, single);
  });
  return 26 + Math.ceil(picture.panels.length / columns) * (high + 60) - 26;
}

function panelOfTraces(chart, picture, panel, { left, top, width, height }, single) {
  const number = picture.number === "count" && picture.highest < 8 ? "decimal" : picture.number;
  const axis = { low: 0, high: picture.highest, scale: "linear", number };
  const ticks = roundTicks(0, picture.highest, single ? 5 : 3, false);
  const room = chart.roomFor(axis, ticks);
  const named = picture.named ? panel.traces.filter((trace) => trace.rates.some((rate) => rate !== null)) : [];
  const names = Math.min(Math.max(...named.map((trace) => chart.widthOf(trace.name.slice(0, 200), 11)), 0) + (named.length ? 18 : 4), width * 0.34);
  const area = { x: left + room, y: top, width: width - room - names, height };
  const last = picture.periods.length - 1;
  const x = (place) => area.x + area.width * (last ? place / last : 0.5);
  const y = chart.up(axis, area, ticks);
  if (!single) chart.text(area.x + area.width, top - 10, panel.title, { anchor: "end", most: width - 8 });
  for (const trace of panel.traces) {
    const hue = `community${trace.colour}`;
    const runs = runsOf(trace.rates);
    const band = runs.filter((run) => run.length > 1).map((run) => {
      const over = run.map((place) => `${round(x(place))} ${round(y(Math.min(trace.high[place] ?? trace.rates[place], picture.highest)))}`);
      const under = run.map((place) => `${round(x(place))} ${round(y(trace.low[place] ?? trace.rates[place]))}`).reverse();
      return `M${over.join("L")}L${under.join("L")}Z`;
    });
    chart.path(band.join(""), hue, "ck-c-area");
    chart.path(runs.map((run) => `M${run.map((place) => `${round(x(place))} ${round(y(trace.rates[place]))}`).join("L")}`).join(""), hue, "ck-c-line", `stroke-dasharray:${DASHES[trace.colour % DASHES.length]}`);
    const dots = (places, r) => places.map((place) => dotPath(round(x(place)), round(y(trace.rates[place])), r)).join("");
    const there = runs.flat();
    chart.path(dots(last < 60 ? there : runs.filter((run) => run.length === 1).flat(), 2.2), hue, "ck-c-fill");
    chart.path(dots(trace.partial, 3), hue, "ck-c-hollow");
    for (const place of there) chart.spot(trace.marks[place], x(place), y(trace.rates[place]));
  }
  const ends = named.map((trace) => {
    const place = trace.rates.findLastIndex((rate) => rate !== null);
    return { trace, x: x(place), y: y(trace.rates[place]) };
  }).sort((one, other) => one.y - other.y);
  let least = top + 6;
  ends.forEach((end, place) => {
    const at = Math.max(least, Math.min(end.y, top + height - 14 * (ends.length - 1 - place)));
    least = at + 14;
    chart.path(`M${round(end.x)} ${round(end.y)}L${round(area.x + area.width + 8)} ${round(at)}`, `community${end.trace.colour}`, "ck-c-line", "stroke-width:1;opacity:0.7");
    chart.text(area.x + area.width + 11, at, end.trace.name, { anchor: "start", size: 11, most: names - 12 });
  });
  chart.periods(picture.periods, x, top + height + 14, area.width);
}

const DASHES = ["none", "6 2", "2 2", "8 3 2 3", "4 4", "1 3"]; // a dash for each line, beside its colour and its name

function runsOf(values) {
  const runs = [];
  values.forEach((value, place) => {
    if (value === null) return;
    if (place > 0 && values[place - 1] !== null) runs.at(-1).push(place);
    else runs.push([place]);
  });
  return runs;
}

function drawGraph(chart, { circles, links, size }) {
  const pad = 16; // px at every edge, for circles and the highest name
  const scale = Math.min((chart.width - 2 * pad) / size[0], 1.25);
  const tall = Math.max(Math.min(scale, 1.25, (chart.room - 2 * pad) / size[1]), 0.75);
  const left = (chart.width - size[0] * scale) / 2;
  const at = ([x, y]) => [round(left + x * scale), round(pad + (size[1] - y) * tall)];
  for (const link of links) {
    const [a, b] = [at(link.start), at(link.end)];
    chart.back.append(shape("path", { class: "ck-c-link", d: `M${a}L${b}`, style: `stroke-width:${round(0.75 + 5.25 * link.part)}` }));
  }
  const names = [];
  [...circles].sort((one, other) => other.part - one.part).forEach((circle) => {
    const [x, y] = at(circle.at);
    const r = round(Math.sqrt((80 + 540 * circle.part) / Math.PI));
    chart.front.append(shape("circle", { cx: x, cy: y, r, class: "ck-c-node", style: `--of:${hueOf(`community${circle.community}`)}` }));
    const most = Math.min(140, chart.width * 0.4);
    const wide = Math.min(chart.widthOf(circle.name.slice(0, 200), 13), most) / 2 + 2;
    const mid = Math.min(Math.max(x, wide), chart.width - wide);
    const box = { x0: mid - wide, x1: mid + wide, y0: y - r - 17, y1: y - r - 1 };
    if (!names.some((other) => meet(box, other))) {
      names.push(box);
      chart.text(mid, y - r - 9, circle.name, { size: 13, most, name: "ck-c-halo" });
    }
    chart.spot(circle.m, x, y);
    if (circle.m !== null) chart.spots.at(-1).grows = true;
  });
  for (const link of links) {
    const [a, b] = [at(link.start), at(link.end)];
    chart.spot(link.m, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
  }
  return size[1] * tall + 2 * pad;
}

function drawScatter(chart, { points, x, y, names, groups, lines, rules }) {
  const high = Math.round(Math.min(Math.max(chart.width * 0.68, 260), 460));
  const ticksUp = y.ticks.length ? y.ticks : roundTicks(y.low, y.high, high / 70, y.number === "count");
  const left = chart.roomFor(y, ticksUp);
  const area = { x: left, y: 26, width: chart.width - left - 10, height: high };
  const ticks = x.ticks.length ? x.ticks : roundTicks(x.low, x.high, area.width / 80, x.number === "count");
  chart.above(y.title);
  const [across, up] = [chart.across(x, area, ticks), chart.up(y, area, ticksUp)];
  for (const rule of rules) {
    if (rule.x !== null) chart.line(across(rule.x), area.y, across(rule.x), area.y + area.height, "ck-c-rule");
    else chart.line(area.x, up(rule.y), area.x + area.width, up(rule.y), "ck-c-rule");
  }
  const hues = groups.length ? groups.map(([, hue]) => hue) : ["blue"];
  const dots = hues.map(() => []);
  for (const [a, b, group, m] of points) {
    const [px, py] = [round(across(a)), round(up(b))];
    dots[group].push((FORMS[hues[group]] ?? dotPath)(px, py, hues[group] === "grey" ? 2.2 : 3));
  }
  // Keys begin with the first group, which is drawn last.
  for (const [a, b, , m] of [...points].sort((one, other) => one[2] - other[2])) chart.spot(m, round(across(a)), round(up(b)));
  for (let group = hues.length - 1; group >= 0; group -= 1) chart.path(dots[group].join(""), hues[group], "ck-c-fill ck-c-dots");
  lines.forEach((line, place) => {
    chart.path(`M${line.points.map(([a, b]) => `${round(across(a))} ${round(up(b))}`).join("L")}`, line.hue, "ck-c-line", `stroke-dasharray:${DASHES[place]}`);
    line.marks.forEach((m, number) => chart.spot(m, across(line.points[number][0]), up(line.points[number][1])));
  });
  placeNames(chart, names.map(([text, a, b]) => ({ text, x: across(a), y: up(b) })), area);
  return area.y + area.height + 44;
}

// Names beside their points where there is room; the twin of `place_names` in pictures.py, for the width of the page.
function placeNames(chart, names, area) {
  const boxes = [];
  for (const { text, x, y } of names) {
    const wide = Math.min(chart.widthOf(text.slice(0, 200), 13), 170) + 6;
    const rooms = [[0, -1], [1, 0], [-1, 0], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]].map(([along, down]) => {
      const [mx, my] = [x + along * (wide / 2 + 5), y + down * 13];
      return { mx, my, x0: mx - wide / 2, x1: mx + wide / 2, y0: my - 8, y1: my + 8 };
    });
    const free = rooms.find((room) => room.x0 >= area.x && room.x1 <= area.x + area.width && room.y0 >= area.y - 4 && room.y1 <= area.y + area.height &&
      !boxes.some((box) => meet(room, box)) && !names.some((other) => (other.x !== x || other.y !== y) && meet(room, { x0: other.x - 4, x1: other.x + 4, y0: other.y - 4, y1: other.y + 4 })));
    if (!free) continue;
    boxes.push(free);
    chart.text(free.mx, free.my, text, { size: 13, most: wide, name: "ck-c-halo" });
  }
}

function drawStrips(chart, { strips, axis }) {
  const narrow = chart.width < 520; // labels above their rows, which take all of the width
  const size = 14;
  const room = narrow ? 0 : Math.min(Math.max(...strips.map((strip) => chart.widthOf(strip.label.slice(0, 200), size))) + 12, chart.width * 0.4);
  const pitch = narrow ? 48 : 34;
  const area = { x: 14, y: 4, width: chart.width - room - 28, height: pitch * strips.length };
  chart.across({ low: 0, high: 1, scale: "linear", number: "percent", title: axis }, area, [0, 0.25, 0.5, 0.75, 1]);
  strips.forEach((strip, place) => {
    const top = area.y + pitch * place + (narrow ? 18 : 3);
    chart.rect(area.x, top, area.width, 27, { class: "ck-c-field" }, chart.back);
    const ticks = strip.places.map((at) => `M${round(area.x + area.width * at)} ${top}v27`);
    chart.path(ticks.join(""), "blue", "ck-c-tick");
    strip.places.forEach((at, number) => chart.spot(strip.marks[number], area.x + area.width * at, top + 13));
    chart.text(chart.width - 2, narrow ? top - 9 : top + 14, strip.label, { anchor: "end", size, most: narrow ? chart.width - 4 : room - 8, name: "ck-c-label" });
  });
  return area.y + area.height + 44;
}

const DRAWN = {
  Bars: drawBars, BarPanels: drawBarPanels, HeatMap: drawHeatMap, Series: drawSeries, Graph: drawGraph, Scatter: drawScatter,
  Strips: drawStrips, Traces: drawTraces,
};

// Draw a picture (`picture_data` in plots/live.py) into an element. Options: direction ("rtl"), theme ("light", "dark" or
// none: that of the page), say (`chart_words`), onOpen(row, mark), onGrow(mark, row) for circles, onSelect(marks),
// room(): the height in px that there is for it, opensAll: what a tip says of a mark with several rows that a click opens.
// Returned is an object with close().
export function drawPicture(host, picture, options = {}) {
  return new LiveChart(host, picture, options);
}
