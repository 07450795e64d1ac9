// Keeps what is typed in a form, a while after the last key, and says when. Without this script the
// form has its own button for it.
const PAUSE = 1500;
const RETRY = 15000;

for (const form of document.querySelectorAll("form[data-mb-keeping]")) {
  const said = form.querySelector("[data-mb-said]");
  let waiting = 0;
  let changed = false;
  let sending = false;
  let leaving = false;
  const stop = new AbortController();

  const keep = async () => {
    if (sending || leaving || !changed) return;
    sending = true;
    changed = false;
    let failed = false;
    try {
      const answer = await fetch(form.dataset.mbKeeping, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
        redirect: "error",
        signal: stop.signal,
      });
      const told = answer.headers.get("Content-Type")?.startsWith("application/json")
        ? await answer.json()
        : {};
      if (!leaving) said.textContent = told.said ?? form.dataset.mbFailed;
    } catch {
      changed = failed = true;
      if (!leaving) said.textContent = form.dataset.mbFailed;
    }
    sending = false;
    if (changed) later(failed ? RETRY : PAUSE);
  };

  const later = (pause = PAUSE) => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, pause);
  };

  form.addEventListener("input", () => {
    changed = true;
    later();
  });
  form.addEventListener("submit", () => {
    // What is being saved need not be kept as well.
    leaving = true;
    clearTimeout(waiting);
    stop.abort();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
}
