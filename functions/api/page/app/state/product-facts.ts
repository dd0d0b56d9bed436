import type { ProductInfo } from '../api/product.ts';
import { button, h } from '../view/dom.ts';
import { say } from '../view/say.ts';

/** What a product is, and the digest that it is cited by. */
export function about({ id, model, about: told, grid, digest }: ProductInfo): HTMLElement {
  const row = (term: string, text: string | undefined): HTMLElement[] =>
    text ? [h('div', {}, h('dt', {}, term), h('dd', {}, text))] : [];
  const copy = button('Copy', () => void copyText(digest), { class: 'plain-button', id: 'copy-digest' });
  copy.setAttribute('aria-label', 'Copy the digest');
  return h(
    'section',
    { class: 'about', 'aria-label': 'About the product' },
    h('h2', {}, 'About'),
    h(
      'dl',
      {},
      ...row('Product', id),
      ...row('Model', `${model.title} (${model.version})`),
      ...row('Grid', `${grid.shape[0]} × ${grid.shape[1]} pixels, ${grid.crs}`),
      ...Object.entries(told ?? {}).flatMap(([name, text]) =>
        row(name.charAt(0).toUpperCase() + name.slice(1), text),
      ),
      ...row('After', model.cite.join('; ')),
      h('div', {}, h('dt', {}, 'Digest'), h('dd', { class: 'digest' }, h('code', {}, digest), copy)),
    ),
  );
}

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say('The digest is copied.', 2500);
  } catch {
    say('This page may not write to the clipboard: select the digest and copy it.', 5000);
  }
}
