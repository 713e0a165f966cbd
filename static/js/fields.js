// Every text field: Enter does the field's own act and no other, Esc leaves it. What was typed stays.
//
// data-own-act: stands around a field and the button of its act. data-box: a `details` that Esc closes.
const TEXT = "textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=hidden])";
const isOneLine = (field) => field instanceof HTMLInputElement;

const say = (words) => document.dispatchEvent(new CustomEvent("recviewer:say", { detail: words }));

const act = (field, group) => {
  if (field.value.trim() === "") say(`Type first: ${field.labels?.[0]?.textContent ?? field.name}`);
  else group.querySelector("button:not([type=button])").click();
};

const enter = (event, field) => {
  const isSaved = event.ctrlKey || event.metaKey;
  const group = isOneLine(field) && field.closest("[data-own-act]");
  if (event.repeat && isOneLine(field)) {
    event.preventDefault();
  } else if (group) {
    event.preventDefault();
    act(field, group);
  } else if (isSaved && !isOneLine(field) && field.form) {
    event.preventDefault();
    if (!event.repeat) field.form.requestSubmit(field.form.querySelector("[data-saves]"));
  }
};

const shut = (event, box) => {
  event.preventDefault();
  box.open = false;
  box.querySelector("summary").focus();
};

const leave = (event, field) => {
  event.preventDefault(); // a search box would be emptied
  field.blur();
};

// What opens over the page and is not a form: menus, choices, help.
const SHEETS = ".menu[open], details[data-choice][open], details[data-shuts][open]";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return;
  if (event.key === "Enter" && event.target.matches("form[method=post] input[type=checkbox]")) event.preventDefault();
  const isText = event.target.matches(TEXT);
  const box = event.target.closest("details[data-box][open]");
  if (event.key === "Enter" && isText) enter(event, event.target);
  if (event.key === "Escape" && box) shut(event, box);
  else if (event.key === "Escape" && document.querySelector(SHEETS)) shut(event, document.querySelector(SHEETS));
  else if (event.key === "Escape" && isText) leave(event, event.target);
});

// The field has the focus when its box opens.
document.addEventListener(
  "toggle",
  (event) => {
    const box = event.target;
    if (!(box instanceof HTMLDetailsElement) || !box.matches("[data-box]") || !box.open) return;
    box.querySelector(":scope > form")?.querySelector(TEXT)?.focus();
  },
  true,
);
