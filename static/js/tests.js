// The page of tests: j and k go from row to row, e opens or closes all files; which files were opened by hand is not kept.
const rows = () => [...document.querySelectorAll(".te-files summary.te-file, .te-files [data-row]")].filter((one) => one.checkVisibility());

const go = (step) => {
  const all = rows();
  const here = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, here + step))]?.focus();
};

for (const button of document.querySelectorAll("[data-goes]")) {
  button.addEventListener("click", () => go(Number(button.dataset.goes)));
}

document.querySelector("[data-opens-files]")?.addEventListener("click", () => {
  const files = [...document.querySelectorAll("details.te-f")];
  const isOpen = files.every((one) => one.open);
  for (const one of files) one.open = !isOpen;
});

// Where there is no room beside the tests the filters are a fold that is closed at first.
const wide = matchMedia("(width >= 1000px)");
for (const fold of document.querySelectorAll("[data-facets-fold]")) fold.open = wide.matches;
