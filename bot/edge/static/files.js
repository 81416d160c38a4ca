/* Files beside the conversation: what is sent is checked here first, so that nobody waits in vain.
   No name of a file is shown or kept: the next user of the device shall not read it. */

const LARGEST = 10 * 1024 * 1024; // bytes, as the server counts them
const PATIENCE = 120000; // ms for one file
const SORTS = [[/^image\//, "照片"], [/^audio\//, "录音"], [/^video\//, "视频"]];

/* What a bubble says of a file: its sort and size. */
export function describe({ type, size }) {
  const sort = SORTS.find(([pattern]) => pattern.test(type))?.[1] || "文件";
  const megabytes = size / 1024 / 1024;
  const amount = megabytes < 0.1 ? `${Math.max(1, Math.round(size / 1024))} KB` : `${megabytes.toFixed(1)} MB`;
  return `［${sort}，${amount}］`;
}

/* Why a file need not be sent at all; empty: it may be. */
export function refusal({ type, size, name }) {
  if (!size) return "这个文件是空的，请换一个。";
  if (size > LARGEST) return "文件太大了，一个文件最多 10 MB。";
  if (/hei[cf]/i.test(type) || /\.hei[cf]$/i.test(name)) {
    return "HEIC 格式的照片收不了，请截屏后再发，或在手机里存成 JPG。";
  }
  return "";
}

/* Sends one file; `onProgress` hears how much has gone, 0 to 100. Gives {status, body} as `post`. */
export function upload(file, { token, receipt, onProgress }) {
  const form = new FormData();
  if (receipt) form.append("receipt", receipt);
  form.append("file", file);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const nothing = () => done({ status: 0, body: {} });
    request.open("POST", "/chat/files");
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    Object.assign(request, { responseType: "json", timeout: PATIENCE, onerror: nothing, ontimeout: nothing });
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.floor(100 * loaded / total));
    request.onload = () => done({ status: request.status, body: request.response || {} });
    request.send(form);
  });
}
