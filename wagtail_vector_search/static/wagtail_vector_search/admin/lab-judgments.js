// Ratings in the search lab: kept in this browser, sent only to be downloaded or to compare the searches.

const lab = document.querySelector("[data-vs-lab]");
const panel = lab?.querySelector("[data-vs-judging]");
const find = (name) => panel.querySelector(`[data-vs-${name}]`);
const form = panel?.querySelector("[data-vs-judgments-form]");
const query = lab?.dataset.vsQuery ?? "";
const key = lab?.dataset.vsStorage;

if (panel && isStorageUsable()) {
  panel.hidden = false;
  lab.addEventListener("click", judge);
  lab.addEventListener("vs-lab:changed", show);
  form.addEventListener("submit", fill);
  find("figures-url").addEventListener("click", showFigures);
  find("forget").addEventListener("click", forget);
  // Ratings given in another tab.
  window.addEventListener("storage", show);
  show();
}

function isStorageUsable() {
  try {
    localStorage.setItem(`${key}.test`, "");
    localStorage.removeItem(`${key}.test`);
    return true;
  } catch {
    return false;
  }
}

function read() {
  try {
    const judgments = JSON.parse(localStorage.getItem(key));
    return Array.isArray(judgments) ? judgments : [];
  } catch {
    return [];
  }
}

function write(judgments) {
  localStorage.setItem(key, JSON.stringify(judgments));
  show();
}

function judge(event) {
  const button = event.target.closest("[data-vs-grade]");
  if (!button) return;
  const page = button.closest("[data-vs-page]").dataset.vsPage;
  const others = read().filter((judgment) => judgment.query !== query || judgment.page !== page);
  const isTakenBack = button.getAttribute("aria-pressed") === "true";
  const judgments = isTakenBack ? others : [...others, { query, page, grade: button.dataset.vsGrade }];
  if (judgments.length > Number(lab.dataset.vsMaxJudgments)) {
    find("count").textContent = find("count").dataset.vsFull;
    return;
  }
  write(judgments);
}

function show() {
  const judgments = read();
  showGrades(judgments);
  showCount(judgments);
  showQueries(judgments);
}

// A page is in up to three columns; it is rated once.
function showGrades(judgments) {
  const grades = new Map(judgments.filter((judgment) => judgment.query === query).map(({ page, grade }) => [page, grade]));
  for (const group of lab.querySelectorAll("[data-vs-judge]")) {
    group.hidden = false;
    const grade = grades.get(group.closest("[data-vs-page]").dataset.vsPage);
    for (const button of group.querySelectorAll("[data-vs-grade]")) {
      button.setAttribute("aria-pressed", String(button.dataset.vsGrade === grade));
    }
  }
}

function showCount(judgments) {
  const count = find("count");
  const queries = new Set(judgments.map((judgment) => judgment.query)).size;
  count.textContent = judgments.length
    ? count.dataset.vsSome.replace("%results%", judgments.length).replace("%queries%", queries)
    : count.dataset.vsNone;
  for (const button of form.querySelectorAll("button")) button.disabled = !judgments.length;
}

function showQueries(judgments) {
  const numbers = new Map();
  for (const judgment of judgments) numbers.set(judgment.query, (numbers.get(judgment.query) ?? 0) + 1);
  find("queries").hidden = !numbers.size;
  find("queries").querySelector("ul").replaceChildren(
    ...[...numbers].map(([text, number]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const asked = new URLSearchParams(location.search);
      asked.set("q", text);
      link.href = `?${asked}`;
      link.textContent = text;
      item.append(link, ` (${number})`);
      return item;
    }),
  );
}

function fill() {
  form.elements.judgments.value = JSON.stringify(read());
}

async function showFigures(event) {
  const button = event.currentTarget;
  const place = find("figures");
  fill();
  button.disabled = true;
  place.textContent = place.dataset.vsWaiting;
  try {
    const response = await fetch(button.dataset.vsFiguresUrl, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    if (!response.ok) throw new Error(response.statusText);
    place.innerHTML = await response.text();
  } catch {
    place.textContent = place.dataset.vsFailed;
  }
  button.disabled = false;
  button.focus();
}

function forget(event) {
  if (!window.confirm(event.currentTarget.dataset.vsQuestion)) return;
  find("figures").replaceChildren();
  write([]);
}
