// Loaded before the style sheets, so that a stored theme is there at the first paint.
(() => {
  const stored = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
})();
