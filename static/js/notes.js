// Notes: an opened field has the focus and knows what the address points at, Ctrl+Enter saves, Esc closes.
const foldOf = (element) => element.closest(".note-add[open]");

document.addEventListener(
  "toggle",
  (event) => {
    const fold = event.target;
    if (!(fold instanceof HTMLDetailsElement) || !fold.matches(".note-add") || !fold.open) return;
    const pin = fold.querySelector(".note-pin");
    const here = location.hash.slice(1);
    if (pin && !pin.value && /^(m|chunk-)\d+$/.test(here)) pin.value = here;
    fold.querySelector("textarea").focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const fold = event.target instanceof Element && foldOf(event.target);
  if (!fold || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    fold.open = false;
    fold.querySelector("summary").focus();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("[data-saves]"));
  }
});
