// A list on the page that follows a list of items: a row an item, which stays the same element as
// long as its item is there, so that what is typed and focused in it stays.

export function followed(list, template, keyOf) {
  const rows = new Map();

  return function show(items, fill) {
    const focused = document.activeElement;
    const keys = new Set(items.map(keyOf));
    for (const [key, row] of rows) {
      if (keys.has(key)) continue;
      row.remove();
      rows.delete(key);
    }
    const wanted = items.map((item, at) => {
      const key = keyOf(item);
      const row = rows.get(key) ?? template.content.firstElementChild.cloneNode(true);
      rows.set(key, row);
      row.dataset.key = key;
      fill(row, item, at);
      return row;
    });
    if (wanted.some((row, at) => list.children[at] !== row)) list.replaceChildren(...wanted);
    // Who is moved loses the focus.
    if (list.contains(focused)) focused.focus({ preventScroll: true });
  };
}

// A field says what is kept, but not while somebody types in it.
export function fillField(field, text) {
  if (field !== document.activeElement) field.value = text;
}

export function textOf(row, selector, text) {
  const place = row.querySelector(selector);
  place.textContent = text;
  place.hidden = !text;
}
