/* The filter of the scorecard: by paper, verdict and whose claim it is. Without this script all rows are shown.
 *
 * A link may choose what is shown first: scorecard.html?paper=dp&verdict=fails.
 */
(function () {
  "use strict";
  const form = document.querySelector(".scorecard-filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("tr[data-verdict]")];
  const told = form.querySelector("[data-told]");
  const chosen = new URLSearchParams(window.location.search);

  function apply() {
    let count = 0;
    for (const row of rows) {
      row.hidden = [...form.querySelectorAll("select")].some((s) => s.value && row.dataset[s.name] !== s.value);
      count += row.hidden ? 0 : 1;
    }
    const empty = (part) => !part.querySelector("tr[data-verdict]:not([hidden])");
    // The heading of an item, the table and the section of a paper go with the last of their rows.
    for (const group of document.querySelectorAll("tbody.scorecard-item, .scorecard-part")) group.hidden = empty(group);
    for (const section of document.querySelectorAll("section section")) {
      if (section.querySelector("tr[data-verdict]")) section.hidden = empty(section);
    }
    told.textContent = count + " of " + rows.length + " rows shown";
  }

  for (const select of form.querySelectorAll("select")) {
    const wanted = chosen.get(select.name);
    if ([...select.options].some((option) => option.value === wanted)) select.value = wanted;
    select.addEventListener("change", apply);
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => window.setTimeout(apply));
  form.hidden = false;
  apply();
})();
