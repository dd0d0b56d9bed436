import { basename, dirname, resolve } from 'node:path';
import { BadRequest, NotFound } from '../../../../lib/errors.ts';
import { type BepsOptions, type BepsParams, bepsParams } from '../../../../lib/science/beps/params.ts';
import { runSite, type SiteRequest } from '../../../../lib/science/beps/site.ts';
import type { NamedColumns } from '../../../../lib/science/beps/site-columns.ts';
import { siteCsv } from '../../../../lib/science/beps/site-csv.ts';
import { laiOfTable } from '../../../../lib/science/beps/site-lai.ts';
import { readSiteTable } from '../../../../lib/science/beps/site-table.ts';
import type { Texture } from '../../../../lib/science/beps/tile.ts';
import type { PftOverrides } from '../../../../lib/science/pft.ts';
import { openStore } from '../../../runtime/stores.ts';
import { siteChart, siteSummary } from '../site-output.ts';

export interface Options {
  readonly pft: string;
  readonly lat: number;
  readonly column: NamedColumns;
  readonly clockOffset: number;
  readonly co2?: number;
  readonly texture?: Texture;
  readonly lai?: string;
  readonly clumping?: number;
  readonly meanTemp?: number;
  readonly deposition?: number;
  readonly option: Settings;
  readonly parameter: Settings;
  readonly spinUp?: boolean;
  readonly pools?: boolean;
  readonly out: string;
  readonly chart?: string;
}

export type Settings = Readonly<Record<string, unknown>>;

export async function runTower(forcing: string, options: Options): Promise<void> {
  const table = readSiteTable(await readText(forcing), basename(forcing));
  const request = requestOf(options);
  const lai = options.lai === undefined ? undefined : await laiFrom(options.lai, request.options!.lai);
  const result = runSite(table, { ...request, ...(lai && { lai }) });
  await save(options.out, new TextEncoder().encode(siteCsv(result, options.pools)));
  if (options.chart)
    await save(
      options.chart,
      siteChart(result, basename(forcing), `${options.pft} at ${latitude(options.lat)}`),
    );
  console.log(siteSummary(result));
  console.log([options.out, options.chart].filter(Boolean).join('\n'));
}

function requestOf(options: Options): SiteRequest {
  const { co2, texture: soil, clumping, meanTemp, deposition, pft } = options;
  const { beps, pft: overrides } = settingsOf(pft, options);
  return {
    pft,
    latDeg: options.lat,
    columns: options.column,
    clockOffsetHours: options.clockOffset,
    ...(co2 !== undefined && { co2Ppm: co2 }),
    ...(soil && { texture: soil }),
    ...(clumping !== undefined && { clumping }),
    ...(meanTemp !== undefined && { meanTempC: meanTemp }),
    ...(deposition !== undefined && { extraDeposition: deposition }),
    options: beps,
    overrides: overrides as PftOverrides,
    spinUp: options.spinUp ?? false,
  };
}

/** Options and parameters as a product's spec would give them. @throws BadRequest that names the one that is wrong */
function settingsOf(pft: string, { option, parameter }: Options): BepsParams {
  const read = bepsParams.safeParse({ beps: option, pft: pft === 'NVG' ? {} : { [pft]: parameter } });
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new BadRequest(
    path[0] === 'beps' ? `option ${path.slice(1).join('.')}` : `parameter ${path.slice(2).join('.')}`,
    message,
  );
}

const latitude = (degrees: number): string => `${Math.abs(degrees)}° ${degrees < 0 ? 'S' : 'N'}`;

async function laiFrom(text: string, form: BepsOptions['lai']): Promise<(day: number) => number> {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return () => value;
  return laiOfTable(readSiteTable(await readText(text), basename(text)), form);
}

async function readText(file: string): Promise<string> {
  const object = await openStore(dirname(resolve(file))).get(basename(file));
  if (!object) throw new NotFound(`no table at ${file}`);
  return new TextDecoder().decode(object.bytes);
}

const save = (file: string, bytes: Uint8Array) =>
  openStore(dirname(resolve(file))).put(basename(file), bytes);
