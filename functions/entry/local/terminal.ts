import type { TableOptions } from '../../../lib/view/text-table.ts';

/** Tables fit the terminal and have bold heads there; what is piped has whole lines and no escape codes. */
export function tableOptions(): TableOptions {
  const { isTTY, columns } = process.stdout;
  if (!isTTY) return {};
  return { ...(columns && { width: columns }), colour: !process.env.NO_COLOR };
}
