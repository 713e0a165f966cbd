// A test's page: j and k go from turn to turn.
const turns = () => [...document.querySelectorAll("[data-turn-of-test]")].filter((one) => one.checkVisibility());

const top = () => (document.querySelector(".top")?.getBoundingClientRect().bottom ?? 0) + 12;

// The turn that was gone to last, as long as it is where it was; else the last one whose head has been passed.
const here = (all) => {
  const focused = all.indexOf(document.activeElement);
  return focused >= 0 ? focused : all.findLastIndex((one) => one.getBoundingClientRect().top <= top() + 1);
};

const go = (step) => {
  const all = turns();
  const next = all[Math.max(0, Math.min(all.length - 1, here(all) + step))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
};

for (const button of document.querySelectorAll("[data-goes]")) {
  button.addEventListener("click", () => go(Number(button.dataset.goes)));
}
