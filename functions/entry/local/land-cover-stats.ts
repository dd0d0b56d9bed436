import { BadRequest, NotFound } from '../../../lib/errors.ts';
import { parseGeoJson } from '../../../lib/grid/geojson.ts';
import { parseLegend } from '../../../lib/job/legend-text.ts';
import type { World } from '../../../lib/job/world.ts';
import { openCog } from '../../../lib/raster/cog.ts';
import { classCsv, classTable } from '../../../lib/view/class-tables.ts';
import type { ClassReduction } from '../../../lib/view/land-cover.ts';
import type { Over } from '../../../lib/view/reduce.ts';
import { limitsOf } from '../../api/options.ts';
import { methodOf, withSources } from '../../api/reduction/answer.ts';
import type { CoverRule } from '../../api/reduction/class-cover.ts';
import { type CoverReduction, type CoverZone, reduceLandCover } from '../../api/reduction/land-cover.ts';
import { type OtherCover, otherCover } from '../../api/reduction/other-cover.ts';
import { readBody } from '../../api/reduction/request.ts';
import type { Sources } from '../../api/reduction/run.ts';
import { toJson } from '../../api/reply.ts';
import type { ServedProduct } from '../../api/served-product.ts';
import { Shelf } from '../../api/shelf.ts';
import { locateFile } from './location.ts';
import type { OpenProduct } from './open-product.ts';

export interface CoverOptions {
  readonly variable: readonly string[];
  readonly time?: string;
  readonly classes: CoverRule;
  readonly renormalise?: true;
  readonly over?: Over;
  readonly format: 'table' | 'csv' | 'json';
  /** GeoTIFF of another land cover than the product's own, and what its codes mean. */
  readonly cover?: string;
  readonly legend?: string;
}

/** Carbon by class of land cover, over the product or within the zones of a GeoJSON text, in words for the terminal. */
export async function landCoverStats(
  opened: OpenProduct,
  zones: string | undefined,
  asked: CoverOptions,
): Promise<string> {
  const { variable: names, time, classes, renormalise, over, format, cover } = asked;
  const product = await new Shelf().open(opened.world, opened.id);
  const body = readBody(
    {
      classes,
      ...(over && { over }),
      ...(renormalise && { renormalise }),
      ...(time !== undefined && { time }),
      ...(zones !== undefined && { zones: parseGeoJson(zones) }),
    },
    {},
  );
  const other = cover === undefined ? undefined : await openCover(opened.world, product, cover, asked);
  const limits = { ...limitsOf({}), cells: Number.POSITIVE_INFINITY };
  const texts: string[] = [];
  for (const name of names) {
    const found = await reduceLandCover(opened.world, limits, product, name, body, other?.cover);
    if (format === 'json')
      texts.push(toJson({ method: withSources(methodOf(found.plan), found.sources), zones: found.zones }));
    else texts.push(...tablesOf(found, name, classes, format));
  }
  if (other) sayUnknown(other.unknownCodes());
  return texts.join(format === 'table' ? '\n\n' : '\n');
}

async function openCover(
  world: World,
  product: ServedProduct,
  file: string,
  { legend, classes, renormalise }: CoverOptions,
): Promise<OtherCover> {
  if (legend === undefined)
    throw new BadRequest(
      '--legend',
      'say what the codes of --cover mean: glc-fcs30, worldcover, igbp, or a file',
    );
  const { store, key } = locateFile(file);
  const map = { layer: await openCog(store, key), legend: await readLegend(legend) };
  return otherCover({ ...world, inputs: store }, product, map, {
    by: classes,
    renormalise: renormalise ?? false,
  });
}

/** A ready legend by its name, or one's own from a JSON or YAML file, `{code: class}`. */
async function readLegend(legend: string): Promise<string | Readonly<Record<string, string>>> {
  if (!/\.(json|ya?ml)$/.test(legend)) return legend;
  const { store, key } = locateFile(legend);
  const object = await store.get(key);
  if (!object) throw new NotFound(`no legend at ${legend}`);
  return parseLegend(new TextDecoder().decode(object.bytes), legend);
}

function sayUnknown(codes: Readonly<Record<string, number>>): void {
  const list = Object.entries(codes).map(([code, n]) => `${code} (${n})`);
  if (list.length > 0)
    console.error(`Codes that the legend does not know, and fine pixels that have them: ${list.join(', ')}.`);
}

function tablesOf(
  { plan, zones, sources }: CoverReduction,
  name: string,
  by: CoverRule,
  format: 'table' | 'csv',
): string[] {
  const { title, units } = plan.product.variable(name);
  return zones.flatMap((zone) => {
    if (zone.periods.length === 0) return [`${zone.name}: ${zone.status}, ${zone.reason}`];
    return zone.periods.map((period) => {
      const reduction: ClassReduction = {
        ...period,
        title:
          headingOf(zone, title, zones.length > 1) +
          overNote(plan.asked.over) +
          mapNote(sources, plan.cover?.map),
        units,
        by,
        period: { label: period.period, steps: 1 },
      };
      const note = zone.status === 'partial' ? `\n${zone.reason}` : '';
      return (format === 'csv' ? classCsv(reduction) : classTable(reduction)) + note;
    });
  });
}

const overNote = (over: Over): string => (over === 'each' ? '' : `, ${over} of the steps`);

/** Which map told the classes apart, of a product with a map a year, or where it is not the product's. */
const mapNote = ({ mapYears }: Sources, map: string | undefined): string =>
  map !== undefined ? `, land cover of ${map}` : mapYears ? `, land cover of ${mapYears.join(', ')}` : '';

const headingOf = ({ name }: CoverZone, title: string, several: boolean): string =>
  several ? `${name}: ${title}` : title;
