// Keys press real buttons and follow real links: those with `data-key`. The same attributes make the help sheet.
//
// data-key="a": one key, as event.key gives it, a capital letter with Shift; several separated by spaces. data-key-name="Approve": how the sheet
// names it, else the control's own words. The first visible control with a key wins. A field gets focus, a `details` toggles.
// data-early: the control only leads somewhere or shows something, so its key may be pressed before the page listens.
const sheet = () => document.querySelector("[data-key-sheet]");

const isTyping = (target) =>
  target instanceof Element &&
  target.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

// What a key is called. Letters go by Shift alone, so Caps Lock changes none; the rest is what the layout makes of it.
const keyOf = (event) => {
  const { key } = event;
  if (key.length !== 1 || key.toLowerCase() === key.toUpperCase()) return key;
  return event.shiftKey ? key.toUpperCase() : key.toLowerCase();
};

// Keys with Ctrl, Alt or Cmd belong to the browser, but for signs that a layout makes with AltGr (Windows may tell it as
// Ctrl and Alt) or Option: [ and ] on many.
const isShortcut = (event) => {
  const isSign = /^[^\p{L}\p{N}\s]$/u.test(event.key);
  const isThirdLevel = event.altKey || event.getModifierState("AltGraph");
  return event.metaKey || (isThirdLevel ? !isSign : event.ctrlKey);
};

// A key that is held only moves: it decides nothing.
const moves = (control) => control.matches("[data-moves], [rel=next], [rel=prev]");

const isShown = (control) => control.checkVisibility();

const controlFor = (key) =>
  [...document.querySelectorAll("[data-key]")].find(
    (control) => control.dataset.key.split(" ").includes(key) && !control.disabled && isShown(control),
  );

const nameOf = (control) =>
  control.dataset.keyName || control.getAttribute("aria-label") || control.textContent.replace(/\s+/g, " ").trim();

const fill = (dialog) => {
  const list = dialog.querySelector("[data-key-list]");
  const row = dialog.querySelector("template");
  list.replaceChildren();
  const seen = new Set();
  for (const control of document.querySelectorAll("[data-key]")) {
    if (dialog.contains(control) || seen.has(control.dataset.key) || !isShown(control)) continue;
    seen.add(control.dataset.key);
    const made = row.content.cloneNode(true);
    made.querySelector("kbd").textContent = control.dataset.key.split(" ").join(" or ");
    made.querySelector("dd").textContent = nameOf(control);
    list.append(made);
  }
};

const press = (control) => {
  if (control.matches("input, textarea, select")) {
    control.focus();
    control.select?.();
  } else if (control.matches("details")) {
    control.open = !control.open;
    // At once, not when the browser tells of it: the next key is meant for the field.
    if (control.open) control.querySelector(":scope > form")?.querySelector("textarea, input:not([type=hidden])")?.focus();
  } else {
    control.click();
  }
};

const isOurs = (event) => {
  if (event.defaultPrevented || event.isComposing || isShortcut(event)) return false;
  if (document.querySelector("dialog[open]") || isTyping(event.target)) return false;
  if (document.documentElement.dataset.keys === "off") return false;
  return !["Enter", " ", "Tab"].includes(event.key);
};

const hear = (event) => {
  const control = isOurs(event) && controlFor(keyOf(event));
  if (!control) return;
  event.preventDefault();
  if (!event.repeat || moves(control)) press(control);
};

// Keys that were pressed before the page listened. Those that only lead somewhere or show something (data-early) count, up
// to the first that does not, or that leaves the place where they were pressed: what comes after was meant for what it brings.
const TOO_OLD = 2000; // ms
const replay = (events) => {
  for (const event of events) {
    if (event.key === "Shift") continue;
    const control = isOurs(event) && !isTyping(document.activeElement) && controlFor(keyOf(event));
    if (!control || !(moves(control) || control.matches("[data-early]"))) return;
    if (performance.now() - event.timeStamp < TOO_OLD) press(control);
    if (!control.matches("[data-moves]")) return;
  }
};

// The page listens when all of its scripts do: a row is moved by another one. See early.js.
document.addEventListener("recviewer:pressed", (event) => {
  document.addEventListener("keydown", hear);
  replay(event.detail);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-opens-keys]")) {
    const dialog = sheet();
    fill(dialog);
    dialog.showModal();
  }
  const closes = event.target.closest("[data-closes]");
  if (closes) closes.closest("dialog").close();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  const on = document.documentElement.dataset.keys !== "off";
  if (event.target.checked !== on) document.querySelector("[data-turn=keys]").click();
});

for (const box of document.querySelectorAll("[data-keys-switch]")) {
  box.checked = document.documentElement.dataset.keys !== "off";
}
