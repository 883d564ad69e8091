// The slider of the search lab: fetches the column in the middle again, and keeps address, link and setting in step.

const DELAY = 250;
// The slider has steps of twice this; the step closest to the weight of the site represents it.
const HALF_STEP = 0.025;

const lab = document.querySelector("[data-vs-lab]");
const panel = lab?.querySelector("[data-vs-weight]");
if (panel) start();

function start() {
  const find = (name) => panel.querySelector(`[data-vs-${name}]`);
  const slider = find("slider");
  const column = lab.querySelector("[data-vs-both]");
  let timer;
  let request;

  slider.addEventListener("input", () => {
    describe();
    clearTimeout(timer);
    timer = setTimeout(refresh, DELAY);
  });
  find("reset").addEventListener("click", () => {
    slider.value = panel.dataset.vsSiteWeight;
    slider.dispatchEvent(new Event("input"));
    slider.focus();
  });
  describe();

  // The query in the address counts; what was typed since then counts once it is sent.
  function parameters() {
    const asked = new URLSearchParams(location.search);
    if (isSite()) asked.delete("weight");
    else asked.set("weight", slider.value);
    return asked;
  }

  function isSite() {
    return Math.abs(Number(slider.value) - Number(panel.dataset.vsSiteWeight)) < HALF_STEP;
  }

  function describe() {
    find("is-site").hidden = !isSite();
    find("is-other").hidden = isSite();
    find("reset").hidden = isSite();
    find("setting").value = `"SEMANTIC_WEIGHT": ${isSite() ? panel.dataset.vsSiteWeight : slider.value},`;
    slider.setAttribute("aria-valuetext", `${Math.round(slider.value * 100)} %`);
  }

  async function refresh() {
    request?.abort();
    request = new AbortController();
    const current = request;
    const asked = parameters();
    column.setAttribute("aria-busy", "true");
    find("failed").hidden = true;
    try {
      const response = await fetch(`${lab.dataset.vsBothUrl}?${asked}`, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        signal: current.signal,
      });
      if (!response.ok) throw new Error(response.statusText);
      show(await response.text(), asked);
    } catch (error) {
      if (error.name === "AbortError") return;
      find("failed").hidden = false;
    }
    if (current === request) column.removeAttribute("aria-busy");
  }

  function show(html, asked) {
    const open = openPages();
    column.innerHTML = html;
    open.forEach((page) => column.querySelector(`[data-vs-page="${CSS.escape(page)}"] details`)?.setAttribute("open", ""));
    history.replaceState(history.state, "", `?${asked}`);
    find("link").value = location.href;
    find("status").textContent = `${slider.getAttribute("aria-valuetext")}: ${summary()}`;
    column.dispatchEvent(new CustomEvent("vs-lab:changed", { bubbles: true }));
  }

  function openPages() {
    return [...column.querySelectorAll("details[open]")].map((details) => details.closest("[data-vs-page]").dataset.vsPage);
  }

  function summary() {
    return column.querySelector("[data-vs-summary]")?.textContent.trim().replace(/\s+/g, " ") ?? "";
  }
}
