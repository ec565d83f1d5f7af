"use strict";
// A copy that is read from files asks no server for other versions.
if (location.protocol === "file:") delete DOCUMENTATION_OPTIONS.theme_switcher_json_url;
// What scrolls inside a page can be reached with the keyboard.
{
  const scrolls = (element) =>
    element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX);
  const reach = () => {
    for (const element of document.querySelectorAll("article :is(div, pre, table, .ck-scroll)"))
      if (scrolls(element) && !element.querySelector("a, button")) element.tabIndex = 0;
  };
  addEventListener("load", () => setTimeout(reach));
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(reach, 400); });
  // The menu of themes closes like any menu.
  for (const menu of document.querySelectorAll("details.theme-switch-container")) {
    addEventListener("click", ({ target }) => { if (!menu.querySelector("summary").contains(target)) menu.open = false; });
    menu.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
    });
  }
}
