// What is told to who cannot see the page change, and shown for a while to who can.

const SHOWN = 4000; // milliseconds

const place = document.querySelector("#said");
let timer;

// A screen reader reads it when it is done with what it reads now.
export function say(text) {
  clearTimeout(timer);
  place.classList.add("unseen");
  tell(text);
}

export function show(text) {
  clearTimeout(timer);
  place.classList.remove("unseen");
  tell(text);
  timer = setTimeout(() => say(""), SHOWN);
}

// The same sentence twice is no change, and would be read once.
function tell(text) {
  place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}
