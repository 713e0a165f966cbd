// Reasons that were given stay on this device, and the last of them are offered where a reason is asked for: ArrowUp in a field
// in which nothing was typed takes the last one, and again the one before. Nothing is sent but by its own button.
const KEY = `recviewer:reasons:${document.body.dataset.site ?? ""}${document.body.dataset.actor ?? ""}`;
const MOST = 5;

const every = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((one) => typeof one === "string");
  } catch {
    return []; // without storage none is offered
  }
};

const keep = (words) => {
  try {
    localStorage.setItem(KEY, JSON.stringify([words, ...every().filter((one) => one !== words)].slice(0, MOST)));
  } catch {
    // as above
  }
};

const write = (field, words) => {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true })); // for drafts
  field.focus();
};

document.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "verdict" || event.submitter.value !== "reject") return;
  const words = event.target.querySelector("[name=note]")?.value.trim();
  if (words) keep(words);
});

document.addEventListener("keydown", (event) => {
  if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.isComposing || event.shiftKey) return;
  const field = event.target.closest?.("[name=note]");
  if (!field) return;
  const all = every();
  const at = field.value === "" ? -1 : all.indexOf(field.value);
  if (at < 0 && field.value !== "") return; // words of one's own: the arrows move in them
  const next = at + (event.key === "ArrowUp" ? 1 : -1);
  if (next < -1 || next >= all.length) return;
  event.preventDefault();
  write(field, next < 0 ? "" : all[next]);
});

// Beside the field of the bar stands which it would be.
const offer = (field) => {
  const form = field.closest(".bar-reason");
  const [last] = every();
  form?.querySelector("[data-last-reason]")?.remove();
  if (!form || !last || field.value !== "") return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button-link bar-again", title: last });
  button.dataset.lastReason = "";
  const key = Object.assign(document.createElement("kbd"), { className: "hint", textContent: "↑" });
  key.setAttribute("aria-hidden", "true");
  button.append(Object.assign(document.createElement("span"), { textContent: `again: ${last}` }), " ", key);
  button.addEventListener("click", () => write(field, last));
  field.after(button);
};
document.addEventListener("focusin", (event) => event.target.matches(".bar-reason [name=note]") && offer(event.target));
document.addEventListener("input", (event) => event.target.matches(".bar-reason [name=note]") && offer(event.target));
