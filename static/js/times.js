// Times in the reader's zone. The server writes them in UTC, which stays in the title; where the day is another one, it is said.
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const dayOf = (at) => `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
const utcDayOf = (at) => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
const two = (number) => String(number).padStart(2, "0");

// What stands there in UTC, as what it is here; null for what is the same everywhere, such as "3 min ago".
const here = (words, at) => {
  const beside = dayOf(at) === utcDayOf(at) ? "" : `${at.getDate()} ${MONTHS[at.getMonth()]} `;
  if (words === utcDayOf(at)) return dayOf(at);
  if (/^\d\d:\d\d$/.test(words)) return `${beside}${clock.format(at)}`;
  if (/^\d\d:\d\d:\d\d UTC$/.test(words)) return `${beside}${seconds.format(at)}`;
  return null;
};

const tell = () => {
  for (const one of document.querySelectorAll("time[datetime]:not([data-here])")) {
    const at = new Date(one.dateTime);
    if (Number.isNaN(at.getTime()) || at.getTimezoneOffset() === 0) continue;
    one.dataset.here = "";
    one.title ||= `${utcDayOf(at)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
    const words = here(one.textContent.trim(), at);
    if (words !== null) one.textContent = words;
  }
};

tell();
document.addEventListener("htmx:after:swap", tell);
