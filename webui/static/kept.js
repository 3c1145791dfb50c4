// Searches that the reader keeps, each with the mark of the last visit: what the archive held then.

import { StoredList } from "./stored_list.js";

export const kept = new StoredList("biwen.kept", isSound);

export function isSound(item) {
  return (
    typeof item?.query === "string" &&
    typeof item.name === "string" &&
    /^[0-9a-f]{8}-\d+$/.test(item.mark)
  );
}

export function enableKeeping() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-keep]");
    if (!button) return;
    const { keep: query, mark } = button.dataset;
    kept.change((items) => {
      const others = items.filter((item) => item.query !== query);
      return others.length < items.length ? others : [...items, { query, name: "", mark }];
    });
  });
  document.addEventListener("biwen:shown", visit);
  kept.watch(show);
  visit();
}

// A kept search that is looked at has been visited.
function visit() {
  const button = document.querySelector("[data-keep]");
  const found = button && kept.read().find(({ query }) => query === button.dataset.keep);
  if (found && isLater(button.dataset.mark, found.mark)) {
    const { mark } = button.dataset;
    kept.change((items) => items.map((item) => (item.query === found.query ? { ...item, mark } : item)));
  }
  show();
}

// A page that the browser had kept does not bring an earlier visit back.
function isLater(mark, before) {
  const [archive, generation] = mark.split("-");
  const [archiveBefore, generationBefore] = before.split("-");
  return archive !== archiveBefore || Number(generation) > Number(generationBefore);
}

function show() {
  const button = document.querySelector("[data-keep]");
  if (!button) return;
  const isKept = kept.read().some(({ query }) => query === button.dataset.keep);
  button.disabled = false;
  button.setAttribute("aria-pressed", isKept);
  button.querySelector("span").textContent = isKept ? button.dataset.yes : button.dataset.no;
}
