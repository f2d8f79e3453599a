// Files: what is wrong is said at once; a lost connection loses nothing. Without this the form is sent as usual.

const forms = new Set();
for (const box of document.querySelectorAll("[data-upload]")) {
  forms.add(box.closest("form"));
  const input = box.querySelector('input[type="file"]');
  const wrong = box.querySelector(".error");
  input.addEventListener("change", () => {
    // What is too large is left out; the others stay chosen.
    const rest = new DataTransfer();
    const words = [];
    let bytes = 0;
    for (const file of input.files) {
      if (file.size > box.dataset.maxBytes) words.push(box.dataset.tooLarge + file.name);
      else {
        rest.items.add(file);
        bytes += file.size;
      }
    }
    if (words.length) input.files = rest.files;
    box.parentNode.querySelector(":scope > .error")?.remove();
    const isTooMuch = bytes > (box.dataset.maxTogether ?? Infinity);
    if (isTooMuch) words.push(box.dataset.tooMuch);
    wrong.textContent = words.join(" · ");
    input.setCustomValidity(isTooMuch || !bytes ? wrong.textContent : "");
  });
  // Whoever has nothing left to send stays here once.
  input.addEventListener("invalid", () => setTimeout(() => input.files.length || input.setCustomValidity(""), 3e3));
}

for (const form of forms) {
  form?.addEventListener("submit", (event) => {
    const boxes = [...form.querySelectorAll("[data-upload]")].filter((box) => box.querySelector("input").files.length);
    if (event.defaultPrevented || !boxes.length) return;
    event.preventDefault();
    const state = boxes[0].querySelector(".upload-state");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", boxes[0].dataset.progress);
    state.after(bar);

    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    // The next page is read twice: here, and when the browser goes there. Its message is for the second time.
    request.setRequestHeader("X-Peek", "1");
    request.upload.addEventListener("progress", (progress) => {
      bar.value = (100 * progress.loaded) / progress.total;
      const word = `${boxes[0].dataset.progress} ${Math.floor(bar.value / 10) * 10}%`;
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
    request.addEventListener("load", () => {
      // A good upload is answered by another page; a refusal is shown in place of this one.
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
