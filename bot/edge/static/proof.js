/* The proof of filing as a download. The receipt is only in memory, so after a reload it is gone. */

async function fetchProof(receipt, token) {
  try {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
    const response = await fetch("/chat/proof", { method: "POST", headers, body: JSON.stringify({ receipt }) });
    if (response.ok) return { text: await response.text(), response };
    return { problem: (await response.json()).error?.message };
  } catch {
    return {};
  }
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/* Fetches and saves the proof. Gives what went wrong in words; empty: it is saved. */
export async function downloadProof(receipt, token) {
  const { text, response, problem } = await fetchProof(receipt, token);
  if (!text) return problem || "没有下载成功，请稍后再试。";
  const number = /filename="(JS\d+)\.json"/.exec(response.headers.get("Content-Disposition"))?.[1];
  save(text, `登记凭证-${number || ""}.json`);
  return "";
}
