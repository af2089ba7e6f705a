import { accept, concatBytes, invariant, toHex, uint32ToBytes } from '@vsys/primitives';
import { ballotOf, ffgContextToBytes, ffgRules, genesisFfg, hasQuorum, mayHandOver, stepFfg, targetOf } from '@vsys/finality-ffg';
import type { FfgCertificate, FfgContext, FfgRules, FfgSet, FfgTarget } from '@vsys/finality-ffg';

/** Voters of one kind: who may be swapped without anyone noticing. */
export interface Group {
  /** The sets that they belong to: 0 is the first, 1 the one that takes over. */
  readonly sets: readonly (0 | 1)[];
  readonly honest: number;
  /** Of these, every vote that helps is there at any time: nothing that they hold back or time can do more. */
  readonly byzantine: number;
}

export interface FfgCase {
  readonly name: string;
  /** Of block i + 1 the parent, which is a smaller number; 0 is genesis. By growing height. */
  readonly parents: readonly number[];
  readonly groups: readonly Group[];
  /** The second set is announced at one height and may take over at others. */
  readonly change?: { readonly announced: number; readonly at: readonly number[] };
  readonly rules?: FfgRules;
}

/** A block with what its header says: one of the ways in which it can be made. */
export interface Made {
  readonly block: number;
  readonly context: FfgContext;
  readonly target: FfgTarget;
  /** The block that is the source of votes for it. */
  readonly source: number;
  /** Honest voters that may vote for it. */
  readonly electorate: readonly boolean[];
  readonly quorums: Map<number, boolean>;
}

/** The tree and the voters of a case, on the functions of the package itself: contexts by `stepFfg`, quorums by `hasQuorum`. */
export interface FfgWorld {
  readonly rules: FfgRules;
  readonly heights: readonly number[];
  readonly parents: readonly number[];
  /** Group of each honest voter, in order of groups. */
  readonly groupOf: readonly number[];
  readonly made: readonly Made[];
  /** The ways to make a block on this parent, when these blocks have a certificate; as indexes in `made`. */
  waysToMake(block: number, parent: number, certified: number): readonly number[];
  /** A quorum voted for it, when these honest voters did, and whoever is not honest. */
  isCertified(made: Made, honest: number): boolean;
  /** Blocks that are final when these have a certificate: a bit each. `madeOf`: in which way each block was made. */
  finals(certified: number, madeOf: readonly number[]): number;
  /** Two of these blocks that exclude each other, in words. */
  conflict(finals: number): string | undefined;
}

