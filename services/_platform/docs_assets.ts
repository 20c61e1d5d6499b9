/** What the pages for people run and look like: our part of it, beside the files of Swagger UI. */

/**
 * Starts Swagger UI; a file of its own, because the page may run no script that is written into it. It follows the reader's choice of light or dark,
 * and mends what Swagger UI leaves out for keyboards and screen readers.
 */
export const INITIALIZER = `const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// A link within a button is out of a keyboard's reach; opening an operation sets the address as well.
const plainTitles = () => ({
  wrapComponents: {
    DeepLink: (_, { React }) => ({ text }) => React.createElement("span", null, text),
  },
});

const NAMES = {
  "textarea.body-param__text": "Request body",
  ".servers select, select#servers": "Server",
  ".content-type": "Content type",
  ".examples-select-element": "Example",
  ".auth-container input": "Credential",
};
function mend(root) {
  for (const [selector, name] of Object.entries(NAMES)) {
    for (const part of root.querySelectorAll(selector)) {
      part.ariaLabel ??= name;
    }
  }
  for (const row of root.querySelectorAll("tr[data-param-name]")) {
    for (const part of row.querySelectorAll("input, select, textarea")) part.ariaLabel ??= row.dataset.paramName;
  }
  for (const part of root.querySelectorAll("pre.microlight")) part.tabIndex = 0;
  for (const part of root.querySelectorAll("h3.opblock-tag")) part.ariaLevel = 2;
  for (const part of root.querySelectorAll("h4")) part.ariaLevel = 3;
  for (const part of root.querySelectorAll("h5")) part.ariaLevel = 4;
  for (const part of root.querySelectorAll(".responses-table")) part.ariaLabel = "Responses " + part.id;
  for (const part of root.querySelectorAll(".modal-ux h3")) part.ariaLevel = 2;
  for (const part of root.querySelectorAll(".close-modal")) part.ariaLabel = "Close";
  for (const part of root.querySelectorAll(".modal-btn.authorize")) part.ariaLabel = null;
  const about = root.querySelector(".information-container");
  if (about) Object.assign(about, { role: "region", ariaLabel: "About this API" });
  const filter = root.querySelector(".filter-container");
  if (filter) filter.role = "search";
}

window.addEventListener("load", () => {
  const root = document.getElementById("swagger-ui");
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mend(root);
    });
  };
  new MutationObserver(soon).observe(root, { childList: true, subtree: true });
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    plugins: [plainTitles],
  });
});
`;

export const PAGE_STYLE = `:root { color-scheme: light dark; background: Canvas; color: CanvasText; }
body { margin: 0; }
main.page { margin: 0 auto; max-width: 46rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
code { font-family: ui-monospace, monospace; }
th, td { padding: 0.2rem 1rem 0.2rem 0; text-align: left; vertical-align: top; }

@media (max-width: 40rem) {
  .swagger-ui .opblock-tag { flex-wrap: wrap; }
  .swagger-ui .responses-inner { overflow-x: auto; }
  .swagger-ui .opblock-tag > small { flex-basis: 100%; padding: 0; }
}

/* Swagger UI's colours, where they are too pale to read (WCAG 2.1, 1.4.3). */
.swagger-ui .opblock .opblock-summary-method { text-shadow: none; }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1263b3; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #17744a; }
.swagger-ui .opblock.opblock-put .opblock-summary-method { background: #935000; }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0d716a; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #c21f1f; }
.swagger-ui .info .title small, .swagger-ui .info .title small.version-stamp { background: #4d5562; }
.swagger-ui .info .title small.version-stamp { background: #3c6a00; }
.swagger-ui .btn.execute { background: #1263b3; border-color: #1263b3; color: #fff; }
.swagger-ui .microlight span[style*="rgb(211, 99, 99)"] { color: #f29b9b !important; }
.swagger-ui .json-schema-2020-12__constraint { background: #5b5b5b; }
.swagger-ui .json-schema-2020-12__constraint--string { background: #8a5a00; color: #fff; }
html:not(.dark-mode) .swagger-ui .scopes a, html:not(.dark-mode) .swagger-ui .info a, html:not(.dark-mode) .swagger-ui .info .url { color: #1263b3; }
html:not(.dark-mode) .swagger-ui .btn.authorize, html:not(.dark-mode) .swagger-ui .btn.authorize span { color: #17744a; }
html:not(.dark-mode) .swagger-ui .btn.try-out__btn.cancel { color: #b32020; border-color: #b32020; }
html:not(.dark-mode) .swagger-ui .parameter__in, html:not(.dark-mode) .swagger-ui .prop-format { color: #555; }
html:not(.dark-mode) .swagger-ui .json-schema-2020-12-expand-deep-button { color: #4a4a4a; }
html.dark-mode .swagger-ui .json-schema-2020-12-expand-deep-button { color: #d0d0d0; }
html.dark-mode .swagger-ui .header-col, html.dark-mode .swagger-ui .message { color: #e4e6e6; }
html.dark-mode .swagger-ui .opblock .opblock-section-header .btn.try-out__btn.cancel { color: #ff9d9d; border-color: #ff9d9d; }
`;
