// The verdict bar: the reason's line opens and closes; Esc in it returns to the buttons.
const barOf = (element) => element.closest(".bar");

const open = (bar) => {
  bar.setAttribute("data-asking", "");
  bar.querySelector("[data-opens-reason]").setAttribute("aria-expanded", "true");
  const field = bar.querySelector("textarea");
  field.focus({ preventScroll: true });
  if (field.value === field.defaultValue) field.select(); // a draft is written on
};

const close = (bar) => {
  bar.removeAttribute("data-asking");
  const opener = bar.querySelector("[data-opens-reason]");
  opener.setAttribute("aria-expanded", "false");
  opener.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-reason]");
  if (opener) open(barOf(opener));
  const closer = event.target.closest("[data-closes-reason]");
  if (closer) close(barOf(closer));
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
