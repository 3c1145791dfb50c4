// What the page does beyond links and forms. Everything works without it.

import { enableCopying } from "./copying.js";
import { enableSuggesting } from "./suggesting.js";

const form = document.querySelector("[data-ask]");

// A blank field says nothing: it stays out of the address.
form?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) {
    if (value.trim() === "") formData.delete(name);
  }
});

const typed = document.querySelector("[data-suggest]");
if (typed) enableSuggesting(typed);

const cite = document.querySelector("[data-cite]");
if (cite) enableCopying(cite);
