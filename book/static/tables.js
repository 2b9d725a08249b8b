// Tables that are too wide for a phone become cards; what scrolls can be reached by the keyboard.
"use strict";

const NARROW = window.matchMedia("(max-width: 576px)");
// A card repeats the titles of the columns in each row: long tables of numbers scroll instead.
const LONGEST = 24;
const WIDE = ".bd-article :is(pre, table, .spinbook-scroll, mjx-container, div.math, .output_area)";

// Raised and lowered characters: the title of a card is plain text, where χ2 would not be χ².
const RAISED = { "-": "⁻", "−": "⁻", "+": "⁺", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const LOWERED = { 0: "₀", 1: "₁", 2: "₂", 3: "₃", i: "ᵢ", n: "ₙ", t: "ₜ", m: "ₘ", e: "ₑ", x: "ₓ" };

// The title of a column as text; MathJax keeps its formulas as MathML beside the drawing.
function written(title) {
  const copy = title.cloneNode(true);
  for (const [kinds, letters] of [["msup, sup", RAISED], ["msub, sub", LOWERED]]) {
    for (const one of copy.querySelectorAll(kinds)) {
      const index = one.tagName.toLowerCase().startsWith("m") ? one.lastElementChild : one;
      const text = [...index.textContent.trim()];
      if (text.every((letter) => letter in letters)) index.textContent = text.map((letter) => letters[letter]).join("");
    }
  }
  return copy.textContent.trim();
}

// What a card shows before each cell; formulas among the titles are typeset after the first time.
function entitle(table) {
  const titles = [...table.querySelectorAll("thead th")].map(written);
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, column) => (cell.dataset.title = titles[column] || ""));
  }
}

// The roles stay where the style sheet makes blocks of rows and cells.
function label(table) {
  table.setAttribute("role", "table");
  table.querySelectorAll("thead, tbody").forEach((group) => group.setAttribute("role", "rowgroup"));
  table.querySelectorAll("thead th").forEach((title) => title.setAttribute("role", "columnheader"));
  for (const row of table.querySelectorAll("tr")) row.setAttribute("role", "row");
  for (const cell of table.querySelectorAll("tbody :is(td, th)")) {
    cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
    const content = document.createElement("div");
    content.append(...cell.childNodes);
    cell.append(content);
    if (cell.textContent.trim() === "" && !cell.querySelector("img")) cell.classList.add("spinbook-empty");
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
      entitle(table);
      table.classList.add("spinbook-cards");
      for (const cell of table.querySelectorAll("tbody td")) {
        cell.classList.remove("spinbook-wide");
        // A bracket is as wide as letters may lean: here nothing may stand over.
        const over = (formula) => formula.scrollWidth > formula.clientWidth + 3;
        cell.classList.toggle("spinbook-wide", [...cell.querySelectorAll("mjx-container")].some(over));
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
