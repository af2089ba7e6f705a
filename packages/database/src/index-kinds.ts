import { accept, type Verdict } from '@vsys/primitives';
import type { Document, Value } from '@vsys/data-format/value';
import { type PartialCondition, partialFromList, partialToList } from './partial-filter.ts';
import { malformed, type PayloadCode } from './payload-checks.ts';

/** What an index holds beside the plain way; absent: every document, by one entry. */
export interface IndexKinds {
  /** Only documents that have one of its fields. */
  readonly sparse?: true;
  /** Arrays by their elements, one entry for each. */
  readonly multikey?: true;
  /** Only documents that meet all of these. */
  readonly partial?: readonly PartialCondition[];
}

/** The fields behind the others, in a payload and in the record. */
export function kindFields({ sparse, multikey, partial }: IndexKinds): readonly (readonly [string, Value])[] {
  return [
    ...(sparse !== true ? [] : [['sparse', true] as const]), ...(multikey !== true ? [] : [['multikey', true] as const]),
    ...(partial === undefined ? [] : [['partial', partialToList(partial)] as const]),
  ];
}

/** In one spelling: this order, and nothing where it is not so. */
export function kindsFrom(fields: Document): Verdict<IndexKinds, PayloadCode> {
  const [sparse, multikey, partial] = ['sparse', 'multikey', 'partial'].map((name) => fields.get(name));
  if ((sparse !== undefined && sparse !== true) || (multikey !== undefined && multikey !== true)) return malformed('"sparse" and "multikey" of an index are true, or not there');
  const names = [...fields.keys()].filter((name) => name === 'sparse' || name === 'multikey' || name === 'partial');
  if (names.join() !== ['sparse', 'multikey', 'partial'].filter((name) => fields.has(name)).join()) return malformed('an index has "sparse", "multikey" and "partial" in this order');
  const conditions = partial === undefined ? undefined : partialFromList(partial);
  if (conditions?.ok === false) return conditions;
  return accept({ ...(sparse === true ? { sparse } : {}), ...(multikey === true ? { multikey } : {}), ...(conditions === undefined ? {} : { partial: conditions.value }) });
}
