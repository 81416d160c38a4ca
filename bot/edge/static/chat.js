/* The parents' chat page: opens a conversation, sends messages, draws the answers.
   What the server says only ever becomes text, never markup. What the tab keeps (sessionStorage)
   holds no receipt and no long number: the next user of the device shall not read them. */

import { describe, refusal, upload } from "./files.js";
import { watchNews } from "./news.js";
import { downloadProof } from "./proof.js";

const LIMIT = 4000; // characters, as the server counts them
const COUNTED = 400; // from so many characters left on, their number is shown
const PAUSES = [1000, 2000, 4000]; // ms before each automatic retry
const PATIENCE = 30000; // ms that one try may take
const PLACEHOLDERS = {
  kind: "点选上面的一项，或用自己的话说",
  org: "学校、机构的名称，或老师的称呼",
  place: "例如：哪个区、哪条街、哪个小区",
  when: "例如：每周六上午",
  detail: "请说说看到了什么，越具体越好",
  subject: "例如：数学、英语、舞蹈", grade: "例如：五年级、初二",
  anonymous: "匿名，或者留联系方式",
  contact: "手机号，只用于回访",
  evidence: "说说有什么凭据，没有就说“没有”",
  confirm: "没问题请说“对”，要改就直接说",
  supplement: "请说要补充的情况",
};

const [scroller, starters, log, typing, composer, input, counter, sendButton, attach, picker] = [
  "scroller", "starters", "log", "typing", "composer", "input", "counter", "send", "attach", "picker",
].map((id) => document.getElementById(id));

// What the tab keeps ----------------------------------------------------------------------------
/* Where storage is off or full all works, but a reload forgets. */
function kept(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}
function keep(key, value) {
  try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* see above */ }
}

/* Takes out every run of at least `digits` digits, however it is grouped; a ticket's number, which
   opens nothing, stays. */
function masked(text, digits) {
  const run = new RegExp(`\\p{Nd}(?:[\\s·,，_－—-]{0,3}\\p{Nd}){${digits - 1},}[Xx]?`, "gu");
  const isTicket = (found, at) => /^\d{16}$/.test(found) && /JS$/.test(text.slice(0, at));
  return text.replace(run, (found, at) => isTicket(found, at) ? found : "（号码不保存）");
}

function storableReply(reply) {
  const hadReceipt = Boolean(reply.receipt || reply.hadReceipt);
  return { ...reply, text: masked(reply.text || "", 16), receipt: null, hadReceipt };
}

/* A turn as it may be kept. An answered message loses its id: the server repeats the answer to an
   id, receipt and all. One whose numbers are masked cannot be sent again, only shown. */
function storable({ from, state, replies, text, content, id }) {
  if (replies) return { from, replies: replies.map(storableReply) };
  const shown = { from, state, text: masked(text, 11) };
  return state === "failed" && shown.text === text ? { ...shown, content, id } : shown;
}

// Network ---------------------------------------------------------------------------------------
let [token, opening] = [kept("session"), null];

/* Gives {status, body}; status 0 means that nothing with the field `expected` came back. */
async function post(path, content, expected) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const bearer = token ? { Authorization: `Bearer ${token}` } : {};
  const headers = { "Content-Type": "application/json", ...bearer };
  const request = { method: "POST", headers, body: JSON.stringify(content), signal: stop.signal };
  try {
    const response = await fetch(path, request);
    const body = (await response.json().catch(() => null)) || {};
    return { status: response.ok && !body[expected] ? 0 : response.status, body };
  } catch {
    return { status: 0, body: {} };
  } finally {
    clearTimeout(timer);
  }
}

/* One request however many ask for it at once: two would be two conversations. */
function openSession() {
  opening = opening || post("/chat/session", {}, "session").then((answer) => {
    opening = null;
    token = answer.body.session || null;
    keep("session", token);
    return answer;
  });
  return opening;
}

async function tryOnce({ content, id }) {
  const opened = token ? null : await openSession();
  return token ? post("/chat/message", { ...content, message_id: id }, "replies") : opened;
}

/* The same message_id each time: the server answers a repeated one without acting twice. */
async function deliver(turn) {
  for (const pause of PAUSES) {
    const answer = await tryOnce(turn);
    if (answer.status > 0 && answer.status < 500) return answer;
    typing.textContent = "网络不稳，正在重试…";
    await new Promise((done) => setTimeout(done, pause));
  }
  return tryOnce(turn);
}

/* randomUUID is missing where the page is not served over https; object addresses end in one too. */
function newId() {
  return crypto.randomUUID ? crypto.randomUUID() : URL.createObjectURL(new Blob()).slice(-36);
}

// Drawing ---------------------------------------------------------------------------------------
function element(tag, className, text, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...(text ? [text] : []), ...children);
  return made;
}

function button(className, title, onClick) {
  const made = element("button", className, title);
  made.addEventListener("click", onClick);
  return made;
}

