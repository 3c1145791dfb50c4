// A box above a long list of facet values that leaves those which hold what is typed.

const LONG = 20; // values from which on a box is worth its place

export function enableFiltering(list) {
  const items = [...list.children];
  if (items.length < LONG) return;
  const box = document.createElement("input");
  box.type = "search";
  box.className = "filter";
  box.placeholder = list.dataset.filter;
  box.setAttribute("aria-label", list.dataset.filter);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const item of items) {
      item.hidden = !item.querySelector(".label").textContent.toLowerCase().includes(wanted);
    }
  });
  list.before(box);
}
