// The verdict bar: the reason's line opens and closes; Esc in it returns to the buttons.
const barOf = (element) => element.closest(".bar");

// While a reason is typed the bar floats over the page, above the keyboard of a phone; below it the page keeps its place.
const float = (bar) => {
  document.body.style.paddingBlockEnd = `${bar.offsetHeight}px`;
};
const settle = () => {
  document.body.style.paddingBlockEnd = "";
};
const view = window.visualViewport;
const overKeyboard = () => {
  const covered = Math.max(0, innerHeight - view.height - view.offsetTop);
  document.documentElement.style.setProperty("--keyboard", `${view.scale === 1 ? covered : 0}px`);
};
view?.addEventListener("resize", overKeyboard);
view?.addEventListener("scroll", overKeyboard);
document.addEventListener("htmx:after:swap", () => document.querySelector(".bar[data-asking]") ?? settle());

const open = (bar) => {
  float(bar);
  bar.setAttribute("data-asking", "");
  bar.querySelector("[data-opens-reason]").setAttribute("aria-expanded", "true");
  const field = bar.querySelector("textarea");
  field.focus({ preventScroll: true });
  if (field.value === field.defaultValue) field.select(); // a draft is written on
};

const close = (bar) => {
  bar.removeAttribute("data-asking");
  settle();
  const opener = bar.querySelector("[data-opens-reason]");
  opener.setAttribute("aria-expanded", "false");
  opener.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-reason]");
  if (opener) open(barOf(opener));
  const closer = event.target.closest("[data-closes-reason]");
  if (closer) close(barOf(closer));
  for (const sheet of document.querySelectorAll("[data-shuts][open]")) {
    if (!sheet.contains(event.target)) sheet.open = false;
  }
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.isComposing || !event.target.closest?.(".bar-reason")) return;
    event.preventDefault();
    close(barOf(event.target));
  },
  true, // before the manners of every field
);

for (const bar of document.querySelectorAll(".bar[data-asking]")) float(bar);
