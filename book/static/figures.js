// Figures: a picture enlarges on a click, a tap or the Enter key, and a phone shows its panels one below another.
// Plain JavaScript that works from disk; without it the whole picture stands there.
"use strict";

// On a dark page each picture has a second one; the style sheet shows one of them.
function pictures(figure) {
  return [...figure.querySelectorAll(".spinbook-picture > img:not(.spinbook-narrow)")];
}

// "Left:" and "right panel" in a caption become "Top:" and "bottom panel" where the style sheet shows the parts.
// Spins that "come back right: ..." are no panel.
const SIDES = new RegExp(
  "(" + [
    "\\b(?:Left|Right)(?=:| panels?\\b| and )",
    "\\b(?:left|right)(?= panels?\\b)",
    "(?<=\\band )right(?=:)",
    "(?<=\\()(?:left|right)(?=[;)])",
  ].join("|") + ")", "g",
);
const BELOW = { left: "top", right: "bottom", Left: "Top", Right: "Bottom" };

// The parts of a picture, left, top, width and height in fractions of it, as boxes of the text's width.
function panels(figure) {
  const parts = JSON.parse(figure.dataset.parts || "[]");
  if (parts.length === 0) return;
  const box = document.createElement("div");
  box.className = "spinbook-panels";
  box.setAttribute("role", "img");
  const below = oneRow(parts);
  const { alt } = pictures(figure)[0];
  box.setAttribute("aria-label", below ? alt.replace(SIDES, (word) => BELOW[word]) : alt);
  const whole = pictures(figure)[0];
  whole.decode().then(() => {
    for (const [left, top, width, height] of parts) {
      const panel = document.createElement("div");
      panel.className = "spinbook-panel";
      panel.style.aspectRatio = `${width * whole.naturalWidth} / ${height * whole.naturalHeight}`;
      // Narrow parts, such as a legend, are not blown up beyond their size in print.
      panel.style.maxWidth = `${(width * whole.naturalWidth) / 1.6}px`;
      for (const picture of pictures(figure)) {
        const copy = picture.cloneNode();
        copy.removeAttribute("style");
        copy.style.width = `${100 / width}%`;
        copy.style.left = `${(-100 * left) / width}%`;
        copy.style.top = `${(-100 * top) / height}%`;
        panel.append(copy);
      }
      box.append(panel);
    }
    figure.querySelector(".spinbook-picture").after(box);
    figure.classList.add("spinbook-in-parts");
    if (below) sides(figure.querySelector("figcaption"));
  });
}

// Whether all panels stand beside each other; legends and titles of the whole figure are low.
function oneRow(parts) {
  const heights = parts.map(([, , , height]) => height);
  const high = parts.filter(([, , , height]) => height > Math.max(...heights) / 3);
  const lowest = Math.max(...high.map(([, top]) => top));
  return high.length > 1 && high.every(([, top, , height]) => lowest < top + height / 2);
}

function sides(caption) {
  for (const node of [...caption.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE)) {
    const pieces = node.data.split(SIDES);
    for (let k = 1; k < pieces.length; k += 2) {
      const word = document.createElement("span");
      word.className = "spinbook-side";
      word.dataset.below = BELOW[pieces[k]];
      word.append(document.createElement("span"));
      word.firstChild.textContent = pieces[k];
      pieces[k] = word;
    }
    node.replaceWith(...pieces);
  }
}

const dialog = document.createElement("dialog");
dialog.className = "spinbook-dialog";
dialog.setAttribute("aria-labelledby", "spinbook-dialog-title");
dialog.innerHTML =
  '<div class="spinbook-dialog-bar"><h2 id="spinbook-dialog-title"></h2><button type="button">Close</button></div>' +
  '<div class="spinbook-dialog-picture" tabindex="0" role="region" aria-label="Picture, scrolls"></div>';

function enlarge(figure) {
  const place = dialog.querySelector(".spinbook-dialog-picture");
  dialog.querySelector("h2").textContent = figure.querySelector("figcaption strong").textContent.replace(/\.$/, "");
  place.replaceChildren(
    ...pictures(figure).map((picture) => {
      const copy = picture.cloneNode();
      copy.removeAttribute("style");
      // One pixel of the picture for each of the screen, and never smaller than on a desktop's page.
      const scale = Math.min(window.devicePixelRatio || 1, 2);
      copy.style.width = `${pictures(figure)[0].naturalWidth / scale}px`;
      return copy;
    }),
  );
  dialog.showModal();
  place.scrollTo(0, 0);
}

function enlargeable(figure) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "spinbook-enlarge";
  button.textContent = "Enlarge";
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", () => enlarge(figure));
  figure.querySelector("figcaption").append(" ", button);
  figure.addEventListener("click", (event) => {
    if (event.target.closest(".spinbook-picture, .spinbook-panels")) enlarge(figure);
  });
}

document.addEventListener("DOMContentLoaded", () => {
  const figures = [...document.querySelectorAll("figure.spinbook-figure")];
  if (figures.length === 0) return;
  document.body.append(dialog);
  // Escape closes a dialog by itself, and the focus goes back to the button.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("button")) dialog.close();
  });
  for (const figure of figures) {
    enlargeable(figure);
    panels(figure);
  }
});
