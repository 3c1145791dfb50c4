// One sentence at the foot of the window, read out by screen readers, with an action if need be.

const place = document.querySelector("[data-told]");
export const sentences = place?.dataset ?? {};

// The sentence with its facts: `{name}` stands for values.name.
export function said(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function tell(sentence, action) {
  if (!place) return;
  const text = document.createElement("span");
  text.textContent = sentence;
  const buttons = [button(sentences.close, () => {})];
  if (action) buttons.unshift(button(action.label, action.run));
  place.replaceChildren(text, ...buttons);
}

function button(label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", () => {
    place.replaceChildren();
    run();
  });
  return made;
}
