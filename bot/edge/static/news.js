/* News of one's own tickets: asked for while the page is in sight, drawn once each. */

const EVERY = 60000; // ms

/* `token()` and `seen()` give the session and the last id drawn; `draw` puts a text into the log
   and keeps its id. `idle()`: no answer is being waited for. */
export function watchNews({ token, seen, idle, draw }) {
  let asking = false;

  async function look() {
    if (asking || !token() || !idle() || document.visibilityState !== "visible") return;
    asking = true;
    try {
      const headers = { Authorization: `Bearer ${token()}` };
      const response = await fetch(`/chat/news?seen=${seen()}`, { headers });
      const { news } = response.ok ? await response.json() : { news: [] };
      news.filter(({ id }) => id > seen()).forEach(draw);
    } catch { // the next look will do
    } finally {
      asking = false;
    }
  }

  function lookOn() {
    setTimeout(() => look().then(lookOn), EVERY);
  }

  document.addEventListener("visibilitychange", look);
  look();
  lookOn();
}
