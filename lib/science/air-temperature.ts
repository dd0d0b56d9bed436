/** Air temperature as models of months read it: as it is, or taken to the height of the place. */
import { z } from 'zod';
import type { InputVariable } from './model.ts';

const climate = z
  .strictObject({
    /** Kelvin that a kilometre of height is colder; null takes temperature as it is (spec casa.md 1.1). */
    lapseKPerKm: z.number().min(0).max(12).nullable().default(null),
  })
  .prefault({});

export const CLIMATE_SECTION = { climate } as const;

export interface ClimateParams {
  readonly climate: z.infer<typeof climate>;
}

const TEMPERATURE: InputVariable = {
  title: 'Monthly mean air temperature at 2 m',
  standardName: 'air_temperature',
  units: 'degC',
  dims: 'tyx',
  range: [-60, 50],
  resampling: 'bilinear',
};

const HEIGHT = { units: 'm', dims: 'yx', range: [-500, 9000], resampling: 'bilinear' } as const;

const ELEVATION: InputVariable = {
  ...HEIGHT,
  title: 'Height of the place above the sea',
  standardName: 'surface_altitude',
};

const CLIMATE_ELEVATION: InputVariable = {
  ...HEIGHT,
  title: 'Height above the sea that the climate stands for',
};

/** Temperature, with the heights that correct it if they are wanted. */
export function temperatureInputs({
  climate: { lapseKPerKm },
}: ClimateParams): Readonly<Record<string, InputVariable>> {
  if (lapseKPerKm === null) return { temperature: TEMPERATURE };
  const toHeight = { perMetre: -lapseKPerKm / 1000, of: 'elevation', from: 'climateElevation' };
  return {
    temperature: { ...TEMPERATURE, toHeight },
    elevation: ELEVATION,
    climateElevation: CLIMATE_ELEVATION,
  };
}
