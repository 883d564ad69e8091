// The list of a RelatedPagesPanel. The choice is in the hidden input; the server draws the list for it.

const changes = {
  pin: ({ pinned, hidden }, id) => ({ pinned: [...pinned, id], hidden: hidden.filter((other) => other !== id) }),
  unpin: ({ pinned, hidden }, id) => ({ pinned: pinned.filter((other) => other !== id), hidden }),
  hide: ({ pinned, hidden }, id) => ({ pinned, hidden: [...hidden, id] }),
  show: ({ pinned, hidden }, id) => ({ pinned, hidden: hidden.filter((other) => other !== id) }),
  up: ({ pinned, hidden }, id) => ({ pinned: moved(pinned, id, -1), hidden }),
  down: ({ pinned, hidden }, id) => ({ pinned: moved(pinned, id, 1), hidden }),
};

function moved(ids, id, step) {
  const from = ids.indexOf(id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= ids.length) return ids;
  const others = ids.filter((other) => other !== id);
  return [...others.slice(0, to), id, ...others.slice(to)];
}

class RelatedPages extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.input = this.querySelector('input');
    this.list = this.querySelector('[data-related-list]');
    this.status = this.querySelector('[data-related-status]');
    this.before = [];
    this.addEventListener('click', (event) => {
      const button = event.target.closest('[data-related-action]');
      if (button) this.act(button);
    });
    this.load();
  }

  get choice() {
    try {
      return { pinned: [], hidden: [], ...JSON.parse(this.input.value) };
    } catch {
      return { pinned: [], hidden: [] };
    }
  }

  act(button) {
    const action = button.dataset.relatedAction;
    if (action === 'choose') return this.choose();
    if (action === 'undo') return this.undo();
    if (action === 'retry') return this.load();
    const row = button.closest('[data-id]');
    return this.change(action, Number(row.dataset.id), row.dataset.title, this.nextFocus(row, action));
  }

  change(action, id, title, focus) {
    const before = this.choice;
    const after = changes[action](before, id);
    this.before.push(before);
    this.write(after);
    const position = after.pinned.indexOf(id) + 1;
    const said = this.dataset[{ up: 'saidMove', down: 'saidMove' }[action] || `said${capitalised(action)}`];
    return this.load(filled(said, { title, position, count: after.pinned.length }), focus);
  }

  choose() {
    const modal = new window.PageChooserModal(this.dataset.chooserUrl);
    modal.open({ modelNames: [this.dataset.pageType] }, ({ id, adminTitle, title }) => {
      const name = adminTitle || title;
      if (String(id) === this.dataset.page) return this.say(this.dataset.saidItself);
      if (this.choice.pinned.includes(id)) return this.say(filled(this.dataset.saidTwice, { title: name }));
      return this.change('pin', id, name, null);
    });
  }

  undo() {
    this.write(this.before.pop());
    this.load(this.dataset.saidUndo, () => (this.before.length ? this.button('undo') : this.list));
  }

  write(choice) {
    this.input.value = JSON.stringify(choice);
    ['input', 'change'].forEach((name) => this.input.dispatchEvent(new Event(name, { bubbles: true })));
  }

  // Draws the list again; the last request wins.
  async load(said = '', focus = null) {
    this.loading?.abort();
    this.loading = new AbortController();
    this.list.setAttribute('aria-busy', 'true');
    try {
      this.draw(await this.fetch(this.loading.signal));
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.say(this.dataset.saidFailed);
      this.button('retry').hidden = false;
      return;
    } finally {
      this.button('undo').hidden = !this.before.length;
    }
    this.button('retry').hidden = true;
    this.list.removeAttribute('aria-busy');
    this.say(said);
    focus?.()?.focus();
  }

  async fetch(signal) {
    const { limit, listUrl } = this.dataset;
    const query = new URLSearchParams({ choice: JSON.stringify(this.choice), limit });
    const response = await fetch(`${listUrl}?${query}`, { signal, headers: { 'X-Requested-With': 'XMLHttpRequest' } });
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    return response.text();
  }

  draw(html) {
    const open = {};
    this.list.querySelectorAll('details').forEach((part) => { open[part.dataset.relatedDetails] = part.open; });
    this.list.innerHTML = html;
    this.list.querySelectorAll('details').forEach((part) => { part.open = open[part.dataset.relatedDetails] ?? part.open; });
    this.forgetDeleted(this.list.firstElementChild.dataset.relatedDeleted);
  }

  // Not a change by the editor: it alone must not mark the page as changed.
  forgetDeleted(ids) {
    if (!ids) return;
    const deleted = ids.split(',').map(Number);
    const { pinned, hidden } = this.choice;
    const exists = (id) => !deleted.includes(id);
    this.input.value = JSON.stringify({ pinned: pinned.filter(exists), hidden: hidden.filter(exists) });
  }

  // Where the focus goes once the list is drawn: it follows a page that moves, else it keeps its place in the list.
  nextFocus(row, action) {
    const rows = row.parentElement.dataset.relatedRows;
    const place = [...row.parentElement.children].indexOf(row);
    const { id } = row.dataset;
    return () => {
      const same = this.list.querySelector(`[data-id="${id}"]`);
      if (['up', 'down', 'pin'].includes(action) && same) return enabled(same, action);
      const others = [...this.list.querySelectorAll(`[data-related-rows="${rows}"] > [data-id]`)];
      return others.length ? enabled(others[Math.min(place, others.length - 1)], action) : this.list;
    };
  }

  button(action) {
    return this.querySelector(`:scope > p [data-related-action="${action}"]`);
  }

  say(text) {
    this.status.textContent = text;
  }
}

function enabled(row, action) {
  const buttons = [...row.querySelectorAll('button:not(:disabled)')];
  return buttons.find((button) => button.dataset.relatedAction === action) || buttons[0];
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function capitalised(text) {
  return text[0].toUpperCase() + text.slice(1);
}

customElements.define('wvs-related-pages', RelatedPages);
