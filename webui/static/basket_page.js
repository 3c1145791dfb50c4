// The page of the basket: notes, order, removal, and the form that makes a file of it.

import { enableBackup } from "./backup.js";
import { annotate, basket, move, takeOut } from "./basket.js";
import { fillField, followed, textOf } from "./rows.js";
import { said, tell } from "./telling.js";

export function enableBasket(page) {
  const list = page.querySelector("[data-items]");
  const form = page.querySelector("[data-export]");
  const says = page.dataset;
  const showRows = followed(list, page.querySelector("template"), ({ id }) => id);
  const missing = new Set(); // ids that the archive does not have

  enableBackup(page.querySelector("[data-backup]"));
  page.querySelector("[data-scripted]").hidden = false;
  basket.watch(show);
  show();
  check();

  // With every key: who follows a link never leaves the field first.
  list.addEventListener("input", ({ target }) => {
    if (target.matches("[data-note]")) annotate(keyOf(target), target.value.trim());
  });
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const id = keyOf(button);
    const items = basket.read();
    const at = items.findIndex((item) => item.id === id);
    if (button.matches("[data-remove]")) remove(items, at);
    else if (button.matches("[data-up]")) moveTo(items, at, at - 1);
    else if (button.matches("[data-down]")) moveTo(items, at, at + 1);
  });
  page.querySelector("[data-empty]").addEventListener("click", () => {
    const items = basket.read();
    if (items.length && basket.change(() => [])) undoable(says.emptied, {}, items);
    page.querySelector("h1").focus();
  });
  form.addEventListener("submit", () => {
    const items = basket.read().map(({ id, note, title }) => ({ id, note, title }));
    form.elements.basket.value = JSON.stringify(items);
  });
  enableDragging();

  function show() {
    const items = basket.read();
    for (const part of page.querySelectorAll("[data-filled]")) part.hidden = !items.length;
    page.querySelector("[data-nothing]").hidden = items.length > 0;
    const sentence = items.length === 1 ? says.one : says.several;
    const count = items.length.toLocaleString("en");
    page.querySelector("[data-total]").textContent = items.length ? said(sentence, { count }) : "";
    showRows(items, (row, item, at) => fill(row, item, at, items.length));
  }

  function fill(row, item, at, count) {
    const link = row.querySelector("a");
    link.textContent = item.title || item.id;
    link.href = item.url;
    textOf(row, "[data-kind]", says[item.kind] ?? "");
    textOf(row, "[data-date]", item.date?.replace("T", " ") ?? says.undated);
    textOf(row, "[data-source]", item.source ?? "");
    row.querySelector("[data-missing]").hidden = !missing.has(item.id);
    const note = row.querySelector("[data-note]");
    fillField(note, item.note);
    for (const control of row.querySelectorAll("[data-names]")) {
      control.setAttribute("aria-label", said(control.dataset.names, { title: item.title }));
    }
    // Not disabled, or the one that was pressed would lose the focus.
    row.querySelector("[data-up]").setAttribute("aria-disabled", at === 0);
    row.querySelector("[data-down]").setAttribute("aria-disabled", at === count - 1);
  }

  function remove(items, at) {
    const { id, title } = items[at];
    const next = list.children[at + 1] ?? list.children[at - 1];
    if (!takeOut(id)) return;
    (next?.querySelector("[data-remove]") ?? page.querySelector("h1")).focus();
    undoable(says.removed, { title }, items);
  }

  function undoable(sentence, values, items) {
    tell(said(sentence, values), {
      label: says.undo,
      // What came into the basket since stays in it.
      run: () =>
        basket.change((now) => {
          const ids = new Set(items.map(({ id }) => id));
          return [...items, ...now.filter(({ id }) => !ids.has(id))];
        }),
    });
  }

  function moveTo(items, at, to) {
    if (to < 0 || to >= items.length || !move(items[at].id, to)) return;
    const place = { title: items[at].title, place: to + 1, count: items.length };
    tell(said(says.moved, place));
  }

  // Which documents are known under another id now, and which are not there any more.
  async function check() {
    const items = basket.read();
    if (!items.length) return;
    const body = new URLSearchParams({ basket: JSON.stringify(items.map(({ id }) => ({ id }))) });
    const response = await fetch(says.check, { method: "POST", body }).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    if (!answer) return;
    const current = new Map(items.map(({ id }, at) => [id, answer.current[at]]));
    for (const [id, now] of current) if (now === null) missing.add(id);
    if (items.some(({ id }) => (current.get(id) ?? id) !== id)) {
      basket.change((now) => renamed(now, current));
    } else {
      show();
    }
    if (missing.size) tell(missing.size === 1 ? says.oneMissing : said(says.someMissing, { count: missing.size }));
  }

  function enableDragging() {
    let dragged = null;
    list.addEventListener("pointerdown", ({ target }) => {
      const row = target.closest("[data-key]");
      // By its handle alone: text is to be selected as anywhere.
      if (row) row.draggable = Boolean(target.closest("[data-handle]"));
    });
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("[data-key]");
      event.dataTransfer.effectAllowed = "move";
      dragged.classList.add("dragged");
    });
    list.addEventListener("dragover", (event) => {
      const row = event.target.closest("[data-key]");
      if (!dragged || !row) return;
      event.preventDefault();
      if (row === dragged) return;
      const { top, height } = row.getBoundingClientRect();
      row[event.clientY < top + height / 2 ? "before" : "after"](dragged);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
    list.addEventListener("dragend", () => {
      if (!dragged) return;
      dragged.classList.remove("dragged");
      dragged.draggable = false;
      const items = basket.read();
      const from = items.findIndex(({ id }) => id === dragged.dataset.key);
      const to = [...list.children].indexOf(dragged);
      dragged = null;
      if (from >= 0 && from !== to) moveTo(items, from, to);
      show();
    });
  }
}

function keyOf(element) {
  return element.closest("[data-key]").dataset.key;
}

// The items by their present ids; of two that became one the notes are put together.
function renamed(items, current) {
  const made = new Map();
  for (const item of items) {
    const id = current.get(item.id) ?? item.id;
    const url = id === item.id ? item.url : item.url.replace(item.id, id);
    const before = made.get(id);
    const notes = [before?.note, item.note].filter(Boolean);
    made.set(id, { ...(before ?? item), id, url, note: [...new Set(notes)].join(" / ") });
  }
  return [...made.values()];
}
