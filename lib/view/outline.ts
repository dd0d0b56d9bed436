/** A zone's border: longitude and latitude of the closed rings of all its polygons, holes among them. */
export interface Outline {
  readonly id: string;
  readonly name: string;
  readonly rings: readonly (readonly (readonly [lon: number, lat: number])[])[];
}