function drawReceipt(receipt) {
  const groups = String(receipt).replace(/\D/g, "").match(/.{1,4}/g) || [receipt];
  const code = element("p", "code", groups.join(" "));
  const copy = button("copy", "复制", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = "已复制";
    } catch { // no permission, or not https
      getSelection().selectAllChildren(code);
      copy.textContent = document.execCommand("copy") ? "已复制" : "已选中，请手动复制";
    }
  });
  return element("div", "receipt", "", element("p", "name", "您的查询码"), code, copy,
    element("p", "keep", "请抄下或截图保存，丢失后无法找回"));
}

/* The proof can be had as long as the receipt is in sight. */
function drawProof(receipt) {
  const word = element("p", "quiet");
  word.setAttribute("role", "status");
  const get = button("choice proof", "下载登记凭证", async () => {
    word.textContent = "正在准备…";
    const problem = token ? await downloadProof(receipt, token) : "请刷新页面再试。";
    word.textContent = problem || "已下载。凭证能证明何时登记过，里面没有举报内容。";
    if (problem) return;
    const link = element("a", "", "核对凭证的页面");
    Object.assign(link, { href: "/proof", target: "_blank", rel: "noopener noreferrer" });
    word.append(link);
  });
  return element("div", "proofs", "", get, word);
}

