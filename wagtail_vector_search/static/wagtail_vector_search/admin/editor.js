/* The side panel "Search": fills itself when it is opened, and sends its forms without leaving the editor. */
(() => {
  class EditorController extends window.StimulusModule.Controller {
    static targets = ['status', 'content', 'answer', 'loading', 'failed'];

    static values = { url: String };

    connect() {
      // The panel is hidden until it is opened. This also notices a panel that was left open last time.
      this.seen = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) this.load();
      });
      this.seen.observe(this.element);
    }

    disconnect() {
      this.seen.disconnect();
      this.request?.abort();
    }

    load() {
      this.seen.disconnect();
      this.fill(this.contentTarget, this.urlValue);
    }

    submit(event) {
      const form = event.target;
      event.preventDefault();
      const data = new FormData(form);
      if (form.dataset.wvsEditorInto === 'answer') {
        this.send(this.answerTarget, form, data);
      } else {
        this.send(this.contentTarget, form, data).then(() => this.contentTarget.querySelector('h3')?.focus());
      }
    }

    send(target, form, data) {
      const url = form.getAttribute('action');
      if (form.method === 'post') return this.fill(target, url, { method: 'POST', body: data });
      const query = new URLSearchParams(data).toString();
      return this.fill(target, query ? `${url}?${query}` : url);
    }

    async fill(target, url, options = {}) {
      this.request?.abort();
      this.request = new AbortController();
      const { signal } = this.request;
      target.setAttribute('aria-busy', 'true');
      this.statusTarget.textContent = this.loadingTarget.content.textContent;
      try {
        // With this header Wagtail answers a lost session with an error, not with the login form.
        const headers = { 'X-Requested-With': 'XMLHttpRequest' };
        const response = await fetch(url, { ...options, headers, signal });
        if (!response.ok) throw new Error(response.statusText);
        target.innerHTML = await response.text();
      } catch (error) {
        if (error.name === 'AbortError') return;
        target.replaceChildren(this.failedTarget.content.cloneNode(true));
      }
      this.statusTarget.textContent = '';
      target.removeAttribute('aria-busy');
    }
  }

  window.wagtail.app.register('wvs-editor', EditorController);
})();
