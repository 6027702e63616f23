// The reader's layers, and the record that a mark opens. Without this script every record stands
// below the text and every mark links to its own.
"use strict";
(() => {
  const root = document.documentElement;
  const text = document.querySelector(".reader .text");
  if (!text) return;
  root.classList.add("js");
  const panel = document.getElementById("records");
  panel.parentNode.prepend(panel); // what was selected stands above the list of speakers
  const boxes = [...document.querySelectorAll(".layers input")];
  const segments = new Map();
  for (const segment of text.querySelectorAll("[data-r]")) {
    for (const id of segment.dataset.r.split(" ")) {
      if (!segments.has(id)) segments.set(id, []);
      segments.get(id).push(segment);
    }
  }
  const record = (id) => document.getElementById("r-" + id);
  const layers = boxes.map((box) => box.value);
  const KINDS = {
    qt_: ["quotations", "Quotation", (id) => "/v1/quotes/" + id],
    cl_: ["claims", "Claim", (id) => "/v1/claims/" + id],
    at_: ["attributions", "Attribution", (_, article) => `/v1/articles/${article}/annotations`],
  };
  const layerOf = (id) =>
    KINDS[id.slice(0, 3)]?.[0] ??
    layers.find((layer) => record(id)?.classList.contains(layer));
  const isOn = (id) => text.classList.contains("show-" + layerOf(id));
  const shown = (segment) => segment.dataset.r.split(" ").filter(isOn);

  // A mark whose layers are all off is plain text, for the keyboard too.
  const showLayers = () => {
    for (const box of boxes) text.classList.toggle("show-" + box.value, box.checked);
    for (const link of text.querySelectorAll("a[data-r]")) {
      const [first] = shown(link);
      const href = first && "#r-" + first;
      if (!first) {
        link.tabIndex = -1;
        link.removeAttribute("href");
      } else if (link.getAttribute("href") !== href || link.tabIndex !== 0) {
        link.tabIndex = 0;
        link.setAttribute("href", href);
      }
    }
  };
  for (const box of boxes) box.addEventListener("change", showLayers);

  // The record of a mark; of one beyond those that the page holds, its links.
  const tell = (id) => {
    const brief = document.getElementById("brief");
    if (record(id) || !brief) return record(id);
    const [layer, kind, path] = KINDS[id.slice(0, 3)];
    const made = brief.content.firstElementChild.cloneNode(true);
    made.id = "r-" + id;
    made.classList.add(layer);
    made.setAttribute("aria-label", kind);
    made.querySelector(".kicker").textContent = kind;
    made.querySelector(".place").href = "#" + id;
    const json = made.querySelector(".json");
    if (json) json.setAttribute("href", json.getAttribute("href") + path(id, brief.dataset.article));
    panel.append(made);
    return made;
  };

  let lit = [];
  const light = (ids) => {
    for (const element of lit) element.classList.remove("lit");
    lit = ids.flatMap((id) => segments.get(id) ?? []);
    for (const id of ids) {
      lit.push(...document.querySelectorAll(`.voices a[href="#${CSS.escape(id)}"]`));
    }
    for (const element of lit) element.classList.add("lit");
  };
  // A mark is lit with the attribution that it is the content of: source, cue and content at once.
  const withWhole = (id) => [id, record(id)?.dataset.of].filter(Boolean);
  const lightAt = (segment) => {
    const ids = shown(segment);
    const whole = ids.find((id) => layerOf(id) === "attributions");
    light([...new Set([...ids.slice(0, 1).flatMap(withWhole), whole].filter(Boolean))]);
  };

  // On a phone the panel lies over the text: what was selected is brought above it.
  const uncover = (mark) => {
    if (!mark || getComputedStyle(panel).position !== "fixed") return;
    const hidden = mark.getBoundingClientRect().bottom + 24 - panel.getBoundingClientRect().top;
    if (hidden > 0) scrollBy(0, hidden);
  };

  let opened = [];
  let opener = null;
  const open = (ids, { focus, mark }) => {
    for (const id of opened) record(id)?.classList.remove("open");
    // A quotation's record tells its attribution too.
    const told = new Set(ids.map((id) => tell(id)?.dataset.of));
    opened = ids.filter((id) => !told.has(id));
    for (const id of opened) {
      record(id)?.classList.add("open");
      panel.append(record(id));
    }
    panel.classList.toggle("open", opened.length > 0);
    panel.scrollTop = panel.parentNode.scrollTop = 0;
    light(opened.slice(0, 1).flatMap(withWhole));
    if (opened.length) uncover(mark ?? segments.get(opened[0])?.[0]);
    if (focus && ids.length) panel.focus({ preventScroll: true });
  };
  const close = () => {
    open([], { focus: false });
    opener?.focus();
    opener = null;
  };

  text.addEventListener("click", (event) => {
    const segment = event.target.closest("[data-r]");
    if (!segment || String(getSelection())) return;
    const ids = shown(segment);
    if (!ids.length) return;
    event.preventDefault();
    opener = segment.closest("a") ?? segments.get(ids[0])[0];
    open(ids, { focus: event.detail === 0, mark: segment });
    const anchor = ids[0].startsWith("e-") ? segment.id : ids[0];
    if (anchor) history.replaceState(null, "", "#" + anchor);
  });
  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    text.addEventListener(enter, (event) => {
      const segment = event.target.closest("[data-r]");
      if (segment) lightAt(segment);
    });
    text.addEventListener(leave, () => light(opened.slice(0, 1).flatMap(withWhole)));
  }
  panel.querySelector(".close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened.length) close();
  });

  // A deep link to a mark switches its layer on and opens its record.
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1)).replace(/^r-/, "");
    const target = document.getElementById(id);
    const ids = record(id) || segments.has(id) ? [id] : target?.dataset?.r ? shown(target).slice(0, 1) : [];
    if (!ids.length) return;
    const box = boxes.find((one) => one.value === layerOf(ids[0]));
    if (box && !box.checked) {
      box.checked = true;
      showLayers();
    }
    opener = target?.closest("a") ?? segments.get(ids[0])?.[0] ?? null;
    open(ids, { focus: false });
    const mark = segments.get(ids[0])?.[0] ?? target;
    mark?.scrollIntoView({ block: "center" });
    uncover(mark);
  };
  addEventListener("hashchange", follow);
  showLayers();
  follow();
})();
