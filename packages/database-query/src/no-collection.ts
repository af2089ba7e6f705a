import { refuse, type Verdict } from '@vsys/primitives';

export function noCollection(name: string): Verdict<never, 'QUERY_NO_COLLECTION'> {
  return refuse('QUERY_NO_COLLECTION', `there is no collection "${name}" in this database at this block; check the owner, the names, and whether its transaction is included`);
}
