// Takes the secret of a link out of the address, where it would stay in the browser's history, and into the form.
(() => {
  const field = document.querySelector("[data-link-form] input[name=secret]");
  const secret = decodeURIComponent(window.location.hash.slice(1));
  if (!field || !secret || field.value) return;
  field.value = secret;
  window.history.replaceState(null, "", window.location.pathname);
})();
