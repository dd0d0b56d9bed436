import { h } from '../view/dom.ts';
import { ask } from './api.ts';

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, type: string, content: BlobPart): void {
  const link = h('a', { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The same with what the API answers: fetched, since a link would not carry the key. @throws ApiProblem */
export async function saveAnswer(name: string, address: string, body?: unknown): Promise<void> {
  const response = await ask(address, body === undefined ? {} : { body });
  saveFile(name, response.headers.get('content-type') ?? '', await response.blob());
}
