// What the page does beyond links and forms. Everything works without it.

import { enableCopying, enableLinks } from "./copying.js";
import { enableFiltering } from "./filtering.js";
import { enableChoosing } from "./histogram.js";
import { enableKeeping } from "./kept.js";
import { enableKeyboard } from "./keyboard.js";
import { enableSuggesting } from "./suggesting.js";
import { enableTicking } from "./ticking.js";
import { enableVisiting } from "./visiting.js";

const form = document.querySelector("[data-ask]");

// A blank field says nothing: it stays out of the address.
form?.addEventListener("formdata", ({ formData }) => {
  for (const name of new Set(formData.keys())) {
    const filled = formData.getAll(name).filter((value) => value.trim() !== "");
    formData.delete(name);
    for (const value of filled) formData.append(name, value);
  }
});

const typed = document.querySelector("[data-suggest]");
if (typed) enableSuggesting(typed);

enableKeyboard(document.querySelector("#keys"));

enableVisiting();

enableTicking();

enableKeeping();

// In the content of the page, and in every content that takes its place.
const ENABLING = {
  "[data-copy]": enableCopying,
  "[data-paragraphs]": enableLinks,
  "[data-histogram]": enableChoosing,
  "[data-filter]": enableFiltering,
  // What one page alone needs is fetched there alone.
  "[data-picture]": async (link) => (await import("./trends.js")).enablePicture(link),
  "[data-drop]": async (form) => (await import("./adding.js")).enableDropping(form),
  "[data-upload]": async (section) => (await import("./adding.js")).followUpload(section),
  "[data-basket]": async (section) => (await import("./basket_page.js")).enableBasket(section),
  "[data-kept]": async (section) => (await import("./kept_page.js")).enableKept(section),
};

function enable() {
  for (const [selector, enableEach] of Object.entries(ENABLING)) {
    document.querySelectorAll(`#main ${selector}`).forEach((part) => enableEach(part));
  }
}

enable();
document.addEventListener("biwen:shown", enable);
