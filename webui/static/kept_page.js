// The page of kept searches: names, and what is new in each since it was last looked at.

import { kept } from "./kept.js";
import { fillField, followed, textOf } from "./rows.js";
import { said, tell } from "./telling.js";

export function enableKept(page) {
  const list = page.querySelector("[data-items]");
  const says = page.dataset;
  const showRows = followed(list, page.querySelector("template"), ({ query }) => query);
  const news = new Map(); // what the server said of each search, by its query and mark

  page.querySelector("[data-scripted]").hidden = false;
  kept.watch(show);
  show();
  ask();

  list.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-name]")) return;
    const { key } = target.closest("[data-key]").dataset;
    const name = target.value.trim();
    // An empty name is none: the search is called what it asks for.
    kept.change((items) => items.map((item) => (item.query === key ? { ...item, name } : item)));
  });
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest("[data-key]");
    const items = kept.read();
    const removed = items.find(({ query }) => query === row.dataset.key);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (!kept.change((now) => now.filter(({ query }) => query !== removed.query))) return;
    (next?.querySelector("[data-remove]") ?? page.querySelector("h1")).focus();
    tell(said(says.removed, { name: row.querySelector("[data-open]").textContent }), {
      label: says.undo,
      run: () => kept.change((now) => [...now, removed]),
    });
  });

  function show() {
    const items = kept.read();
    page.querySelector("[data-nothing]").hidden = items.length > 0;
    showRows(items, fill);
  }

  function fill(row, item) {
    const answer = news.get(key(item));
    const isCompared = Number.isInteger(answer?.new);
    const query = new URLSearchParams(item.query).get("q") || says.everything;
    const open = row.querySelector("[data-open]");
    open.textContent = item.name || query;
    open.href = address(says.search, item.query, { since: isCompared ? item.mark : "" });
    row.querySelector("[data-feed]").href = address(says.feed, item.query, {});
    const name = row.querySelector("[data-name]");
    fillField(name, item.name);
    for (const control of row.querySelectorAll("[data-names]")) {
      control.setAttribute("aria-label", said(control.dataset.names, { name: open.textContent }));
    }
    // Under a name of its own, the query is one of the conditions.
    const chips = [...(item.name ? [query] : []), ...(answer?.filters ?? [])];
    row.querySelector("[data-chips]").replaceChildren(...chips.map(chip));
    showNews(row.querySelector("[data-new]"), item, answer);
    textOf(row, "[data-all]", isCompared ? counted(answer.total, "total") : "");
  }

  function showNews(place, item, answer) {
    place.classList.toggle("some", Boolean(answer?.new));
    if (answer?.new) {
      const link = document.createElement("a");
      link.href = address(says.search, item.query, { since: item.mark, new: "1" });
      link.textContent = counted(answer.new, "new");
      place.replaceChildren(link);
    } else if (answer) {
      place.textContent = answer.sentence ?? says.none;
    } else {
      place.textContent = says.asking;
    }
  }

  function counted(count, name) {
    const sentence = count === 1 ? says[`${name}One`] : says[`${name}Several`];
    return said(sentence, { count: count.toLocaleString("en") });
  }

  // One after the other: a server answers one search at a time anyway.
  async function ask() {
    for (const item of kept.read()) {
      news.set(key(item), await answerTo(item));
      show();
    }
  }

  async function answerTo({ query, mark }) {
    const response = await fetch(address(says.news, query, { since: mark })).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (!answer) return { sentence: says.unreachable };
    if (!response.ok) return { sentence: answer.error?.message ?? says.unreachable };
    return answer.new === null ? { ...answer, sentence: answer.warnings.at(-1) } : answer;
  }

  function address(path, query, more) {
    const found = new URLSearchParams(query);
    const lang = new URLSearchParams(location.search).get("lang");
    for (const [name, value] of Object.entries({ ...more, lang })) if (value) found.set(name, value);
    return `${path}?${found}`;
  }
}

function key({ query, mark }) {
  return `${mark} ${query}`;
}

function chip(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
