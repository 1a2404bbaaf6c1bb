// Files: what is brought in, what is downloaded, and the last results, which only this browser keeps.

const KEPT = 8, SENT = 1_000_000; // results; bytes of a message, since servers refuse larger ones

// The last results in the browser's own database; where it has none (a private window), in memory.
function openShelf() {
  const memory = new Map();
  const opened = new Promise((resolve) => {
    try {
      const request = indexedDB.open("nst-studio", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("results", { keyPath: "number" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  const ask = async (mode, act, instead) => {
    const database = await opened;
    if (!database) return instead();
    return new Promise((resolve) => {
      const request = act(database.transaction("results", mode).objectStore("results"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(instead());
    });
  };
  return {
    all: async () => (await ask("readonly", (store) => store.getAll(), () => [...memory.values()]))
      .sort((one, other) => (one.number < other.number ? 1 : -1)),
    put: (result) => ask("readwrite", (store) => store.put(result), () => memory.set(result.number, result)),
    drop: (number) => ask("readwrite", (store) => store.delete(number), () => memory.delete(number)),
    clear: () => ask("readwrite", (store) => store.clear(), () => memory.clear()),
  };
}

// Asks Python for the file of a result, piece by piece and not too fast: a server drops what comes too fast.
function fetchResult(model, { number, size }, wait) {
  return new Promise((resolve, reject) => {
    const whole = new Uint8Array(size);
    const ask = (from) => model.send({ kind: "piece", number, from });
    const arrive = (message, [piece]) => {
      if (message.kind !== "piece" || message.number !== number) return;
      const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      const next = message.from + bytes.length;
      whole.set(bytes, message.from);
      if (bytes.length && next < size) return wait(() => ask(next), 450);
      model.off("msg:custom", arrive);
      if (next < size) reject(new Error("A newer result has come.")); // and will be fetched itself
      else resolve(whole);
    };
    model.on("msg:custom", arrive);
    ask(0);
  });
}

async function sendFile(model, file, place) {
  const bytes = new Uint8Array(await file.arrayBuffer()), number = `${Date.now()}-${Math.random()}`;
  for (let from = 0; from === 0 || from < bytes.length; from += SENT) {
    const message = { kind: "upload", number, name: file.name, place, from, size: bytes.length };
    model.send(message, undefined, [bytes.slice(from, from + SENT)]);
  }
}

// Files by dialogue or dropped: `bring` gets the list and the place they are for.
function takeFiles(root, asked, bring) {
  root.querySelector(".file").addEventListener("change", ({ target }) => {
    bring(target.files, asked.place);
    target.value = "";
  });
  for (const [selector, place] of [[".photos", "photo"], [".paintings", "painting"], [".stage", "photo"]]) {
    const target = root.querySelector(selector), lit = (on) => (event) => {
      event.preventDefault();
      target.classList.toggle("dropping", on);
    };
    target.addEventListener("dragover", lit(true));
    target.addEventListener("dragleave", lit(false));
    target.addEventListener("drop", (event) => {
      lit(false)(event);
      bring(event.dataTransfer.files, place);
    });
  }
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const fileName = ({ photo, styles }) =>
  `${[photo, ...styles].map((name) => name.replace(/\.\w+$/, "")).join("_")}.png`.replace(/[^\w.-]+/g, "_");

// The strip of the last results; a click goes back to one.
function fillStrip(strip, results, chosen, onChoose) {
  strip.replaceChildren(...results.map((result) => {
    const { number, settings, png } = result;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "result" });
    const words = `${settings.photo} in the manner of ${settings.styles.join(", ")}, ${settings.size} px, ` +
      `strength ${settings.strength}`;
    button.title = words.replaceAll("_", " ");
    button.setAttribute("aria-pressed", number === chosen);
    const image = { src: pictureURL(png, "image/png"), alt: button.title };
    button.append(Object.assign(document.createElement("img"), image));
    button.addEventListener("click", () => onChoose(result));
    return button;
  }));
}

