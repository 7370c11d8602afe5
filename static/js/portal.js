// Small conveniences. Each is a listener on the document, so that fragments which htmx puts in later need no set-up.
(() => {
  "use strict";
  const root = document.documentElement;

  const remember = (theme) => {
    try { theme === "system" ? localStorage.removeItem("theme") : localStorage.setItem("theme", theme); }
    catch { /* storage is blocked: the choice holds for this page */ }
  };

  // Theme switch: hidden without script, because it would do nothing.
  for (const fieldset of document.querySelectorAll("[data-theme-switch]")) {
    fieldset.hidden = false;
    const current = root.dataset.theme ?? "system";
    for (const input of fieldset.querySelectorAll("input")) input.checked = input.value === current;
  }
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const theme = event.target.value;
    if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
    remember(theme);
  });

  const announce = (text) => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = text;
  };

  // Copy buttons: data-copy holds the text, or data-copy-from names the element that does.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom)?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      announce("The browser refused to copy. Select the text instead.");
      return;
    }
    button.classList.add("is-copied");
    announce("Copied");
    setTimeout(() => button.classList.remove("is-copied"), 1500);
  });

  const isTyping = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      const search = document.getElementById("search");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      if (!open) return;
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // A click beside an open menu closes it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // Filters apply as soon as a choice is made; text waits for Enter or the button.
  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-auto-submit] :is(select, input[type=checkbox], input[type=date])")) {
      event.target.form.requestSubmit();
    }
  });

  // A file may be dropped on the whole frame of its input.
  const dropTarget = (event) => event.target.closest?.("[data-drop]");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const target = dropTarget(event);
      if (!target) return;
      event.preventDefault();
      target.classList.add("is-over");
    });
  }
  document.addEventListener("dragleave", (event) => dropTarget(event)?.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    const target = dropTarget(event);
    if (!target) return;
    event.preventDefault();
    target.classList.remove("is-over");
    const input = target.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A refused htmx request must not look like nothing happened.
  const refusal = (text) => {
    const list = document.getElementById("messages");
    const template = document.getElementById("message-bad");
    if (!list || !template) return;
    if (list.lastElementChild?.querySelector("[data-text]")?.textContent === text) return;
    const item = template.content.firstElementChild.cloneNode(true);
    item.querySelector("[data-text]").textContent = text;
    list.append(item);
    item.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const why = answer.querySelector("[data-refusal]")?.textContent.replace(/\s+/g, " ").trim();
    refusal(why || `The portal answered ${event.detail.xhr.status}. Reload the page to see why.`);
  });
  document.addEventListener("htmx:sendError", () => refusal("The portal does not answer. Check the connection and try again."));

  // A row of tabs that is too long for the window shows the current one.
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const bar = tab.parentElement;
    bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }

  // A lineage that is too wide for the window begins with what it is drawn for, and what led there and on, beside it.
  for (const box of document.querySelectorAll(".chart-graph .c-node-info")) {
    const drawing = box.closest(".chart-scroll"), from = drawing.getBoundingClientRect(), at = box.getBoundingClientRect();
    drawing.scrollLeft = at.left - from.left - (drawing.clientWidth - at.width) / 2;
    break;
  }

  // What the address points at may lie in something folded.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      if (!fold.open) { fold.open = true; target.scrollIntoView(); }
    }
  };
  unfold();
  addEventListener("hashchange", unfold);

  // A log is read from its end.
  const toEnd = (scope) => { for (const log of scope.querySelectorAll("[data-log]")) log.scrollTop = log.scrollHeight; };
  toEnd(document);
  document.addEventListener("htmx:afterSwap", (event) => toEnd(event.target.parentElement ?? document));
})();
