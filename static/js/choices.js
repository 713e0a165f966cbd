// What the reader chose and is remembered: theme, keys, seams. Nothing that a recording says is ever stored.
const root = document.documentElement;

const remember = (name, value) => {
  try {
    const kept = JSON.parse(localStorage.getItem("recviewer") || "{}");
    kept[name] = value;
    localStorage.setItem("recviewer", JSON.stringify(kept));
  } catch {
    // without storage the choice holds for this page
  }
};

const say = (words) => document.dispatchEvent(new CustomEvent("recviewer:say", { detail: words }));

const NEXT = { system: "light", light: "dark", dark: "system" };

const themed = () => {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.title = `Theme: ${root.dataset.theme ?? "as the system"}`;
  }
};

const turns = {
  theme() {
    const theme = NEXT[root.dataset.theme ?? "system"];
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    remember("theme", theme);
    say(`Theme: ${theme === "system" ? "as the system" : theme}`);
    themed();
  },
  keys() {
    const off = root.dataset.keys !== "off";
    if (off) root.dataset.keys = "off";
    else delete root.dataset.keys;
    remember("keys", off ? "off" : "on");
    say(off ? "Keys are off" : "Keys are on");
  },
  seams() {
    const on = root.dataset.seams !== "on";
    if (on) root.dataset.seams = "on";
    else delete root.dataset.seams;
    remember("seams", on ? "on" : "off");
    say(on ? "Seams shown" : "Seams hidden");
  },
};

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-turn]");
  if (!control || !(control.dataset.turn in turns)) return;
  event.preventDefault();
  turns[control.dataset.turn]();
});

themed();
