// What the page does beyond links and forms. Everything works without it.

import { enableDropping, followUpload } from "./adding.js";
import { enableBackup } from "./backup.js";
import { enableBasket } from "./basket_page.js";
import { enableCopying, enableLinks } from "./copying.js";
import { enableFiltering } from "./filtering.js";
import { enableChoosing } from "./histogram.js";
import { enableKeeping } from "./kept.js";
import { enableKept } from "./kept_page.js";
import { enableKeyboard } from "./keyboard.js";
import { enableSuggesting } from "./suggesting.js";
import { enableTicking } from "./ticking.js";
import { enablePicture } from "./trends.js";
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
function enable() {
  const main = document.querySelector("#main");
  main.querySelectorAll("[data-copy]").forEach(enableCopying);
  main.querySelectorAll("[data-paragraphs]").forEach(enableLinks);
  main.querySelectorAll("[data-histogram]").forEach(enableChoosing);
  main.querySelectorAll("[data-filter]").forEach(enableFiltering);
  main.querySelectorAll("[data-picture]").forEach(enablePicture);
  main.querySelectorAll("[data-drop]").forEach(enableDropping);
  main.querySelectorAll("[data-upload]").forEach(followUpload);
  main.querySelectorAll("[data-basket]").forEach(enableBasket);
  main.querySelectorAll("[data-kept]").forEach(enableKept);
  main.querySelectorAll("[data-backup]").forEach(enableBackup);
}

enable();
document.addEventListener("biwen:shown", enable);
