// The terminal takes the keys as soon as it shows something, without a click.
new MutationObserver(() => {
  document.querySelector("#terminal textarea")?.focus();
}).observe(document.documentElement, { attributes: true, attributeFilter: ["class"], subtree: true });