/* Where a source can be read: the document itself, else the rule on our own page; null: nowhere. */
function addressOf({ url, page }) {
  if (/^https?:\/\//i.test(url || "")) return url;
  return /^\/policy(?:[?#]|$)/.test(page || "") ? page : null;
}

function drawSource(source) {
  const { document: title, number, article } = source;
  const name = title.startsWith("《") ? title : `《${title}》`;
  const text = name + [number, article].filter(Boolean).join(" ");
  const href = addressOf(source);
  if (!href) return element("li", "", text);
  const link = element("a", "", text);
  Object.assign(link, { href, target: "_blank", rel: "noopener noreferrer" });
  return element("li", "", "", link);
}

function drawReply({ text, receipt, hadReceipt, citations, buttons }) {
  const parts = text ? [element("div", "bubble", text)] : [];
  const row = (tag, className, items) => element(tag, className, "", ...items);
  // The answer ends with its source line; the list adds only what that line cannot do: links.
  const sources = citations?.filter((c) => addressOf(c) || !text.includes(`《${c.document}》`)) ?? [];
  if (sources.length) parts.push(row("ul", "sources", sources.map(drawSource)));
  if (receipt) parts.push(drawReceipt(receipt), drawProof(receipt));
  else if (hadReceipt) parts.push(element("p", "quiet", "查询码只显示一次，本页不保存。"));
  const draw = ({ title, button: id }) => button("choice", title, () => say(title, { button: id }));
  if (buttons?.length) parts.push(row("div", "choices", buttons.map(draw)));
  return parts;
}

function drawTurn(turn) {
  const [side, speaker] = turn.from === "parent" ? ["parent", "您说："] : ["bot", "接诉说："];
  const row = element("div", side, "", element("span", "unseen", speaker),
    ...(turn.replies ? turn.replies.flatMap(drawReply) : [element("div", "bubble", turn.text)]));
  log.append(row);
  return row;
}

/* A button's answer is only good for its question, so its 重发 closes with the other choices. */
function drawTrouble(turn, row) {
  const again = turn.content && button(turn.content.button ? "choice" : "resend", "重发", () => {
    if (busy) return;
    row.remove();
    turns = turns.filter((other) => other !== turn);
    send(turn);
  });
  row.append(element("p", "trouble", again ? "没有发出去" : "没有发出去，请重新输入", again || ""));
}

function closeChoices() {
  const open = [...log.querySelectorAll(".choice:enabled:not(.proof)")];
  open.forEach((choice) => { choice.disabled = true; });
  return open;
}

function showQuestion(replies) {
  const asking = replies.filter((reply) => reply.asks).pop();
  input.placeholder = PLACEHOLDERS[asking?.asks] || "请在这里输入";
}

// Conversation: parent {from, text, content, id, state}, bot {from, replies}, note {from, text} ---
let [turns, busy, receiptInSight] = [kept("turns") || [], false, null];

function add(turn) {
  turns.push(turn);
  keep("turns", turns.slice(-200).map(storable));
  return drawTurn(turn);
}

function setBusy(value, words = "正在回复…") {
  busy = value;
  typing.textContent = value ? words : "";
  [sendButton, attach].forEach((each) => each.setAttribute("aria-disabled", String(value)));
}

function say(text, content) {
  if (!busy) send({ from: "parent", text, content, id: newId() });
}

function answerWith(replies) {
  const row = add({ from: "bot", replies });
  showQuestion(replies);
  return row;
}

/* Remembers, in this page only, by which receipt the ticket in sight was opened: files go to it. */
function keepInSight({ text }, replies, row) {
  const filed = replies.find(({ receipt }) => receipt)?.receipt;
  const typed = text.normalize("NFKC").match(/(?:\d[\s·,，_－—-]{0,3}){15}\d/)?.[0].replace(/\D/g, "");
  if (filed) receiptInSight = filed;
  else if (typed && replies.some((reply) => /^工单 ?JS\d/.test(reply.text))) {
    receiptInSight = typed;
    row.append(drawProof(typed));
  }
}

/* What became of a message: answered, refused (nothing changed), or failed (may be sent again). */
function outcome({ content }, status) {
  if (status === 200 || (status === 401 && content.button)) return "answered";
  return status === 0 || status >= 500 || status === 429 || status === 401 ? "failed" : "refused";
}

async function send(turn) {
  starters.hidden = true;
  const closed = closeChoices();
  turn.state = "failed"; // until it is answered: a reload in between offers it again
  const row = add(turn);
  setBusy(true);
  // On a touch screen the keyboard would cover the answer, so only the composer opens it.
  const typed = document.activeElement === input || matchMedia("(pointer: fine)").matches;
  (typed ? input : scroller).focus({ preventScroll: true });
  scroller.scrollTop = 0; // the end: see the style sheet
  const { status, body } = await deliver(turn);
  setBusy(false);
  turn.state = outcome(turn, status);
  if (turn.state === "failed") drawTrouble(turn, row);
  if (turn.state === "refused") closed.forEach((choice) => { choice.disabled = false; });
  if (status === 200) keepInSight(turn, body.replies, answerWith(body.replies));
  else if (status === 401) startAnew();
  else explain(turn, body.error);
  row.scrollIntoView(); // the message on top, or as far up as its answer reaches
}

function startAnew() {
  [token, receiptInSight] = [null, null];
  openSession();
  answerWith([{ text: "离开太久，刚才的对话已结束，现在是新的对话。没有提交的内容请重新说。" }]);
}

function explain(turn, error) {
  const text = error?.message || (turn.state === "refused" && "没有收下这句话，请换个说法。");
  if (text) add({ from: "note", text });
}

// Files -----------------------------------------------------------------------------------------
async function sendFile(file) {
  const turn = { from: "parent", text: describe(file), state: "refused" }; // a reload cannot resend it
  starters.hidden = true;
  const row = add(turn);
  const problem = refusal(file);
  if (problem) return failFile(file, row, problem, false);
  const bar = element("progress", "");
  Object.assign(bar, { max: 100, value: 0 });
  bar.setAttribute("aria-label", "上传进度");
  row.append(bar);
  setBusy(true, "正在上传材料…");
  scroller.scrollTop = 0;
  if (!token) await openSession();
  const onProgress = (done) => { bar.value = done; };
  const { status, body } = token
    ? await upload(file, { token, receipt: receiptInSight, onProgress }) : { status: 0, body: {} };
  setBusy(false);
  bar.remove();
  if (status === 200) return add({ from: "note", text: body.text });
  if (status === 401) startAnew();
  const mayPass = status === 0 || status >= 500 || status === 429 || status === 401;
  return failFile(file, row, body.error?.message || "网络不稳，材料没有传上去。", mayPass);
}

function failFile(file, row, problem, mayPass) {
  const again = mayPass && button("resend", "重传", () => {
    if (busy) return;
    row.remove();
    sendFile(file);
  });
  row.append(element("p", "trouble", "没有传上去", again || ""));
  add({ from: "note", text: problem });
}

attach.addEventListener("click", () => { if (!busy) picker.click(); });
picker.addEventListener("change", async () => {
  const files = [...picker.files];
  picker.value = ""; // so that the same file can be chosen again
  for (const file of files) await sendFile(file);
  scroller.scrollTop = 0;
});

// Composer --------------------------------------------------------------------------------------
/* Fits the field to its text; gives the number of characters left. */
function measure() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
  const left = LIMIT - [...input.value.trim()].length;
  const words = left < 0 ? `超出 ${-left} 字，请分几次说` : `还可以写 ${left} 字`;
  counter.textContent = left > COUNTED ? "" : words;
  input.setAttribute("aria-invalid", String(left < 0));
  return left;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  input.focus();
  if (busy || !text || measure() < 0) return;
  input.value = "";
  measure();
  say(text, { text });
});

input.addEventListener("input", measure);
input.addEventListener("keydown", (event) => {
  // Enter also ends a word in a Chinese input method; Safari tells it only by key code 229.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  sendButton.click();
});
starters.addEventListener("click", ({ target }) => {
  const chosen = target.closest("button");
  if (chosen) say(chosen.dataset.text, { text: chosen.dataset.text });
});

// Safari lays its keyboard over the page; head and composer have to stay in sight.
if (window.visualViewport) visualViewport.addEventListener("resize", () => {
  if (visualViewport.scale === 1) document.body.style.height = `${visualViewport.height}px`;
});

// Start -----------------------------------------------------------------------------------------
for (const turn of turns) {
  if (turn.from === "parent" && turn.state !== "refused") closeChoices();
  const row = drawTurn(turn);
  if (turn.state === "failed") drawTrouble(turn, row);
  if (turn.replies) showQuestion(turn.replies);
}
starters.hidden = turns.length > 0;
setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
if (matchMedia("(pointer: fine)").matches) input.focus();
if (!token) openSession(); // a failure shows when the first message is sent
watchNews({
  token: () => token,
  seen: () => kept("newsSeen") || 0,
  idle: () => !busy,
  draw: ({ id, text }) => {
    keep("newsSeen", id);
    add({ from: "bot", replies: [{ text }] });
  },
});
