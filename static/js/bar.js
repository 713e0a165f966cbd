// The verdict bar: the reason's line opens and closes, Ctrl+Enter saves it, Esc returns to the buttons.
const barOf = (element) => element.closest(".bar");

const open = (bar) => {
  bar.setAttribute("data-asking", "");
  bar.querySelector("[data-opens-reason]").setAttribute("aria-expanded", "true");
  const field = bar.querySelector("textarea");
  field.focus({ preventScroll: true });
  field.select();
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

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !barOf(field) || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close(barOf(field));
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.requestSubmit(field.form.querySelector("[data-saves]"));
  }
});

// The field for a new tag has the focus as soon as it is there; Esc closes it.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target instanceof HTMLDetailsElement && event.target.matches(".tag-add") && event.target.open) {
      event.target.querySelector("input.field").focus();
    }
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const adding = event.key === "Escape" && event.target instanceof Element && event.target.closest(".tag-add[open]");
  if (!adding) return;
  adding.open = false;
  adding.querySelector("summary").focus();
});
