// A list in the browser's storage, the same in all tabs. Storage may be denied, full, or hold
// what somebody else wrote: then a sentence says so, and the page goes on.

import { sentences, tell } from "./telling.js";

export class StoredList {
  #key;
  #isSound;
  #listeners = [];

  constructor(key, isSound) {
    this.#key = key;
    this.#isSound = isSound;
    window.addEventListener("storage", (event) => {
      if (event.key === key || event.key === null) this.#notify();
    });
    // A page that comes back as it was left has not heard of what changed meanwhile.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.#notify();
    });
  }

  read() {
    let text;
    try {
      text = localStorage.getItem(this.#key);
    } catch {
      return []; // said when something is to be kept
    }
    if (text === null) return [];
    const items = parsed(text);
    const sound = items?.filter(this.#isSound) ?? [];
    if (sound.length !== items?.length) this.#mend(text, sound);
    return sound;
  }

  // Keeps what `alter` makes of the list, and gives whether that was possible.
  change(alter) {
    const items = alter(this.read());
    try {
      localStorage.setItem(this.#key, JSON.stringify(items));
    } catch (error) {
      const isFull = /quota/i.test(error.name);
      tell(isFull ? sentences.full : sentences.off);
      this.#notify();
      return false;
    }
    this.#notify();
    return true;
  }

  // `listener` is called after every change, in whatever tab.
  watch(listener) {
    this.#listeners.push(listener);
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }

  // What cannot be read is set aside, not lost.
  #mend(text, sound) {
    tell(sentences.damaged);
    try {
      localStorage.setItem(`${this.#key}.damaged`, text);
      localStorage.setItem(this.#key, JSON.stringify(sound));
    } catch {
      // It stays as it is, and is told of again.
    }
  }
}

function parsed(text) {
  try {
    const items = JSON.parse(text);
    return Array.isArray(items) ? items : null;
  } catch {
    return null;
  }
}
