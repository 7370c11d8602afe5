/* Keys on the page of an assessment. Everything they do, a link or a button on the page does as well. */
(() => {
  const questions = () => [...document.querySelectorAll("[data-question]")];
  const isTyping = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const here = () => {
    const all = questions();
    const focused = document.activeElement.closest("[data-question]");
    if (focused) return all.indexOf(focused);
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return named && named.matches("[data-question]") ? all.indexOf(named) : -1;
  };

  const goTo = (question) => {
    question.focus({ preventScroll: true });
    question.scrollIntoView({ block: "start", behavior: reduced ? "auto" : "smooth" });
  };

  const follow = (selector) => {
    const link = document.querySelector(selector);
    if (link) link.click();
  };

  const step = (by) => {
    const all = questions();
    const wanted = here() + by;
    if (all[wanted]) goTo(all[wanted]);
    else follow(by > 0 ? "[data-questions] a[rel=next]" : "[data-questions] a[rel=prev]");
  };

  const nextUnanswered = () => {
    const open = questions().slice(here() + 1).find((question) => question.hasAttribute("data-unanswered"));
    if (open) goTo(open);
    else follow("[data-next-unanswered]");
  };

  const answer = () => {
    const question = questions()[Math.max(here(), 0)];
    const form = question && question.querySelector("form");
    if (!form) return;
    const folded = form.closest("details");
    if (folded) folded.open = true;
    const field = form.querySelector("input:checked, input:not([type=hidden]), textarea");
    if (field) field.focus();
  };

  const keys = { j: () => step(1), k: () => step(-1), n: nextUnanswered, e: answer };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest && event.target.closest("[data-question] form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[name=next]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
