// Files: what is wrong is said at once, progress is shown, and a lost connection loses nothing.
// Without this script the browser sends the form as usual.

const forms = new Set();
for (const box of document.querySelectorAll("[data-upload]")) {
  forms.add(box.closest("form"));
  const input = box.querySelector('input[type="file"]');
  const state = box.querySelector(".upload-state");
  const most = Number(box.dataset.maxBytes);
  input.addEventListener("change", () => {
    // What is too large is left out; the others stay chosen.
    const rest = new DataTransfer();
    const words = [];
    let bytes = 0;
    for (const file of input.files) {
      if (file.size > most) {
        words.push(box.dataset.tooLarge + file.name);
      } else {
        rest.items.add(file);
        bytes += file.size;
      }
    }
    if (words.length) input.files = rest.files;
    box.parentNode.querySelector(".error")?.remove();
    const isTooMuch = bytes > (box.dataset.maxTogether ?? Infinity);
    if (isTooMuch) words.push(box.dataset.tooMuch);
    state.textContent = words.join(" · ");
    input.setCustomValidity(isTooMuch ? state.textContent : "");
  });
}

for (const form of forms) {
  form?.addEventListener("submit", (event) => {
    const boxes = [...form.querySelectorAll("[data-upload]")].filter((box) => box.querySelector("input").files.length > 0);
    if (event.defaultPrevented || boxes.length === 0) return;
    event.preventDefault();
    const state = boxes[0].querySelector(".upload-state");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", boxes[0].dataset.progress);
    state.after(bar);

    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    // The page after this one is read twice: here, and when the browser goes there. Its message is for the second time.
    request.setRequestHeader("X-Peek", "1");
    request.upload.addEventListener("progress", (progress) => {
      bar.value = (100 * progress.loaded) / progress.total;
      const tenth = Math.floor(bar.value / 10) * 10;
      const word = `${boxes[0].dataset.progress} ${tenth}%`;
      if (state.textContent !== word) state.textContent = word;
    });
    const failed = () => {
      bar.remove();
      // The button to press again is called by its name.
      const button = event.submitter ?? form.querySelector("button:not([type=button])");
      state.textContent = boxes[0].dataset.lost.replace("#", () => button?.textContent.trim() ?? "");
      form.dispatchEvent(new Event("unsent"));
    };
    request.addEventListener("error", failed);
    request.addEventListener("timeout", failed);
    request.addEventListener("load", () => {
      // The answer to a good upload is another page; a refusal is a page too, shown in place of this one.
      const elsewhere = request.responseURL && request.responseURL !== location.href;
      if (request.status < 400 && elsewhere) {
        location.assign(request.responseURL);
      } else {
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        document.documentElement.replaceWith(page.documentElement);
        // A script runs once per address: marked anew, it runs for the new page.
        for (const { src } of document.scripts) import(`${src}#${Date.now()}`);
        document.querySelector("[data-focus], main")?.focus();
      }
    });
    request.send(new FormData(form, event.submitter));
  });
}
