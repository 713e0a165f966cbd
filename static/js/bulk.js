// The bar of acts on many, on a phone: four buttons, and what a button asks for in their place. Escape goes back to them.
//
// data-asks-for: "note", the reason; "more", the rest; "" for the buttons again.
const ask = (bar, what) => {
  const before = bar.dataset.asks ?? "";
  bar.dataset.asks = what;
  for (const opener of bar.querySelectorAll("[data-asks-for][aria-expanded]")) {
    opener.setAttribute("aria-expanded", String(what !== "" && opener.dataset.asksFor === what));
  }
  const first = what === "note" ? bar.querySelector("[name=note]") : bar.querySelector(`[data-asks-for="${what || before}"]`);
  if (what === "more") [...bar.querySelectorAll(".bulk-more")].find((one) => one.checkVisibility())?.querySelector("input")?.focus();
  else first?.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-asks-for]");
  if (opener) ask(opener.closest("[data-bulk-bar]"), opener.dataset.asksFor);
});

document.addEventListener(
  "keydown",
  (event) => {
    const bar = event.key === "Escape" && !event.isComposing && event.target.closest?.("[data-bulk-bar][data-asks]");
    if (!bar || !bar.dataset.asks) return;
    event.preventDefault();
    event.stopPropagation();
    ask(bar, "");
  },
  true, // before the manners of every field, and before Escape chooses nothing
);
