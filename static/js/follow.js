// Counts and verdicts follow what others say. The server is asked while somebody is at the page, and not while the tab is
// hidden or nothing was moved for five minutes. Only once something was said is the page fetched again, and of it only
// parts without a form are taken: what a decision reaches stays what is on the screen.
const EVERY = 10_000;
const IDLE = 300_000;

const body = document.body;
let moved = Date.now();
let at = body.dataset.followedAt;
let asking = false;

const take = (fresh) => {
  if (fresh.body.dataset.followedShows !== body.dataset.followedShows) return;
  const parts = new Map([...fresh.querySelectorAll("[data-follows]")].map((part) => [part.dataset.follows, part]));
  for (const part of document.querySelectorAll("[data-follows]")) {
    const other = parts.get(part.dataset.follows);
    if (!other || other.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
    part.replaceWith(document.importNode(other, true));
  }
};

// Of folds that were opened, what is in them is asked for too; of so many that no address holds them, nothing is taken.
const LONGEST = 3000;
const here = () => {
  const address = new URL(location.href);
  address.hash = "";
  for (const fold of document.querySelectorAll("[data-follows-folds] details.fold:not(:has(> .fold-body > [data-fold-load]))")) {
    address.searchParams.append("open", fold.id.slice("fold-".length));
  }
  return address.href.length > LONGEST ? null : address.href;
};

const ask = async () => {
  if (asking || document.hidden || Date.now() - moved > IDLE) return;
  asking = true;
  try {
    const answer = await fetch(`${body.dataset.followed}?at=${at}`, { headers: { "HX-Request": "true" }, redirect: "error" });
    if (answer.status === 200) {
      const now = await answer.text();
      const address = here();
      const page = address && (await fetch(address, { redirect: "error" }));
      if (!page) at = now;
      else if (page.status === 200) {
        const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
        take(fresh);
        at = fresh.body.dataset.followedAt || now;
      }
    }
  } catch {
    // the next one tells
  } finally {
    asking = false;
  }
};

for (const kind of ["keydown", "pointermove", "scroll"]) addEventListener(kind, () => (moved = Date.now()), { passive: true });
document.addEventListener("visibilitychange", ask);
setInterval(ask, EVERY);
