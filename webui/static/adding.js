// Files and folders dropped or chosen are sent in pieces, with progress; then how they are taken in.

import { parsed } from "./parsing.js";

// Small enough for the usual proxies, which refuse requests of more than 1 MiB.
const PIECE_BYTES = 900 * 1024;
const PIECE_FILES = 100;
const TRIES = 5;
const LOOK_MS = 1000;

export function enableDropping(form) {
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const status = form.querySelector("[data-status]");
  const bar = form.querySelector("progress");
  const texts = form.dataset;
  let busy = false;

  form.querySelector("[data-hint]").hidden = false;
  form.classList.add("droppable");

  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    // The list of what was dropped is empty once this handler has returned.
    start(dropped(event.dataTransfer));
  });
  for (const input of inputs) {
    input.addEventListener("change", () => start(chosen(inputs)));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start(chosen(inputs));
  });
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });
  // Files may have been chosen while this module was on its way.
  if (inputs.some((input) => input.files.length)) start(chosen(inputs));

  async function start(listed) {
    if (busy) return;
    busy = true;
    try {
      status.textContent = texts.listing;
      const files = await listed;
      const total = files.reduce((sum, { file }) => sum + file.size, 0);
      const problem = problemOf(files, total);
      if (problem) {
        status.textContent = problem;
        return;
      }
      bar.hidden = false;
      const url = await send(files, (sent) => {
        const share = total ? Math.floor((100 * sent) / total) : 0;
        bar.value = share;
        status.textContent = texts.sending.replace("#", share);
      });
      busy = false;
      location.assign(url);
    } catch (error) {
      bar.hidden = true;
      status.textContent = texts.failed.replace("#", error.message || texts.lost);
    } finally {
      busy = false;
      for (const input of inputs) input.value = "";
    }
  }

  function problemOf(files, total) {
    if (!files.length) return texts.none;
    if (files.length > Number(texts.files)) return texts.many;
    return total > Number(texts.bytes) ? texts.much : "";
  }

  async function send(files, tell) {
    const upload = await (await post(texts.drop + location.search)).json();
    let sent = 0;
    tell(sent);
    for (const piece of pieces(files)) {
      await post(upload.pieces, piece.form);
      sent += piece.size;
      tell(sent);
    }
    await post(upload.complete);
    return upload.url;
  }
}

// What was sent is told by the server, or is lost on its way and sent again.
async function post(url, body) {
  for (let tried = 1; ; tried += 1) {
    let response;
    try {
      response = await fetch(url, { method: "POST", body });
    } catch {
      if (tried === TRIES) throw new Error("");
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tried));
      continue;
    }
    if (response.ok) return response;
    const page = parsed(await response.text());
    throw new Error(page.querySelector("main h1")?.textContent ?? "");
  }
}

// Requests: whole small files together, large ones cut.
function* pieces(files) {
  let form = new FormData();
  let size = 0;
  let count = 0;
  for (const [number, { name, file }] of files.entries()) {
    let offset = 0;
    do {
      const blob = file.slice(offset, offset + PIECE_BYTES - size);
      form.append(`${number}:${offset}`, blob, name);
      offset += blob.size;
      size += blob.size;
      count += 1;
      if (size >= PIECE_BYTES || count >= PIECE_FILES) {
        yield { form, size };
        form = new FormData();
        size = 0;
        count = 0;
      }
    } while (offset < file.size);
  }
  if (count) yield { form, size };
}

async function chosen(inputs) {
  const files = inputs.flatMap((input) => [...input.files]);
  return files.map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  return Promise.all(entries.filter(Boolean).map(filesOf)).then((lists) => lists.flat());
}

async function filesOf(entry) {
  if (entry instanceof File) return [{ name: entry.name, file: entry }];
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = entry.createReader();
  const entries = [];
  for (;;) {
    // A hundred at a time, until there are none.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    entries.push(...some);
  }
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  const lists = [];
  for (const each of entries) lists.push(await filesOf(each));
  return lists.flat();
}

// The page of an upload follows it, by asking for itself.
export async function followUpload(section) {
  while (section.hasAttribute("data-busy")) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    try {
      const response = await fetch(location.href);
      const page = parsed(await response.text());
      const fresh = page.querySelector("[data-upload]");
      if (!fresh) continue;
      // The line that a screen reader follows stays the same one.
      const [line, said] = [section, fresh].map((each) => each.querySelector("[role=status]"));
      const bars = [section, fresh].map((each) => each.querySelector("progress"));
      if (fresh.hasAttribute("data-busy") && line && said) {
        if (line.textContent !== said.textContent) line.textContent = said.textContent;
        bars[0].value = bars[1].value;
        continue;
      }
      section.replaceWith(fresh);
      fresh.querySelector("h1").tabIndex = -1;
      fresh.querySelector("h1").focus();
      section = fresh;
    } catch {
      // The server may be starting again.
    }
  }
}
