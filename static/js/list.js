// The recordings list: j and k move through the rows, Backspace in the empty box takes back the last filter.
const links = () => [...document.querySelectorAll(".row-link")];

const move = (step) => {
  const rows = links();
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next]?.focus();
};

document.addEventListener("recviewer:next", () => move(1));
document.addEventListener("recviewer:previous", () => move(-1));
document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-moves]");
  if (control) move(Number(control.dataset.moves));
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-search]")) return;
  if (event.key === "Escape") event.target.blur();
  if (event.key === "Backspace" && event.target.value === "") [...document.querySelectorAll("[data-chip]")].at(-1)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Backspace" && event.target.matches("[data-chip]")) {
    event.preventDefault();
    event.target.click();
  }
});

// The filters are open where there is room for them, and behind a line on a phone.
const wide = matchMedia("(width >= 720px)");
const settle = () => {
  for (const fold of document.querySelectorAll("[data-facets-fold]")) fold.open = wide.matches;
};
wide.addEventListener("change", settle);
settle();
document.addEventListener("htmx:after:swap", settle);

// A choice closes when something else is clicked.
document.addEventListener("click", (event) => {
  for (const choice of document.querySelectorAll("[data-choice][open]")) {
    if (!choice.contains(event.target)) choice.open = false;
  }
});
