// Notes: a field that opens knows what the address points at.
document.addEventListener(
  "toggle",
  (event) => {
    const fold = event.target;
    if (!(fold instanceof HTMLDetailsElement) || !fold.matches(".note-add") || !fold.open) return;
    const pin = fold.querySelector(".note-pin");
    const here = location.hash.slice(1);
    if (pin && !pin.value && /^(m|chunk-)\d+$/.test(here)) pin.value = here;
  },
  true,
);
