// What the page does beyond links and forms. Everything works without it.

import { enableCopying, enableLinks } from "./copying.js";
import { enableDropping, followUpload } from "./adding.js";
import { enableBackup } from "./backup.js";
import { enableBasket } from "./basket_page.js";
import { enableFiltering } from "./filtering.js";
import { enableChoosing } from "./histogram.js";
import { enableKeeping } from "./kept.js";
import { enableKept } from "./kept_page.js";
import { enablePicture } from "./trends.js";
import { enableSuggesting } from "./suggesting.js";
import { enableTicking } from "./ticking.js";

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

document.querySelectorAll("[data-copy]").forEach(enableCopying);

document.querySelectorAll("[data-paragraphs]").forEach(enableLinks);

document.querySelectorAll("[data-histogram]").forEach(enableChoosing);

document.querySelectorAll("[data-filter]").forEach(enableFiltering);

document.querySelectorAll("[data-picture]").forEach(enablePicture);

document.querySelectorAll("[data-drop]").forEach(enableDropping);

document.querySelectorAll("[data-upload]").forEach(followUpload);

enableTicking();

enableKeeping();

document.querySelectorAll("[data-basket]").forEach(enableBasket);

document.querySelectorAll("[data-kept]").forEach(enableKept);

document.querySelectorAll("[data-backup]").forEach(enableBackup);
