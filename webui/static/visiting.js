// Another search of the same view is fetched and shown in place. The browser's Navigation API
// keeps address, history and scrolling right; a browser without it loads every page.

import { parsed } from "./parsing.js";
import { say } from "./saying.js";

const LONG = 700; // milliseconds of waiting from which on it is told
const PARTS = ["#main", ".foot"]; // what a search changes, beside its form and some links of the head
const LINKS = "link[rel=alternate], link[rel=canonical], link[rel=search]";
const LISTS = ".facet, .sorts"; // in which one goes on choosing: the focus stays there

export function enableVisiting() {
  window.navigation?.addEventListener("navigate", (event) => {
    if (!isHere(event)) return;
    // Older browsers do not tell what was followed; a link that was has the focus.
    const source = "sourceElement" in event ? event.sourceElement : document.activeElement;
    const isKept = event.navigationType !== "traverse" && source?.closest(LISTS);
    const handler = () => visit(event, isKept ? nameOf(source) : "");
    event.intercept({ scroll: "manual", focusReset: "manual", handler });
  });
}

function isHere({ canIntercept, destination, downloadRequest, formData, hashChange, navigationType }) {
  if (!canIntercept || hashChange || formData || downloadRequest !== null) return false;
  // An earlier entry of this page has to be shown again by who showed it; what a script has
  // put into the address itself has not.
  if (navigationType === "traverse" || destination.sameDocument) {
    return navigationType === "traverse" && destination.sameDocument;
  }
  const there = new URL(destination.url);
  return (
    navigationType !== "reload" &&
    there.pathname === document.querySelector("#main").dataset.view &&
    there.searchParams.get("lang") === new URLSearchParams(location.search).get("lang")
  );
}

async function visit(event, followed) {
  const { signal } = event;
  const main = document.querySelector("#main");
  const form = document.querySelector("[data-ask]");
  if (form.contains(document.activeElement)) document.activeElement.blur(); // as when a page loads
  main.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => say(main.dataset.waiting), LONG);
  signal.addEventListener("abort", () => main.removeAttribute("aria-busy"));

  const page = await fetched(event).catch(() => null);
  clearTimeout(waiting);
  if (signal.aborted) return;
  // The address is that of the new page already.
  if (!page || !isAlike(page)) return location.reload();

  document.title = page.title;
  for (const part of PARTS) document.querySelector(part).replaceWith(page.querySelector(part));
  document.head.querySelectorAll(LINKS).forEach((link) => link.remove());
  document.head.append(...page.head.querySelectorAll(LINKS));
  fill(form, page.querySelector("[data-ask]"));
  document.dispatchEvent(new CustomEvent("biwen:shown"));
  arrive(event, followed);
}

// The page at the address; null when it is none. Going back takes what was seen there.
async function fetched({ destination, navigationType, signal }) {
  const cache = navigationType === "traverse" ? "force-cache" : "default";
  const response = await fetch(destination.url, { signal, cache });
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || response.redirected || !type.startsWith("text/html")) return null;
  return parsed(await response.text());
}

// Of the same view, for the same scripts and style sheet.
function isAlike(page) {
  return ["#main[data-view]", "script[src]"].every((selector) => {
    const [theirs, ours] = [page, document].map((each) => each.querySelector(selector));
    return theirs && theirs.dataset.view === ours.dataset.view && theirs.src === ours.src;
  });
}

// What someone types meanwhile stays.
function fill(form, other) {
  form.querySelectorAll("[type=hidden]").forEach((field) => field.remove());
  const hidden = other.querySelectorAll("[type=hidden]");
  hidden.forEach((field) => field.remove());
  const typed = other.querySelectorAll("input");
  form.querySelectorAll("input").forEach((field, at) => {
    if (field !== document.activeElement) field.value = typed[at].value;
  });
  form.append(...hidden);
}

// The focus goes on in the list where a value was chosen, and to the heading otherwise, as in a
// page that was loaded; not, however, when it has been put somewhere else meanwhile.
function arrive(event, followed) {
  const main = document.querySelector("#main");
  const heading = main.querySelector("h1");
  const links = followed ? [...main.querySelectorAll(".facet a, .sorts a")] : [];
  const same = links.find((link) => nameOf(link) === followed);
  if (same) {
    for (let at = same; (at = at.parentElement.closest("details")); ) at.open = true;
  } else {
    event.scroll();
  }
  const isFree = document.activeElement === document.body;
  if (isFree && !same) heading.tabIndex = -1;
  if (isFree) (same ?? heading).focus({ preventScroll: !same });
  const said = [...main.querySelectorAll("[data-said]")];
  // The heading that has the focus is read anyway.
  const texts = said.filter((each) => each !== document.activeElement).map((each) => each.innerText);
  say(texts.join(" ").replace(/\s+/g, " "));
}

function nameOf(link) {
  const list = link.closest(LISTS).querySelector("h2")?.textContent ?? "";
  return `${list}\n${(link.querySelector(".label") ?? link).textContent}`;
}
