// The page of results. search-data.js has FOLDS (character -> what it is folded to) and PAGES (zlib, base64).
"use strict";

const SHOWN = 40, ON_A_PAGE = 4, EXCERPT = 220;
const ARABIC = /\p{Script=Arabic}/u;
// What may be written before an Arabic word, as one with it.
const CLITICS = "(?:[وف]?(?:[بكل]?ال|لل|[بكلس])?)";
const BOUNDARY = "(?<![\\p{L}\\p{N}])";

const foldCharacter = (character) => FOLDS[character] ?? character;
const fold = (text) => text.replace(/[\u0600-\u08ff\u200b-\u200f\ufb50-\ufeff]/g, foldCharacter).toLowerCase();

async function pages() {
  const packed = Uint8Array.from(atob(PAGES), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// A word of the query, as expressions for words that begin with it and for the word itself.
function term(word) {
  let stem = word, before = "";
  if (ARABIC.test(word)) {
    if (/^ال.{3}/u.test(word)) stem = word.slice(2);
    before = CLITICS;
  } else if (/[^s]s$/.test(word) && word.length > 3) {
    stem = word.slice(0, -1);
  }
  const pattern = BOUNDARY + before + stem;
  return { word, begins: new RegExp(pattern, "gu"), whole: new RegExp(`${pattern}(?![\\p{L}\\p{N}])`, "gu") };
}

const terms = (query) => [...new Set(fold(query).match(/[\p{L}\p{N}]+/gu) ?? [])].map(term);

// Of a page that is there in both languages, that in the language of the page of results, or of the query.
function inOneLanguage(all, query) {
  const names = new Set(all.map(([name]) => name));
  const isDouble = document.documentElement.lang === "ar" || ARABIC.test(query)
    ? (name) => names.has(`ar/${name}`)
    : (name) => name.startsWith("ar/") && names.has(name.slice(3));
  return all.filter(([name]) => !isDouble(name));
}

const count = (text, expression) => text.match(expression)?.length ?? 0;

// How well a section answers: each word must be in its text or titles; titles weigh more, whole words more than others.
function score(section, asked) {
  let total = 0;
  for (const { begins, whole } of asked) {
    const inTitle = count(section.foldedTitle, whole) ? 30 : count(section.foldedTitle, begins) ? 12 : 0;
    const onPage = count(section.foldedPage, whole) ? 8 : count(section.foldedPage, begins) ? 4 : 0;
    const inText = 2 * Math.min(count(section.foldedText, whole), 4) + Math.min(count(section.foldedText, begins), 4);
    if (!(inTitle || inText)) return 0;
    total += inTitle + onPage + inText;
  }
  return total / (1 + section.foldedTitle.length / 200);
}

function find(all, asked) {
  const found = [];
  for (const [name, sections] of all) {
    const page = sections[0]?.[0] ?? name;
    for (const [title, anchor, text] of sections) {
      const section = { name, page, title, anchor, text };
      section.foldedTitle = fold(title);
      section.foldedPage = title === page ? "" : fold(page);
      section.foldedText = fold(text);
      section.score = score(section, asked);
      if (section.score) found.push(section);
    }
  }
  return found.sort((a, b) => b.score - a.score);
}

// Where the words of the query are in a text as it is written: [start, end] of each.
function places(text, asked) {
  let folded = "";
  const origin = [];
  for (let at = 0; at < text.length; at++) {
    const piece = fold(text[at]);
    for (let n = 0; n < piece.length; n++) origin.push(at);
    folded += piece;
  }
  origin.push(text.length);
  const found = [];
  for (const { begins } of asked) {
    for (const match of folded.matchAll(begins)) {
      let end = match.index + match[0].length;
      while (/[\p{L}\p{N}]/u.test(folded[end] ?? "")) end++; // the rest of the word
      found.push([origin[match.index], origin[end]]);
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}

// Append a text to an element, with the words of the query marked.
function mark(element, text, asked) {
  let done = 0;
  for (const [start, end] of places(text, asked)) {
    if (start < done) continue;
    element.append(text.slice(done, start));
    element.append(Object.assign(document.createElement("mark"), { textContent: text.slice(start, end) }));
    done = end;
  }
  element.append(text.slice(done));
  return element;
}

// The piece of a text with most of the words, cut between words.
function excerpt(text, asked) {
  const found = places(text, asked);
  let best = 0, most = -1;
  for (const [start] of found) {
    const here = found.filter(([other]) => other >= start && other < start + EXCERPT - 60).length;
    if (here > most) [best, most] = [start, here];
  }
  let start = Math.max(0, best - 60);
  if (start) start = text.indexOf(" ", start) + 1 || start;
  let end = Math.min(text.length, start + EXCERPT);
  if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), start + 1);
  return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

function item(section, asked) {
  const entry = document.createElement("li");
  const link = document.createElement("a");
  const root = document.documentElement.dataset.content_root;
  link.href = `${root}${section.name}.html${section.anchor ? `#${section.anchor}` : ""}`;
  entry.dir = /^\P{L}*\p{Script=Arabic}/u.test(section.title || section.page) ? "rtl" : "ltr";
  mark(link, section.title || section.page, asked);
  entry.append(link);
  if (section.title && section.title !== section.page) {
    entry.append(Object.assign(document.createElement("span"), { className: "of-page", dir: "auto", textContent: section.page }));
  }
  const context = Object.assign(document.createElement("p"), { className: "context", dir: "auto" });
  if (section.text) entry.append(mark(context, excerpt(section.text, asked), asked));
  return entry;
}

async function show(query) {
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-list");
  const asked = terms(query);
  if (!asked.length) return;
  const found = find(inOneLanguage(await pages(), query), asked);
  const seen = new Map();
  const shown = found.filter(({ name }) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return seen.get(name) <= ON_A_PAGE;
  });
  list.replaceChildren(...shown.slice(0, SHOWN).map((section) => item(section, asked)));
  const [sections, onPages, listed] = [found.length, seen.size, list.children.length];
  // An Arabic page has its own words, with {sections}, {pages} and {shown} in them.
  const words = {
    found: `{sections} ${sections === 1 ? "section" : "sections"} on {pages} ${onPages === 1 ? "page" : "pages"}`,
    rest: "; the best {shown} are shown",
    none: "No section has all these words. Try fewer words, or the beginning of one.",
    ...status.dataset,
  };
  const numbers = { sections, pages: onPages, shown: listed };
  const text = sections ? `${words.found}${sections > listed ? words.rest : ""}.` : words.none;
  status.textContent = text.replace(/\{(\w+)\}/g, (whole, name) => numbers[name] ?? whole);
}

const query = new URLSearchParams(location.search).get("q") ?? "";
for (const field of document.querySelectorAll("input[name=q]")) field.value = query;
show(query);
