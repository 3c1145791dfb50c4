// The bars of dates: one stop for the Tab key with arrow keys between the bars, and a range of
// time chosen by dragging over them. Without it, every bar is a link.

const DRAG = 5; // pixels from which on a press is a drag

export function enableChoosing(figure) {
  const drawing = figure.querySelector(".bars");
  const chosen = drawing.querySelector(".chosen");
  const bars = [...drawing.querySelectorAll("a")];
  let from = null; // where the pointer went down, in pixels from the left of the window
  let hasDragged = false;

  bars.forEach((bar, at) => (bar.tabIndex = at === bars.length - 1 ? 0 : -1));

  drawing.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const at = bars.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    focus(bars[Math.min(Math.max(to, 0), bars.length - 1)]);
  });

  // A link would be dragged away as a link.
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  drawing.addEventListener("pointerdown", (event) => {
    end();
    if (event.button !== 0 || event.ctrlKey || event.pointerType === "touch") return;
    from = event.clientX;
  });
  drawing.addEventListener("pointermove", (event) => {
    if (from === null) return;
    if (!(event.buttons & 1)) return end(); // released outside
    if (!hasDragged && Math.abs(event.clientX - from) < DRAG) return;
    if (!hasDragged) drawing.setPointerCapture(event.pointerId);
    hasDragged = true;
    show(place(from), place(event.clientX));
  });
  drawing.addEventListener("pointerup", (event) => {
    if (from !== null && hasDragged) open(place(from), place(event.clientX));
    from = null;
  });
  drawing.addEventListener("pointercancel", end);
  // What ended a drag is no click on the bar below the pointer.
  drawing.addEventListener(
    "click",
    (event) => {
      if (hasDragged) event.preventDefault();
      hasDragged = false;
    },
    true,
  );

  function end() {
    from = null;
    hasDragged = false;
    show(0, 0);
  }

  function focus(bar) {
    bars.forEach((each) => (each.tabIndex = each === bar ? 0 : -1));
    bar.focus();
  }

  // In units of the drawing.
  function place(x) {
    const { left, width } = drawing.getBoundingClientRect();
    return (Math.min(Math.max(x - left, 0), width) / width) * drawing.viewBox.baseVal.width;
  }

  function show(a, b) {
    chosen.setAttribute("x", Math.min(a, b));
    chosen.setAttribute("width", Math.abs(b - a));
  }

  // The search within the bars that lie, at least in part, between the two places.
  function open(a, b) {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const inside = bars.filter((bar) => {
      const { x, width } = bar.getBBox();
      return x < high && x + width > low;
    });
    if (!inside.length) return show(0, 0);
    const address = new URL(location);
    address.pathname = new URL(inside[0].href.baseVal, location).pathname;
    address.searchParams.set("from", inside[0].dataset.first);
    address.searchParams.set("to", inside.at(-1).dataset.last);
    address.searchParams.delete("page");
    window.addEventListener("pageshow", end, { once: true }); // when one comes back
    location.href = address;
  }
}
