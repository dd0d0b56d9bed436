import { parseGeoJson } from '../../../lib/grid/geojson.ts';
import { classCsv, classTable } from '../../../lib/view/class-tables.ts';
import type { ClassReduction } from '../../../lib/view/land-cover.ts';
import type { Over } from '../../../lib/view/reduce.ts';
import { limitsOf } from '../../api/options.ts';
import { methodOf, withSources } from '../../api/reduction/answer.ts';
import type { CoverRule } from '../../api/reduction/class-cover.ts';
import { type CoverReduction, type CoverZone, reduceLandCover } from '../../api/reduction/land-cover.ts';
import { readBody } from '../../api/reduction/request.ts';
import type { Sources } from '../../api/reduction/run.ts';
import { toJson } from '../../api/reply.ts';
import { Shelf } from '../../api/shelf.ts';
import type { OpenProduct } from './open-product.ts';

export interface CoverOptions {
  readonly variable: readonly string[];
  readonly time?: string;
  readonly classes: CoverRule;
  readonly renormalise?: true;
  readonly over?: Over;
  readonly format: 'table' | 'csv' | 'json';
}

/** Carbon by class of land cover, over the product or within the zones of a GeoJSON text, in words for the terminal. */
export async function landCoverStats(
  opened: OpenProduct,
  zones: string | undefined,
  { variable: names, time, classes, renormalise, over, format }: CoverOptions,
): Promise<string> {
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
  const limits = { ...limitsOf({}), cells: Number.POSITIVE_INFINITY };
  const texts: string[] = [];
  for (const name of names) {
    const found = await reduceLandCover(opened.world, limits, product, name, body);
    if (format === 'json')
      texts.push(toJson({ method: withSources(methodOf(found.plan), found.sources), zones: found.zones }));
    else texts.push(...tablesOf(found, name, classes, format));
  }
  return texts.join(format === 'table' ? '\n\n' : '\n');
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
        title: headingOf(zone, title, zones.length > 1) + overNote(plan.asked.over) + mapNote(sources),
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

/** Which map told the classes apart, of a product with a map a year. */
const mapNote = ({ mapYears }: Sources): string => (mapYears ? `, land cover of ${mapYears.join(', ')}` : '');

const headingOf = ({ name }: CoverZone, title: string, several: boolean): string =>
  several ? `${name}: ${title}` : title;
