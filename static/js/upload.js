// Sends the files of an upload form in pieces by the tus protocol 1.0: they can be paused, they survive a lost
// connection, and after a reload the same file goes on where it was. Without this script the form sends them as forms
// do. The form says where to (`data-uploads`), what they belong to (`data-to`, `data-key`) and who sends
// (`data-person`). One with a field `upload` is sent itself once its file has arrived; otherwise the page is loaded anew.
(() => {
  "use strict";
  const form = document.querySelector("form[data-uploads]");
  const input = form?.querySelector("input[type=file]");
  if (!input) return;

  const PIECE = 8 * 1024 * 1024;
  const LONGEST_WAIT = 30; // seconds between attempts while the portal does not answer
  const part = (name) => form.querySelector(`[data-upload-${name}]`);
  const [panel, bar, pause, button] = [part("panel"), part("bar"), part("pause"), form.querySelector("button:not([type])")];
  let isRunning = false, isPaused = false, request = null, wake = null;

  const size = (bytes) => {
    const units = ["bytes", "kB", "MB", "GB", "TB"];
    const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
    return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
  };
  const say = (text) => { part("state").textContent = text; };
  const show = (arrived, all) => {
    bar.value = all ? arrived / all : 1;
    part("words").textContent = `${size(arrived)} of ${size(all)} have arrived`;
  };

  // A refusal by the portal: its own words, to be shown as they are.
  class Refusal extends Error {
    constructor(status, text) { super(text); this.status = status; }
  }
  class Stopped extends Error {}

  const ask = (method, url, headers = {}, body = null, onProgress = null) => new Promise((resolve, reject) => {
    request = new XMLHttpRequest();
    request.open(method, url);
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", "X-CSRFToken": token, ...headers })) {
      request.setRequestHeader(name, value);
    }
    if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status < 300) return resolve(request);
      if (request.status >= 502 && request.status <= 504) return reject(new TypeError("The portal does not answer."));
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* no problem document: the status must do */ }
      const words = [told.title ?? `The portal answered ${request.status}.`, told.remedy].filter(Boolean).join(" ");
      reject(new Refusal(request.status, words));
    });
    request.addEventListener("error", () => reject(new TypeError("The portal does not answer.")));
    request.addEventListener("abort", () => reject(new Stopped()));
    request.send(body);
  });

  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const pair = ([name, value]) => `${name} ${base64(new TextEncoder().encode(String(value)))}`;
  const path = (address) => new URL(address, location.href).pathname;

  const name = (file) => {
    const folder = (form.elements.folder?.value ?? "").trim().replace(/^\/+|\/+$/g, "");
    return folder ? `${folder}/${file.name}` : file.name;
  };

  // The open upload of this very file, as name, size and time of change tell; null when there is none.
  const found = async (file) => {
    const answer = await ask("GET", `${form.dataset.uploads}?${form.dataset.to}=${form.dataset.key}`);
    const known = JSON.parse(answer.responseText).results;
    return known.find((one) => one.size === file.size && one.metadata.modified === String(file.lastModified)
      && one.metadata.filename === name(file) && one.created_by.id === Number(form.dataset.person)) ?? null;
  };
  const begun = async (file) => {
    const digest = form.elements.expect_digest?.value.trim() ?? "";
    const said = { filename: name(file), [form.dataset.to]: form.dataset.key, modified: file.lastModified };
    const metadata = Object.entries(digest ? { ...said, sha256: digest } : said).map(pair).join(",");
    const answer = await ask("POST", form.dataset.uploads, { "Upload-Length": String(file.size), "Upload-Metadata": metadata });
    return JSON.parse(answer.responseText);
  };
  const offset = async (url) => Number((await ask("HEAD", url)).getResponseHeader("Upload-Offset"));

  const checksum = async (piece) => {
    if (!globalThis.crypto?.subtle) return {}; // only where the page came by HTTPS, or from this machine
    const digest = await crypto.subtle.digest("SHA-256", await piece.arrayBuffer());
    return { "Upload-Checksum": `sha256 ${base64(new Uint8Array(digest))}` };
  };
  const send = async (url, file, at) => {
    const piece = file.slice(at, at + PIECE);
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at), ...await checksum(piece) };
    if (isPaused) throw new Stopped();
    const answer = await ask("PATCH", url, headers, piece, (loaded) => show(Math.min(at + loaded, file.size), file.size));
    return Number(answer.getResponseHeader("Upload-Offset"));
  };

  const rest = (seconds) => new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    wake = () => { clearTimeout(timer); resolve(); };
  });
  const untilResumed = () => new Promise((resolve) => { wake = resolve; });

  // Piece by piece until the file is whole; where it stands is asked anew after everything that went wrong.
  const sendAll = async (url, file) => {
    let at = null, failures = 0;
    while (at === null || at < file.size) {
      try {
        if (isPaused) { say("Paused. What has arrived is kept."); await untilResumed(); say("Sending"); at = null; }
        at ??= await offset(url);
        show(at, file.size);
        if (at < file.size) at = await send(url, file, at);
        if (failures) say("Sending");
        failures = 0;
      } catch (error) {
        at = null;
        if (error instanceof Stopped) continue;
        const isPassing = !(error instanceof Refusal) || error.status === 409 || error.status === 460 || error.status === 429;
        if (!isPassing || (error instanceof Refusal && failures >= 5)) throw error;
        failures += 1;
        const wait = Math.min(2 ** failures / 2, LONGEST_WAIT);
        say(`${error.message} Trying again in ${Math.round(wait)} s.`);
        await rest(wait);
      }
    }
    show(file.size, file.size);
  };

  const present = (file, place, all) => {
    part("name").textContent = name(file);
    part("size").textContent = size(file.size) + (all > 1 ? `, ${place + 1} of ${all} files` : "");
  };
  const ready = (text) => {
    isRunning = false;
    button.disabled = input.disabled = false;
    pause.hidden = true;
    say(text);
    part("state").scrollIntoView({ block: "nearest" });
  };

  const sendOne = async (file) => {
    const upload = await found(file) ?? await begun(file);
    pause.hidden = false;
    if (file.size) await sendAll(path(upload.url), file);
    return upload;
  };

  // One after the other. Of several, those that the portal refuses are told at the end; the others are sent.
  const run = async (files) => {
    isRunning = true;
    button.disabled = input.disabled = true;
    say("Sending");
    const refused = [];
    let upload = null;
    for (const [place, file] of files.entries()) {
      present(file, place, files.length);
      try {
        upload = await sendOne(file);
      } catch (error) {
        const isRefused = error instanceof Refusal;
        if (!isRefused) return ready(`${error.message} Choose “${button.textContent.trim()}” to go on.`);
        if (files.length === 1) return ready(error.message);
        refused.push(error.message);
      }
    }
    pause.hidden = true;
    if (refused.length) {
      return ready(`${files.length - refused.length} of ${files.length} files have arrived. ${refused.join(" ")}`);
    }
    if (!form.elements.upload) {
      say("Everything has arrived and is stored.");
      return location.assign(location.pathname);
    }
    form.elements.upload.value = upload.id;
    say("The file has arrived. It is read and stored now.");
    form.submit(); // the file's input is disabled, so that the form goes without it
  };

  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.textContent = isPaused ? "Go on" : "Pause";
    if (isPaused) request?.abort(); else wake?.();
  });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    panel.hidden = !files.length;
    if (!files.length) return;
    present(files[0], 0, files.length);
    bar.value = 0;
    part("words").textContent = "";
    try {
      const known = await found(files[0]);
      if (known && input.files[0] === files[0] && !isRunning) {
        show(known.offset, files[0].size);
        say("This file has been begun. It goes on where it was.");
      } else if (!isRunning) say("");
    } catch { /* asked again when it is sent */ }
  });
  form.addEventListener("submit", (event) => {
    const files = [...input.files];
    if (!files.length || isRunning) { if (isRunning) event.preventDefault(); return; }
    event.preventDefault();
    run(files);
  });
})();
