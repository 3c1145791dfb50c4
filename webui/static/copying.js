// A button that copies what stands in the field beside it, signs of paragraphs that copy their
// links, and copying in general.

export function enableCopying(section) {
  const field = section.querySelector("textarea");
  const button = section.querySelector("button");
  const status = section.querySelector("[role=status]");

  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    const copied = await copy(field);
    status.textContent = copied ? button.dataset.done : button.dataset.failed;
  });
}

// Whether the text is on the clipboard now; the focus stays where it is.
export async function copyText(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  document.body.append(field);
  const copied = await copy(field);
  field.remove();
  before.focus({ preventScroll: true });
  return copied;
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // The clipboard API is missing on plain http beyond this machine, and may be denied.
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

export function enableLinks(text) {
  const status = document.createElement("span");
  status.className = "unseen";
  status.ariaLive = "polite";
  text.after(status);
  text.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // The address on this page keeps the search; the one that is copied is the public one.
    location.hash = new URL(link.href).hash;
    const copied = await navigator.clipboard?.writeText(link.href).then(() => true, () => false);
    if (!copied) return;
    status.textContent = text.dataset.done;
    link.classList.add("done");
    setTimeout(() => {
      link.classList.remove("done");
      status.textContent = "";
    }, 2000);
  });
}
