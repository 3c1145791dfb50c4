// What the reader collects: documents by their ids, in an order, each with a note. What is shown
// of them is kept with them, so that the list can be read when a document is no longer there.

import { StoredList } from "./stored_list.js";
import { said, sentences, tell } from "./telling.js";

const MOST = 1000; // as the server takes

export const basket = new StoredList("biwen.basket", isSound);

export function isSound(item) {
  return (
    typeof item?.id === "string" &&
    item.id !== "" &&
    typeof item.title === "string" &&
    typeof item.note === "string" &&
    /^https?:/.test(item.url)
  );
}

// Puts the documents behind the others, but for those that are there already.
export function putIn(...added) {
  const items = basket.read();
  const ids = new Set(items.map(({ id }) => id));
  const fresh = added.filter(({ id }) => !ids.has(id));
  if (items.length + fresh.length > MOST) {
    tell(said(sentences.most, { most: MOST }));
    return false;
  }
  return basket.change((now) => [...now, ...fresh]);
}

export function takeOut(id) {
  return basket.change((items) => items.filter((item) => item.id !== id));
}

export function annotate(id, note) {
  return basket.change((items) => items.map((item) => (item.id === id ? { ...item, note } : item)));
}

// Moves a document to a place, counted from 0.
export function move(id, to) {
  return basket.change((items) => {
    const moved = items.find((item) => item.id === id);
    const others = items.filter((item) => item !== moved);
    return moved ? others.toSpliced(to, 0, moved) : items;
  });
}
