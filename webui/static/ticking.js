// Boxes that put a document into the basket, and the number of those in it.

import { basket, putIn, takeOut } from "./basket.js";

export function enableTicking() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".tick")) return;
    const { tick: id, item } = target.dataset;
    const isKept = target.checked ? putIn({ ...JSON.parse(item), id, note: "" }) : takeOut(id);
    if (!isKept) show();
  });
  document.addEventListener("biwen:shown", show);
  basket.watch(show);
  show();
}

function show() {
  const items = basket.read();
  const ids = new Set(items.map(({ id }) => id));
  for (const box of document.querySelectorAll(".tick")) {
    box.disabled = false;
    box.checked = ids.has(box.dataset.tick);
  }
  for (const count of document.querySelectorAll("[data-basket-count]")) {
    count.textContent = items.length ? items.length.toLocaleString("en") : "";
  }
}
