// Enhancement only: without it both languages, all needs and all reasons are still there.
(() => {
  'use strict';
  const $ = (id) => document.getElementById(id);
  const all = (css, root = document) => [...root.querySelectorAll(css)];

  // Language: kept in the address as lang=zh or lang=en, behind the anchor where there is one.
  const title = document.querySelector('title');
  const current = () => ($('zh').checked ? 'zh' : 'en');
  const anchor = () => location.hash.slice(1).replace(/&?lang=(zh|en)/, '');
  const remember = () => history.replaceState(null, '', '#' + [anchor(), 'lang=' + current()].filter(Boolean).join('&'));
  const dress = () => {
    document.documentElement.lang = current();
    title.textContent = title.dataset[current()];
  };
  const reveal = () => {
    const target = anchor() && $(decodeURIComponent(anchor()));
    if (!target) return;
    for (let box = target; box; box = box.parentElement) if (box.localName === 'details') box.open = true;
    target.scrollIntoView();
  };
  const follow = () => {
    const asked = /lang=(zh|en)/.exec(location.hash);
    if (asked) $(asked[1]).checked = true;
    dress();
    reveal();
    if (location.hash) remember();
  };
  for (const id of ['zh', 'en']) $(id).addEventListener('change', () => { dress(); remember(); });
  addEventListener('hashchange', follow);
  follow();

  // Opening a match brings the text of its evidence beside the reason, terms in common marked.
  const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const quote = (link) => {
    const text = document.querySelector(link.hash + ' p');
    if (!text || link.dataset.quoted) return;
    link.dataset.quoted = '1';
    const words = all('u', link.closest('.m')).flatMap((list) => list.textContent.split(/ · | = /)).sort((a, b) => b.length - a.length);
    const box = document.createElement('q');
    box.lang = text.lang;
    const pattern = words.map((word) => (/^[\x00-\x7f]+$/.test(word) ? '\\b' : '') + escaped(word)).join('|');
    text.textContent.split(words.length ? new RegExp('(' + pattern + ')', 'i') : /$^/).forEach((piece, i) => {
      const node = i % 2 ? document.createElement('mark') : document.createTextNode(piece);
      if (i % 2) node.textContent = piece;
      box.append(node);
    });
    link.closest('li').lastElementChild.append(box);
  };
  document.addEventListener('toggle', (event) => {
    if (event.target.open && event.target.matches('.m')) all('a.ev', event.target).forEach(quote);
  }, true);
  all('.m[open] a.ev').forEach(quote);

  // Search and filter.
  const blocks = all('.need, .rest-table tbody tr');
  let only = 'all';
  let texts = null;
  const filter = () => {
    texts ??= blocks.map((block) => all('h3, .meta, .who, th, td', block).map((part) => part.textContent).join(' ').toLowerCase());
    const words = $('find').value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    blocks.forEach((block, i) => {
      const fits = (only === 'all' || block.dataset.state.split(' ').includes(only)) && words.every((word) => texts[i].includes(word));
      block.hidden = !fits;
      shown += fits;
    });
    $('tally').textContent = `${shown} / ${blocks.length}`;
    $('nothing').hidden = shown > 0;
  };
  if (blocks.length) {
    $('tools').hidden = false;
    $('tally').textContent = `${blocks.length} / ${blocks.length}`;
    $('find').addEventListener('input', filter);
    const buttons = all('[data-only]');
    buttons.forEach((button) => button.addEventListener('click', () => {
      only = button.dataset.only;
      buttons.forEach((one) => one.setAttribute('aria-pressed', String(one === button)));
      filter();
    }));
    const toggle = (open) => all('.need:not([hidden])').forEach((need) => { need.open = open; });
    $('open-all').addEventListener('click', () => toggle(true));
    $('close-all').addEventListener('click', () => toggle(false));
  }

  // On paper every need is open.
  addEventListener('beforeprint', () => all('.need, .group').forEach((box) => { box.open = true; }));
})();
