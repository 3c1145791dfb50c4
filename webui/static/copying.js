// A button that copies what stands in the field beside it.

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
