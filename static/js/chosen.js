// What is chosen in the list, for as long as the tab is open: across its pages, orders and filters, until it was acted on.
// For other scripts it is `recviewerChosen`. Kept are the values of the ticks (what was seen, and where) with what the bar counts; nothing that a recording says.
const KEPT = "recviewer:chosen";
const nobody = { items: {}, sent: [] };
let here = null;

const name = () => `${KEPT} ${document.body.dataset.site ?? ""}${document.body.dataset.actor ?? ""}`;

const read = () => {
  if (here) return here;
  try {
    const kept = JSON.parse(sessionStorage.getItem(name()) ?? "null");
    here = kept && typeof kept.items === "object" && Array.isArray(kept.sent) ? kept : structuredClone(nobody);
  } catch {
    here = structuredClone(nobody); // without storage a choice lives on one page
  }
  return here;
};

const write = () => {
  try {
    sessionStorage.setItem(name(), JSON.stringify(here));
  } catch {
    // as above
  }
};

// Where a recording is: what stands in a tick's value after the blob that was seen.
const placeOf = (item) => item.slice(item.indexOf(":") + 1);

const all = () => Object.values(read().items);

const drop = () => {
  here = structuredClone(nobody);
  write();
};

// Take over what the ticks of this page say.
const take = (ticks) => {
  const kept = read();
  for (const tick of ticks) {
    const { bytes, test, subject, total } = tick.dataset;
    if (tick.checked) kept.items[placeOf(tick.value)] = { item: tick.value, bytes, test, subject, total };
    else delete kept.items[placeOf(tick.value)];
  }
  write();
};

// Tick what is chosen; what is another now is chosen no more. Returns how many those are.
const give = (ticks) => {
  const kept = read();
  let changed = 0;
  for (const tick of ticks) {
    const one = kept.items[placeOf(tick.value)];
    if (one && one.item !== tick.value) {
      delete kept.items[placeOf(tick.value)];
      changed += 1;
    }
    tick.checked = Boolean(one) && one.item === tick.value;
  }
  if (changed) write();
  return changed;
};

// A form that acts on the choice takes it along: it is let go on the next list, unless a page says that it was not used.
const spend = (form) => {
  const kept = read();
  const fields = [...form.querySelectorAll("[name=item]")].filter((field) => field.type !== "checkbox" || field.checked);
  kept.sent = fields.flatMap((field) => field.value.split(" "));
  write();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.submitter?.hasAttribute("data-keeps-choice")) return;
  if (form.matches("[data-spends-choice]")) spend(form);
});

// Back from a page that was left is the page as it stood: what was chosen meanwhile is read anew.
const settle = () => {
  here = null;
  const kept = read();
  if (!kept.sent.length) return;
  if (kept.sent.some((item) => item.startsWith("@"))) kept.items = {};
  for (const item of kept.sent) delete kept.items[placeOf(item)];
  kept.sent = [];
  write();
};

if (document.querySelector("[data-refused], [data-asks]") && read().sent.length) {
  read().sent = [];
  write();
}

window.recviewerChosen = { placeOf, all, drop, take, give, settle };
