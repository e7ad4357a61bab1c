// What the scripts of the panel share: looking for elements, and the words of the page's language.
window.panel = (() => {
  "use strict";
  const words = JSON.parse(document.body?.dataset.words || "{}");
  const all = (selector, root = document) => root.querySelectorAll(selector);
  // `%n` and the like in a message are filled in from `values`.
  const word = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`%${name}`, value), words[key] || key);
  // Whether a key press belongs to what is being typed.
  const typing = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
  const part = (url, options = {}) => fetch(url, { ...options, headers: { "HX-Request": "true", ...options.headers } });
  // Once a form takes the page elsewhere, nothing else may, and nothing more is asked: it could be asked with the session
  // that is over, or be meant for it.
  let leaving = false;
  const leave = (goes) => (leaving = goes);
  const stays = () => !leaving;
  // Somebody signed out elsewhere: the page itself leads to the door.
  const signedOut = (response) => {
    if (response.status !== 401) return false;
    location.reload();
    return true;
  };
  const openModal = (dialog) => {
    if (!dialog.open) dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog");
    if (!dialog) return;
    // The backdrop is the dialog itself: what lies in it is in a child.
    const beside = event.target === dialog && !event.composedPath().some((node) => node !== dialog && dialog.contains?.(node) && node.nodeType === 1);
    if (beside || event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  return { all, word, typing, part, leave, stays, signedOut, openModal };
})();
