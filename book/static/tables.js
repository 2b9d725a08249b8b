// Tables that are too wide for a phone become cards; what scrolls can be reached by the keyboard.
"use strict";

const NARROW = window.matchMedia("(max-width: 576px)");
// A card repeats the titles of the columns in each row: long tables of numbers scroll instead.
const LONGEST = 24;
const WIDE = ".bd-article :is(pre, table, .spinbook-scroll, mjx-container, div.math, .output_area)";

// What a card shows before each cell; the roles stay where the style sheet makes blocks of rows and cells.
function label(table) {
  const titles = [...table.querySelectorAll("thead th")].map((title) => title.textContent.trim());
  table.setAttribute("role", "table");
  table.querySelectorAll("thead, tbody").forEach((group) => group.setAttribute("role", "rowgroup"));
  table.querySelectorAll("thead th").forEach((title) => title.setAttribute("role", "columnheader"));
  for (const row of table.querySelectorAll("tr")) row.setAttribute("role", "row");
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, column) => {
      cell.dataset.title = titles[column] || "";
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      const content = document.createElement("div");
      content.append(...cell.childNodes);
      cell.append(content);
      if (cell.textContent.trim() === "" && !cell.querySelector("img")) cell.classList.add("spinbook-empty");
    });
  }
}

// The drawing of a letter may lean a little over its box, which hides nothing of a formula.
function overflows(element) {
  return element.scrollWidth > element.clientWidth + (element.tagName === "MJX-CONTAINER" ? 8 : 1);
}

function canBeCards(table) {
  const plain = table.querySelector("thead th") && !table.querySelector("[colspan], [rowspan]");
  return plain && table.tBodies.length === 1 && table.tBodies[0].rows.length <= LONGEST && !table.closest("[data-own-layout]");
}

function boxOf(table) {
  return table.closest(".spinbook-scroll, .pst-scrollable-table-container") || table;
}

function arrange() {
  // Where a table does not fit a desktop, long names in it break.
  for (const table of document.querySelectorAll(".bd-article table")) {
    table.classList.remove("spinbook-breaks");
    const wide = !NARROW.matches && (overflows(boxOf(table)) || overflows(table));
    table.classList.toggle("spinbook-breaks", wide);
  }
  for (const table of document.querySelectorAll(".bd-article table")) {
    if (!canBeCards(table)) continue;
    table.classList.remove("spinbook-cards");
    const box = boxOf(table);
    if (NARROW.matches && (overflows(box) || overflows(table))) {
      if (!table.hasAttribute("role")) label(table);
      table.classList.add("spinbook-cards");
      for (const cell of table.querySelectorAll("tbody td")) {
        cell.classList.remove("spinbook-wide");
        cell.classList.toggle("spinbook-wide", [...cell.querySelectorAll("mjx-container")].some(overflows));
      }
    }
  }
  for (const element of document.querySelectorAll(WIDE)) {
    const scrolls = overflows(element) && getComputedStyle(element).overflowX !== "visible";
    element.classList.toggle("spinbook-scrolls", scrolls);
    if (scrolls && !element.hasAttribute("tabindex")) element.tabIndex = 0;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  arrange();
  // Formulas get their width when they are typeset, tables of formulas too.
  if (window.MathJax && MathJax.startup && MathJax.startup.promise) MathJax.startup.promise.then(arrange);
  else window.addEventListener("load", () => window.MathJax && MathJax.startup.promise.then(arrange));
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(arrange, 100);
  });
});