export function createFfgWorld({ parents, groups, change, rules = ffgRules }: FfgCase): FfgWorld {
  const all = [0, ...parents];
  const heights = all.reduce<number[]>((known, parent, block) => [...known, block === 0 ? 0 : (known[parent] as number) + 1], []);
  const idOf = (block: number): Uint8Array => concatBytes(new Uint8Array(28), uint32ToBytes(block));
  const blockOf = new Map(all.map((_, block) => [toHex(idOf(block)), block]));
  const isAncestor = (ancestor: number, block: number): boolean => block === ancestor || (block > ancestor && isAncestor(ancestor, all[block] as number));
  const people = groups.flatMap((group, at) => [...Array.from({ length: group.honest }, () => ({ group, at, isHonest: true })), ...Array.from({ length: group.byzantine }, () => ({ group, at, isHonest: false }))]);
  const keyOf = (person: number): Uint8Array => new Uint8Array(32).fill(person + 1);
  const keysOf = (set: 0 | 1): Uint8Array[] => people.flatMap(({ group }, i) => (group.sets.includes(set) ? [keyOf(i)] : []));
  const setAt = (set: 0 | 1): FfgSet => ({ id: new Uint8Array(32).fill(200 + set), keys: keysOf(set) });
  const honest = people.flatMap(({ isHonest }, i) => (isHonest ? [i] : []));
  const made: Made[] = [];
  const known = new Map<string, number>();
  const ways = new Map<string, readonly number[]>();

  function add(block: number, context: FfgContext): number {
    const name = `${block} ${toHex(ffgContextToBytes(context))}`;
    const index = known.get(name);
    if (index !== undefined) return index;
    const target = ballotOf(context) ?? { ref: context.justified, source: context.justified, voters: context.voters };
    const names = new Set(target.voters.keys.map(toHex));
    made.push({ block, context, target, source: blockOf.get(toHex(target.source.id)) as number, electorate: honest.map((i) => names.has(toHex(keyOf(i)))), quorums: new Map() });
    known.set(name, made.length - 1);
    return made.length - 1;
  }

  /** Sets of at most two of these blocks. */
  const choices = (certified: number, context: FfgContext): readonly (readonly number[])[] => {
    const useful = all.flatMap((_, block) => ((certified & (1 << block)) !== 0 && usefulTo(context, block) !== undefined ? [block] : []));
    return [[], ...useful.map((one) => [one]), ...useful.flatMap((one, i) => useful.slice(i + 1).map((other) => [one, other]))];
  };
  const usefulTo = (context: FfgContext, block: number): FfgTarget | undefined => {
    const target = context.recent.find(({ ref }) => toHex(ref.id) === toHex(idOf(block)));
    return target !== undefined && target.ref.height > context.justified.height ? targetOf(context, { source: target.source, target: target.ref }) : undefined;
  };

  function waysToMake(block: number, parent: number, certified: number): readonly number[] {
    const name = `${block} ${parent} ${certified}`;
    const before = ways.get(name);
    if (before !== undefined) return before;
    const { context } = made[parent] as Made;
    const height = heights[block] as number;
    const enters = change?.at.includes(height) === true && context.set.id[0] === 200 && mayHandOver(context, change.announced) ? setAt(1) : undefined;
    const found = choices(certified, context).flatMap((blocks) => {
      const certificates = blocks.map((one): FfgCertificate => {
        const { source, ref, voters } = usefulTo(context, one) as FfgTarget;
        return { source, target: ref, setId: voters.id, setIds: [voters.id], voters: voters.keys.length, signers: [] };
      });
      const stepped = stepFfg(context, { ref: { height, id: idOf(block) }, certificates, ...(enters === undefined ? {} : { enters }) }, () => accept(undefined), rules);
      // The second of two may be of no more use after the first.
      return stepped.ok ? [add(block, stepped.value)] : [];
    });
    const unique = [...new Set(found)];
    ways.set(name, unique);
    return unique;
  }

  function isCertified(one: Made, voted: number): boolean {
    const before = one.quorums.get(voted);
    if (before !== undefined) return before;
    const names = new Map(one.target.voters.keys.map((key, seat) => [toHex(key), seat]));
    const signers = people.flatMap(({ isHonest }, i) => {
      const seat = names.get(toHex(keyOf(i)));
      return seat === undefined || (isHonest && (voted & (1 << honest.indexOf(i))) === 0) ? [] : [seat];
    });
    const answer = hasQuorum(one.target.voters, new Set(signers), rules.quorum);
    one.quorums.set(voted, answer);
    return answer;
  }

  function finals(certified: number, madeOf: readonly number[]): number {
    return all.reduce((mask, _, block) => {
      const one = block > 0 && (certified & (1 << block)) !== 0 ? made[madeOf[block] as number] : undefined;
      return one !== undefined && rules.finalises({ source: one.target.source, target: one.target.ref }) ? mask | (1 << one.source) : mask;
    }, 0);
  }

  function conflict(mask: number): string | undefined {
    const blocks = all.flatMap((_, block) => ((mask & (1 << block)) === 0 ? [] : [block]));
    for (const a of blocks) for (const b of blocks) if (a < b && !isAncestor(a, b)) return `blocks ${a} and ${b} are both final`;
    return undefined;
  }

  invariant(all.length <= 16 && honest.length <= 16, 'a case is small');
  add(0, genesisFfg({ height: 0, id: idOf(0) }, setAt(0)));
  return { rules, heights, parents: all, groupOf: honest.map((i) => (people[i] as (typeof people)[number]).at), made, waysToMake, isCertified, finals, conflict };
}
