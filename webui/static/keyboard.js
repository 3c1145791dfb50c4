// Keys: / to the box, j and k through the results, x ticks, c copies the link, ? lists the keys.
// A result is an element .hit[data-permalink]; the link in it is what takes the focus.

import { copyText } from "./copying.js";
import { show } from "./saying.js";

const OFF = "biwen-keys-off"; // in the browser's storage: single keys do nothing (WCAG 2.1.4)
const TEXT = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

export function enableKeyboard(dialog) {
  const areOn = dialog.querySelector("input");
  areOn.checked = recall();
  areOn.addEventListener("change", () => keep(areOn.checked));
  window.addEventListener("storage", () => (areOn.checked = recall()));

  // Whether the key did something.
  const keys = {
    "/": toTheBox,
    j: () => step(1),
    k: () => step(-1),
    x: tick,
    c: () => copyLink(dialog.dataset),
    "?": open,
  };

  document.addEventListener("keydown", (event) => {
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (act && areOn.checked && isFree(event) && act()) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-keys]")) open();
  });

  function open() {
    dialog.showModal();
    return true;
  }
}

// Not typed into a field, not meant for the browser, not held down where that makes no sense.
function isFree(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return false;
  // 229: a key that an input method has taken.
  if (event.isComposing || event.keyCode === 229) return false;
  if (event.repeat && event.key !== "j" && event.key !== "k") return false;
  return !event.target.closest(TEXT) && !document.querySelector("dialog[open]");
}

function toTheBox() {
  const box = document.querySelector("[data-ask] .words");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function step(by) {
  const hits = [...document.querySelectorAll(".hit[data-permalink]")];
  const at = hits.indexOf(document.activeElement.closest(".hit"));
  const hit = hits[at + by] ?? hits[at];
  if (!hit) return false;
  hit.querySelector("a[href]").focus({ preventScroll: true });
  hit.scrollIntoView({ block: "nearest" });
  return true;
}

// The result that has the focus, or the document of the page.
function subject() {
  const hit = document.activeElement.closest(".hit[data-permalink]");
  return hit ?? document.querySelector(".document[data-permalink]");
}

function tick() {
  const box = subject()?.querySelector("input.tick");
  box?.click();
  return Boolean(box);
}

function copyLink({ copied, failed }) {
  const link = subject()?.dataset.permalink;
  if (link) copyText(link).then((isCopied) => show(`${isCopied ? copied : failed} ${link}`));
  return Boolean(link);
}

// A browser may refuse to keep anything; the choice then lasts as long as the page.
function recall() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

function keep(isOn) {
  try {
    if (isOn) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {}
}
