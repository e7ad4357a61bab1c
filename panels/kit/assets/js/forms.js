// Forms in place: checked as they are filled in, sent without leaving the page, every problem beside its field. Without
// this script the browser checks and sends them, and the same problems come back with the page.
(() => {
  "use strict";
  const { all, word, part, leave, signedOut, openModal } = window.panel;
  const dialog = document.getElementById("act-dialog");

  // What is wrong with a control, in words; nothing when it is right.
  function wrong(control) {
    const { validity: v, value } = control;
    const repeat = control.dataset.repeat;
    if (v.valueMissing) return word(control.matches("select, [type=radio]") ? "check-choose" : "check-missing");
    if (repeat && value.trim() && value.trim() !== repeat) return word("check-repeat", { name: repeat });
    if (v.badInput || v.stepMismatch) return word("check-whole");
    if (v.rangeUnderflow) return word("check-least", { n: control.min });
    if (v.rangeOverflow) return word("check-most", { n: control.max });
    if (v.patternMismatch) return `${word("check-form")} ${control.title}`.trim();
    const short = control.minLength > 0 && value && value.length < control.minLength;
    if (v.tooShort || short) return word("check-short", { n: control.minLength });
    if (v.tooLong) return word("check-long", { n: control.maxLength });
    return "";
  }

  // The element that speaks for a control: a set of radio buttons speaks as one.
  const speaker = (control) => (control.type === "radio" ? control.closest("fieldset") : control);

  function tell(control, problem) {
    const told = speaker(control);
    const field = told.closest(".field");
    if (!field || !told.id) return;
    const id = `${told.id}-problem`;
    let line = document.getElementById(id);
    const described = (told.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
    if (problem) {
      if (!line) {
        line = document.createElement("p");
        line.className = "problem";
        line.id = id;
        field.append(line);
      }
      line.textContent = problem;
      described.push(id);
    } else if (line) {
      line.remove();
    }
    field.classList.toggle("wrong", Boolean(problem));
    if (described.length) told.setAttribute("aria-describedby", described.join(" "));
    else told.removeAttribute("aria-describedby");
    if (problem) told.setAttribute("aria-invalid", "true");
    else told.removeAttribute("aria-invalid");
  }

  const controls = (form) => [...form.elements].filter((one) => one.willValidate && one.name && one.type !== "hidden");

  // Says what is wrong and goes to the first of it. Whether all is right.
  function check(form) {
    const bad = controls(form).filter((control) => {
      const problem = wrong(control);
      tell(control, problem);
      return problem;
    });
    const fold = bad[0]?.closest("details");
    if (fold) fold.open = true;
    bad[0]?.focus();
    return bad.length === 0;
  }

  function focusFirst(root) {
    const problem = root.querySelector("[aria-invalid=true]");
    const first = problem?.matches("fieldset") ? problem.querySelector("input") : problem;
    const empty = [...all("input:not([type=hidden]), select, textarea", root)].find((one) => !one.value && !one.closest("template"));
    (first || root.querySelector("#problems") || empty || root.querySelector("#submit"))?.focus();
  }

  // The form in an answer; nothing when the answer is no form.
  function formIn(text) {
    const holder = document.createElement("template");
    holder.innerHTML = text;
    return holder.content.querySelector("#act");
  }

  function begin(act) {
    if (act.closest("dialog")) {
      document.getElementById("act-dialog-title").textContent = act.dataset.title;
      document.getElementById("act-dialog-lead").textContent = act.dataset.lead;
    }
    htmx.process(act);
    prepare(act);
    focusFirst(act);
  }

  function say(form, sentence) {
    let line = form.querySelector(".broken-off");
    if (!line) {
      line = document.createElement("p");
      line.className = "problem broken-off";
      line.setAttribute("role", "alert");
      form.querySelector(".card-footer").prepend(line);
    }
    line.textContent = sentence;
  }

  async function send(form, button) {
    const act = form.closest("#act");
    const submit = form.querySelector("#submit");
    submit.setAttribute("aria-busy", "true");
    form.dataset.sending = "true";
    let goes = false;
    leave(true);
    try {
      const body = new URLSearchParams(new FormData(form, button?.name ? button : null));
      const response = await part(form.action, { method: "POST", body, headers: { "Rackwright-Form": "true" } });
      if (signedOut(response)) return;
      const home = response.headers.get("rackwright-go");
      if (home) {
        goes = true;
        location.assign(home);
        return;
      }
      const text = await response.text();
      const fresh = formIn(text);
      if (!fresh) return say(form, text);
      act.replaceWith(fresh);
      begin(fresh);
    } catch {
      say(form, word("broken-off"));
    } finally {
      leave(goes);
      submit.removeAttribute("aria-busy");
      delete form.dataset.sending;
    }
  }

  function prepare(root) {
    all("form[data-in-place]", root).forEach((form) => (form.noValidate = true));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-in-place]")) {
      event.preventDefault();
      const button = event.submitter;
      if (form.dataset.sending || (!button?.hasAttribute("formnovalidate") && !check(form))) return;
      send(form, button);
    } else if (form.matches("form[data-dialog]") && dialog) {
      event.preventDefault();
      openForm(form);
    }
  });
  // A field that was wrong is looked at again as it changes; others when they are left.
  document.addEventListener("input", (event) => {
    const control = event.target;
    if (control.form?.matches("[data-in-place]") && speaker(control)?.getAttribute("aria-invalid")) tell(control, wrong(control));
  });
  document.addEventListener("focusout", (event) => {
    const control = event.target;
    if (!control.form?.matches("[data-in-place]") || !control.willValidate || !control.name || !control.value) return;
    // A line that appears while a button is being pressed would move the button away.
    const look = () => control.isConnected && !control.form.dataset.sending && tell(control, wrong(control));
    if (pressing) document.addEventListener("pointerup", () => setTimeout(look), { once: true });
    else look();
  });
  let pressing = false;
  document.addEventListener("pointerdown", () => (pressing = true), true);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressing = false), true);

  // The form of an action on a thing, over the page.
  async function openForm(form) {
    const body = document.getElementById("act-dialog-body");
    const url = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    try {
      const response = await part(url, { headers: { "Rackwright-Form": "true" } });
      if (signedOut(response)) return;
      const act = formIn(await response.text());
      if (!act) throw new Error("that is no form");
      body.replaceChildren(act);
      openModal(dialog);
      begin(act);
    } catch {
      location.assign(url);
    }
  }
  dialog?.addEventListener("close", () => (document.getElementById("act-dialog-body").innerHTML = ""));

  document.addEventListener("DOMContentLoaded", () => {
    prepare(document);
    const act = document.querySelector("main #act");
    if (act?.querySelector("#problems")) focusFirst(act);
    else document.querySelector("[data-focus]")?.focus();
  });
  prepare(document);
})();
