import { setWorkerUrl } from 'maplibre-gl';
import { ApiProblem, addressOf, apiKey, messageOf } from './api/api.ts';
import { listProducts, openProduct } from './api/catalogue.ts';
import { FluxPage, viewOf } from './flux-page.ts';
import { FluxMap } from './map/flux-map.ts';
import type { Bounds } from './map/shapes.ts';
import { button, byId, h } from './view/dom.ts';
import { Session } from './view/session.ts';
import { type Camera, readLink } from './view/view.ts';

async function start(): Promise<void> {
  setWorkerUrl(addressOf('page/worker.js'));
  const products = await listProducts();
  if (products.length === 0) {
    const how =
      'Compute one with “chunkflux run”, or upload its inputs and spec. This page opens it by itself.';
    stop('No products yet', how, lookAgain());
    return waitForProduct();
  }
  const linked = readLink(location.hash);
  const first = products.find(({ id }) => id === linked.product) ?? products[0]!;
  const product = await openProduct(first.id, linked.set);
  const session = new Session(viewOf(product, linked));
  const on = openMap(session.view.camera ?? product.info.bounds);
  if (!on) return;
  await on.ready;
  const page = new FluxPage(products, session, on);
  page.open(product, false);
  byId('app').dataset.state = 'ready';
  byId('loading').hidden = true;
  page.noteLink(linked);
}

const LOOK_MS = 3000;

async function waitForProduct(): Promise<void> {
  await new Promise((done) => setTimeout(done, LOOK_MS));
  const products = await listProducts().catch(() => []); // a server that is away now may be back later
  if (products.length === 0) return waitForProduct();
  location.reload();
}

function openMap(begin: Camera | Bounds): FluxMap | undefined {
  try {
    return new FluxMap(byId('map'), begin, true);
  } catch {
    stop(
      'No map without WebGL',
      'This browser cannot draw the map. Switch on hardware acceleration in its settings, or use the API at /api: it serves the same data.',
      lookAgain(),
    );
    return undefined;
  }
}

function stop(title: string, text: string, ...more: HTMLElement[]): void {
  byId('app').dataset.state = 'stopped';
  byId('stopped').replaceChildren(h('h2', {}, title), h('p', {}, text), ...more);
}

const lookAgain = (): HTMLElement => button('Try again', () => location.reload(), { class: 'main-button' });

/** An API that wants a key says so; the page asks for it. */
function askForKey(): void {
  const field = h('input', { type: 'password', id: 'key', autocomplete: 'off', 'aria-label': 'Key' });
  const form = h(
    'form',
    { class: 'key-form' },
    field,
    h('button', { type: 'submit', class: 'main-button' }, 'Open'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apiKey.set(field.value);
    location.reload();
  });
  const text = apiKey.get()
    ? 'It did not take the one that you gave. Ask the operator for one that may read.'
    : 'It is kept until you close this tab.';
  stop('This server wants a key', text, form);
  field.focus();
}

/** Not by its address: the hash is the link to the view. */
document.querySelector('[data-skip]')?.addEventListener('click', (event) => {
  event.preventDefault();
  byId('panel').focus();
});

start().catch((error) => {
  if (error instanceof ApiProblem && error.status === 401) return askForKey();
  stop('The page cannot be shown', messageOf(error), lookAgain());
});
