// A tab "Suggested" in the page chooser that the rich text editor opens for a link.

(() => {
  const source = window.draftail?.LinkModalWorkflowSource?.prototype;
  if (!source?.getChooserConfig || source.suggestsPages) return;
  source.suggestsPages = true;

  const MOST_CHARACTERS = 2000;
  const { getChooserConfig } = source;

  source.getChooserConfig = function getConfigWithSuggestions(entity, selectedText) {
    const config = getChooserConfig.call(this, entity, selectedText);
    const { editorState, entityType } = this.props;
    if (!entityType?.suggestedPages || !config.onload) return config;
    const writing = {
      selected: selectedText || '',
      text: textAround(editorState),
      editing: window.location.pathname,
      csrfmiddlewaretoken: window.wagtailConfig?.CSRF_TOKEN || '',
    };
    return { ...config, onload: withTab(config.onload, entityType.suggestedPages, writing) };
  };

  // The paragraphs of the selection first, then those before and after them.
  function textAround(editorState) {
    const selection = editorState.getSelection();
    const blocks = editorState.getCurrentContent().getBlocksAsArray();
    const start = blocks.findIndex((block) => block.getKey() === selection.getStartKey());
    const end = blocks.findIndex((block) => block.getKey() === selection.getEndKey());
    const parts = [blocks.slice(start, end + 1), blocks.slice(0, start).slice(-1), blocks.slice(end + 1, end + 2)];
    return parts.flat().map((block) => block.getText()).join('\n').slice(0, MOST_CHARACTERS);
  }

  function withTab(handlers, { url, label }, writing) {
    const add = (modal, current) => addTab(bodyOf(modal), label, current, (query) => modal.postForm(url + query, writing));
    const wrapped = Object.entries(handlers).map(([step, handler]) => [step, (modal, data) => {
      handler(modal, data);
      add(modal, false);
    }]);
    const suggested = (modal) => {
      handleChoice(modal);
      add(modal, true);
    };
    return { ...Object.fromEntries(wrapped), suggested_pages: suggested };
  }

  function addTab(body, label, current, open) {
    const types = body?.querySelector('p.link-types');
    if (!types) return;
    const tab = document.createElement(current ? 'b' : 'a');
    tab.textContent = label;
    if (!current) {
      tab.href = '#';
      tab.addEventListener('click', (event) => {
        event.preventDefault();
        tab.textContent = `${label}…`;
        open(new URL(types.querySelector('a[href*="?"]')?.href ?? window.location.origin).search);
      });
    }
    types.append('| ', tab);
  }

  function handleChoice(modal) {
    const body = bodyOf(modal);
    body.querySelectorAll('p.link-types a').forEach((link) => link.addEventListener('click', (event) => {
      event.preventDefault();
      modal.loadUrl(link.href);
    }));
    body.querySelectorAll('a.choose-page').forEach((link) => link.addEventListener('click', (event) => {
      event.preventDefault();
      modal.respond('pageChosen', window.jQuery(link).data());
      modal.close();
    }));
    (body.querySelector('a.choose-page') ?? body.querySelector('p.link-types a'))?.focus();
  }

  function bodyOf(modal) {
    return modal.body?.jquery ? modal.body[0] : modal.body;
  }
})();
