// The API page: fetches Swagger UI when it is asked for, and sends its requests as the one who is signed in.

const place = document.querySelector("#console");
const load = (tag, attributes) => new Promise((resolve, reject) => {
  const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
  document.head.append(element);
});

// Swagger UI's own layout has a second main landmark, and a title and sign-in that this page has already.
const layout = ({ React: { createElement } }) => ({
  components: {
    Console: ({ getComponent, specSelectors }) => createElement(
      "div",
      { className: "swagger-ui" },
      ...["SvgAssets", "errors", "FilterContainer"].map((name) => createElement(getComponent(name, true), { key: name })),
      specSelectors.loadingStatus() === "success" && createElement(getComponent("operations", true), { key: "operations" }),
    ),
  },
});

// Lists without names, and boxes that no keyboard can scroll.
function mend() {
  for (const input of place.querySelectorAll(":is(select, input, textarea):not([aria-label])")) {
    input.ariaLabel = input.closest("tr")?.dataset.paramName ?? (input.placeholder || "Request body");
  }
  for (const box of place.querySelectorAll("pre, .highlight-code > *")) box.tabIndex = 0;
}

document.querySelector("[data-console]").addEventListener("click", async ({ currentTarget: button }) => {
  button.disabled = true;
  const { console: folder, document: url, csrf } = button.dataset;
  await Promise.all([
    load("link", { rel: "stylesheet", href: `${folder}/swagger-ui.css` }),
    load("script", { src: `${folder}/swagger-ui-bundle.js` }),
  ]);
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  globalThis.SwaggerUIBundle({
    url,
    dom_id: "#console",
    plugins: [layout],
    layout: "Console",
    docExpansion: "none",
    filter: true,
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
    requestInterceptor: (request) => {
      request.headers["X-CSRF-Token"] = csrf;
      return request;
    },
  });
  button.remove();
});
