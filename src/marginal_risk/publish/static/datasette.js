// Datasette's own pages for those who hear them: a landmark, names for fields that have none,
// and headings without a gap. Everything works without it.

// Datasette's editor of SQL makes a style when it starts, which the page's policy lets in with the
// nonce of this answer alone. A script that may run may make one.
const { nonce } = document.currentScript;
const createElement = document.createElement;
document.createElement = (...what) => {
  const element = createElement.apply(document, what);
  if (what[0] === "style") element.nonce = nonce;
  return element;
};

const label = (selector, name) =>
  document.querySelectorAll(selector).forEach((field) => field.setAttribute("aria-label", name));

window.addEventListener("load", () => label(".cm-content", "SQL")); // the editor comes last
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("section.content")?.setAttribute("role", "main");
  label('select[name^="_filter_column"]', "Column to filter by");
  label('select[name^="_filter_op"]', "Comparison");
  label('input[name^="_filter_value"]', "Value");
  label('select[name="_sort"]', "Column to sort by");
  label(".table-wrapper", "Rows");
  document.querySelectorAll(".table-wrapper").forEach((table) => {
    table.setAttribute("tabindex", "0");
    table.setAttribute("role", "region");
  });
  if (!document.querySelector(".content h2")) {
    document
      .querySelectorAll(".content h3")
      .forEach((heading) => heading.setAttribute("aria-level", "2"));
  } else {
    const first = document.querySelector(".content h2, .content h3");
    if (first?.tagName === "H3") first.setAttribute("aria-level", "2");
  }
});
