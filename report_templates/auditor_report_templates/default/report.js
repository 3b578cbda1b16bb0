(() => {
  "use strict";
  // The page is complete without this script. It adds search, filters, deep links and printing of what is closed.
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const query = byId("q");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const items = [...document.querySelectorAll("[data-check]")];
  const cards = items.filter((item) => item.tagName === "DETAILS");
  const total = new Set(items.map((item) => item.dataset.check)).size;
  const words = Object.assign({
    severity: "severity", state: "state", product: "product", open: "Open all", close: "Close all",
    or: " or ", search: "search: \u201c{text}\u201d", of: "{left} of {all}", no_match: "Nothing here matches the filters.",
    matches: "{left} of {all} checks match", checks: "{all} checks", chosen: "({number} chosen)",
    filtered: "Filtered view, {left} of {all} checks. {filters}",
  }, JSON.parse(form.dataset.words || "{}"));
  const say = (name, values) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  let texts = null;
  let timer = 0;

  // A check is found by everything that is written about it, wherever on the page that stands.
  const index = () => {
    if (texts) return texts;
    texts = new Map();
    for (const item of items) {
      const id = item.dataset.check;
      texts.set(id, (texts.get(id) || "") + " " + item.textContent.toLowerCase());
    }
    return texts;
  };

  const chosen = () => {
    const groups = {};
    for (const box of boxes) if (box.checked) (groups[box.name] ||= []).push(box.value);
    return groups;
  };

  const isFiltered = () => query.value.trim() !== "" || boxes.some((box) => box.checked);

  const describe = (groups) => {
    const parts = Object.keys(groups).map((name) => {
      const labels = boxes.filter((box) => box.name === name && box.checked);
      return words[name] + ": " + labels.map((box) => box.nextElementSibling.textContent).join(words.or);
    });
    if (query.value.trim()) parts.push(say("search", { text: query.value.trim() }));
    return parts.join("; ");
  };

  const showSections = () => {
    for (const group of document.querySelectorAll("[data-group]")) {
      const here = group.querySelectorAll("[data-check]").length;
      const left = group.querySelectorAll("[data-check]:not([hidden])").length;
      group.hidden = left === 0;
      group.querySelector(".count").textContent = left === here ? here : say("of", { left, all: here });
    }
    for (const section of document.querySelectorAll("[data-section]")) {
      const groups = [...section.querySelectorAll("[data-group]")];
      let note = section.querySelector(":scope > .nothing");
      if (!note) {
        note = document.createElement("p");
        note.className = "nothing";
        note.textContent = words.no_match;
        section.append(note);
      }
      note.hidden = groups.length === 0 || groups.some((group) => !group.hidden);
    }
  };

  const apply = () => {
    const terms = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = chosen();
    const known = terms.length ? index() : null;
    const matching = new Set();
    for (const item of items) {
      const data = item.dataset;
      const fits = Object.keys(groups).every((name) => groups[name].includes(data[name]))
        && terms.every((term) => known.get(data.check).includes(term));
      item.hidden = !fits;
      if (fits) matching.add(data.check);
    }
    showSections();
    const filtered = isFiltered();
    const count = boxes.filter((box) => box.checked).length;
    byId("matches").textContent = say(filtered ? "matches" : "checks", { left: matching.size, all: total });
    byId("active").textContent = count ? say("chosen", { number: count }) : "";
    byId("clear").hidden = !filtered;
    byId("print-filters").textContent = filtered
      ? say("filtered", { left: matching.size, all: total, filters: describe(groups) }) : "";
  };

  const hashOf = () => {
    const params = new URLSearchParams();
    if (query.value.trim()) params.set("q", query.value.trim());
    const groups = chosen();
    for (const name of Object.keys(groups)) params.set(name, groups[name].join(","));
    const text = params.toString();
    return text ? "#?" + text : "#";
  };

  const changed = () => {
    apply();
    history.replaceState(null, "", hashOf());
  };

  const clear = () => {
    query.value = "";
    for (const box of boxes) box.checked = false;
  };

  const restore = (text) => {
    const params = new URLSearchParams(text);
    query.value = params.get("q") || "";
    for (const box of boxes) box.checked = (params.get(box.name) || "").split(",").includes(box.value);
    byId("more").open ||= boxes.some((box) => box.checked);
  };

  // #ID opens the check; filters that hide it are relaxed. #?q=..&severity=.. restores a view.
  const follow = () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("?")) {
      restore(hash.slice(1));
      apply();
      return;
    }
    let id = hash;
    try { id = decodeURIComponent(hash); } catch { /* not encoded: taken as it stands */ }
    const target = id && byId(id);
    if (!target || !target.dataset.check) return;
    if (target.hidden) {
      clear();
      apply();
    }
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView({ block: "start" });
    (target.querySelector("summary") || target).focus({ preventScroll: true });
  };

  const toggle = byId("toggle");
  const openAll = (open) => {
    for (const card of cards) if (!card.hidden) card.open = open;
    toggle.setAttribute("aria-pressed", String(open));
    toggle.textContent = open ? words.close : words.open;
  };

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const item of closed) {
      item.open = true;
      item.classList.add("closed");
    }
  });
  addEventListener("afterprint", () => {
    for (const item of closed) {
      item.open = false;
      item.classList.remove("closed");
    }
    closed = [];
  });

  form.addEventListener("submit", (event) => event.preventDefault());
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, 80);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && query.value) {
      query.value = "";
      changed();
    }
  });
  for (const box of boxes) box.addEventListener("change", changed);
  byId("clear").addEventListener("click", () => {
    clear();
    changed();
    query.focus();
  });
  toggle.addEventListener("click", () => openAll(toggle.getAttribute("aria-pressed") !== "true"));
  addEventListener("hashchange", follow);

  form.hidden = false;
  apply();
  follow();
  // Once more when the browser is done with its own jump to the fragment, which takes the focus away.
  addEventListener("load", () => setTimeout(() => location.hash.length > 1 && follow()));
})();
