// Suggestions below the search box: a combobox with a list, as the WAI-ARIA Authoring
// Practices describe it ("list autocomplete with manual selection").

const PAUSE = 120; // milliseconds without a key before the server is asked

export function enableSuggesting(box) {
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[aria-live]");
  let shown = []; // the suggestions in the list
  let active = -1; // the one that Enter takes
  let isComposing = false;
  let timer;
  let asking = new AbortController();

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  close();

  input.addEventListener("compositionstart", () => {
    isComposing = true;
    close();
  });
  input.addEventListener("compositionend", () => {
    isComposing = false;
    askSoon();
  });
  input.addEventListener("input", (event) => {
    if (!isComposing && !event.isComposing) askSoon();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    // 229: Safari ends the composition before it tells of the Enter that ended it.
    if (isComposing || event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault();
    } else if (pressed(event)) {
      event.preventDefault();
    }
  });
  input.form.addEventListener("submit", close);

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", ({ target }) => {
    const at = [...list.children].indexOf(target.closest("[role=option]"));
    if (at >= 0) take(shown[at]);
  });

  // Whether the key was one for the list.
  function pressed({ key, altKey }) {
    if (list.hidden) {
      const opens = (key === "ArrowDown" || key === "ArrowUp") && shown.length > 0;
      if (opens) open(altKey ? -1 : key === "ArrowDown" ? 0 : shown.length - 1);
      return opens;
    }
    if (key === "Escape" || (key === "ArrowUp" && altKey)) close();
    else if (key === "ArrowDown") activate(active === shown.length - 1 ? -1 : active + 1);
    else if (key === "ArrowUp") activate(active === -1 ? shown.length - 1 : active - 1);
    else if (key === "Enter" && active >= 0) take(shown[active]);
    else {
      if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) activate(-1);
      return false;
    }
    return true;
  }

  // What is in the list stays there until the answer to what is typed now takes its place.
  function askSoon() {
    takeBack();
    activate(-1);
    status.textContent = "";
    if (input.value.trim()) timer = setTimeout(ask, PAUSE);
    else show([]);
  }

  async function ask() {
    const { signal } = asking;
    const url = `${box.dataset.suggest}?${new URLSearchParams({ q: input.value })}`;
    // Taken back, or no server: the box is a search box without suggestions.
    const response = await fetch(url, { signal }).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    if (signal.aborted) return;
    show(answer?.suggestions ?? []);
    if (answer) say(shown.length);
  }

  function show(suggestions) {
    close();
    shown = suggestions;
    list.replaceChildren(...shown.map(option));
    if (shown.length) open(-1);
  }

  function option(suggestion, number) {
    const item = document.createElement("li");
    item.id = `${list.id}-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.lang = "zh";
    text.textContent = [suggestion.text, suggestion.main].filter(Boolean).join(" · ");
    const kind = document.createElement("small");
    kind.textContent = box.dataset[suggestion.kind] ?? box.dataset.term;
    item.append(text, " ", kind);
    return item;
  }

  function open(at) {
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    activate(at);
  }

  function close() {
    takeBack();
    list.hidden = true;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  // Nothing that was asked for arrives any more.
  function takeBack() {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
  }

  function activate(at) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    const item = list.children[at];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function say(count) {
    const { none, one, several } = box.dataset;
    const sentence = count > 1 ? several : count ? one : none;
    status.textContent = sentence.replace("#", count);
  }

  function take(suggestion) {
    close();
    if (suggestion.url) {
      const lang = new URLSearchParams(location.search).get("lang");
      location.assign(lang ? `${suggestion.url}?${new URLSearchParams({ lang })}` : suggestion.url);
      return;
    }
    input.value = suggestion.q;
    input.form.requestSubmit();
  }
}
