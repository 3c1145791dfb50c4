// Basket and kept searches as one file, to take along to another browser.

import { basket, isSound as isItem, putIn } from "./basket.js";
import { isSound as isSearch, kept } from "./kept.js";
import { said, tell } from "./telling.js";

export function enableBackup(section) {
  const says = section.dataset;
  section.querySelector("[data-save]").addEventListener("click", save);
  section.querySelector("[data-restore]").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    const found = await contents(file).catch(() => null);
    target.value = "";
    if (!found) return tell(said(says.strange, { name: file.name }));
    const items = found.basket.filter(isItem);
    const searches = found.kept.filter(isSearch);
    const isKept = putIn(...items) && kept.change((now) => merged(now, searches));
    const counts = { items: items.length, searches: searches.length };
    if (isKept) tell(said(says.restored, counts));
  });
}

function save() {
  const text = JSON.stringify({ basket: basket.read(), kept: kept.read() }, null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "biwen-backup.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Throws when the file is no backup.
async function contents(file) {
  const found = JSON.parse(await file.text());
  if (!Array.isArray(found.basket) || !Array.isArray(found.kept)) throw new TypeError(file.name);
  return found;
}

function merged(now, more) {
  const queries = new Set(now.map(({ query }) => query));
  return [...now, ...more.filter(({ query }) => !queries.has(query))];
}
