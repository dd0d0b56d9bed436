import { beforeAll, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { bepsSpec, putBepsInputs } from '../helpers/tiny-beps.ts';
import { runTiny, tinyWorld } from '../helpers/tiny-product.ts';
import { appOver, bytesOf } from './served.ts';

let app: Api;
beforeAll(async () => {
  const inputs = memoryStore('inputs');
  await putBepsInputs(inputs);
  const world = tinyWorld(inputs);
  await runTiny(world, bepsSpec({ outputs: ['nep_d', 'nep', 'nep_a', 'nep_a_gra', 'npp', 'rh', 'qa'] }));
  app = appOver(world.store);
});

const json = async (path: string): Promise<never> => (await app.request(path)).json() as never;

it('days, months and years are told apart, by name', async () => {
  const { variables }: { variables: { name: string; step: string; units: string }[] } =
    await json('/products/tiny');
  expect(
    Object.fromEntries(variables.map(({ name, step, units }) => [name, `${step}, ${units}`])),
  ).toMatchObject({
    nep_d: 'day, g m-2 day-1',
    nep: 'month, g m-2 month-1',
    nep_a: 'year, g m-2 year-1',
    nep_a_gra: 'year, g m-2 year-1',
  });
  const { labels }: { labels: string[] } = await json('/products/tiny/variables/nep_d/times');
  expect(labels).toHaveLength(730);
  expect(labels).not.toContain('1984-02-29');
  expect(labels.slice(424, 425)).toEqual(['1984-03-01']);
});

it('a region has the days of its months', async () => {
  const answer = async (variable: string, time: string) => {
    const response = await app.request(
      `/products/tiny/reductions?bbox=10,46.75,11.5,48&variables=${variable}&time=${time}`,
    );
    expect(response.status, await response.clone().text()).toBe(200);
    const { zones } = (await response.json()) as {
      zones: { periods: { variables: Record<string, { mean: number }> }[] }[];
    };
    return zones[0]!.periods.map(({ variables }) => variables[variable]!.mean);
  };
  const days = await answer('nep_d', '1984-03-01/1984-03-31');
  const [month] = await answer('nep', '1984-03');
  expect(days).toHaveLength(31);
  expect(Math.abs(days.reduce((a, b) => a + b, 0) - month!)).toBeLessThan(1e-4);
});

it('a type alone has a mean over a region and no total: its shares of the cells are not in it', async () => {
  const fields = async (variable: string) => {
    const response = await app.request(
      `/products/tiny/reductions?bbox=10,46.75,11.5,48&variables=${variable}&time=1984`,
    );
    const { zones } = (await response.json()) as {
      zones: { periods: { variables: Record<string, { mean: number; total?: object }> }[] }[];
    };
    return zones[0]!.periods[0]!.variables[variable]!;
  };
  expect(await fields('nep_a')).toHaveProperty('total');
  const alone = await fields('nep_a_gra');
  expect(Number.isFinite(alone.mean)).toBe(true);
  expect(alone).not.toHaveProperty('total');
});

it('a day is drawn as a map', async () => {
  const response = await app.request(
    '/products/tiny/bbox/10,46.75,11.5,48.png?variable=nep_d&time=1984-07-01',
  );
  expect(response.status, await response.clone().text()).toBe(200);
  expect((await bytesOf(response)).length).toBeGreaterThan(200);
});
